package io.securestreams.system.policyfetch;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.StreamPolicy.Role;

/**
 * What becomes of a fetched policy beside the one of this installation: what it must not
 * do, and what stays because it has no say in it.
 */
final class FetchRules {

	private static final Pattern SYMBOL = Pattern.compile("\\$\\{[^}]*}");

	private static final Pattern NUMBERS = Pattern.compile("\\d{1,50}(\\.\\d{1,50}){0,9}");

	private static final List<String> SOURCES = List.of(FetchStreamType.POLICY, FetchStreamType.SIGNATURE);

	/** Streamtypes of the system, which stay if a fetched policy does not have them. */
	private static final List<String> STAYING = List.of(FetchStreamType.POLICY, FetchStreamType.SIGNATURE,
			"captive_portal_detect");

	private final Policy local;

	private final FetchPermissions allowed;

	/**
	 * Makes rules.
	 * @param local the policy of this installation
	 * @param allowed what fetched ones may do
	 */
	FetchRules(Policy local, FetchPermissions allowed) {
		this.local = local;
		this.allowed = allowed;
	}

	/**
	 * Finds what a fetched policy must not do.
	 * @param fetched the policy
	 * @return one sentence for each violation; empty if all is well
	 */
	List<String> violations(Policy fetched) {
		List<String> found = new ArrayList<>();
		String product = this.local.product();
		if (!product.isEmpty() && !product.equals(fetched.product())) {
			found.add("product: \"" + fetched.product() + "\" (expected: \"" + product + "\")");
		}
		for (StreamPolicy stream : fetched.streamTypes().values()) {
			StreamPolicy own = this.local.streamTypes().get(stream.name());
			if (!stream.equals(own)) {
				String violation = violation(stream, own);
				if (violation != null) {
					found.add("s." + stream.name() + ": " + violation);
				}
			}
		}
		return found;
	}

	private @Nullable String violation(StreamPolicy stream, @Nullable StreamPolicy own) {
		if (!this.allowed.servers() && (stream.role() == Role.SERVER || isRole(own, Role.SERVER))) {
			return "a fetched policy may not define or replace servers";
		}
		if (!this.allowed.sinks() && (stream.role() == Role.LOCAL_SINK || isRole(own, Role.LOCAL_SINK))) {
			return "a fetched policy may not define or replace local sinks";
		}
		// What metadata leave empty is not there
		String endpoint = SYMBOL.matcher(stream.endpoint().address().text())
			.replaceAll("")
			.strip()
			.toLowerCase(Locale.ROOT);
		if (!this.allowed.files() && endpoint.startsWith("file:")) {
			return "a fetched policy may not read files";
		}
		if (!this.allowed.unixSockets() && endpoint.startsWith("+")) {
			return "a fetched policy may not use unix sockets";
		}
		if (!this.allowed.trust() && SOURCES.contains(stream.name()) && own != null
				&& !own.tls().equals(stream.tls())) {
			return "a fetched policy may not change how its own source is trusted";
		}
		return null;
	}

	private static boolean isRole(@Nullable StreamPolicy stream, Role role) {
		return stream != null && stream.role() == role;
	}

	/**
	 * Whether a release is older than another one, as far as they are numbers with dots:
	 * who has an old policy with its signature must not be able to bring it back.
	 * @param release a release
	 * @param than another one
	 */
	static boolean isOlder(String release, String than) {
		if (!NUMBERS.matcher(release).matches() || !NUMBERS.matcher(than).matches()) {
			return false;
		}
		String[] one = release.split("\\.");
		String[] other = than.split("\\.");
		for (int i = 0; i < Math.max(one.length, other.length); i++) {
			int order = number(one, i).compareTo(number(other, i));
			if (order != 0) {
				return order < 0;
			}
		}
		return false;
	}

	private static BigInteger number(String[] parts, int index) {
		return (index < parts.length) ? new BigInteger(parts[index]) : BigInteger.ZERO;
	}

	/**
	 * Adds to a fetched policy what it has no say in.
	 * @param fetched a policy without violations
	 * @return a policy that may be put into force
	 */
	Policy merge(Policy fetched) {
		Map<String, StreamPolicy> streams = new LinkedHashMap<>(fetched.streamTypes());
		for (StreamPolicy own : this.local.streamTypes().values()) {
			boolean stays = STAYING.contains(own.name()) || (own.role() == Role.SERVER && !this.allowed.servers())
					|| (own.role() == Role.LOCAL_SINK && !this.allowed.sinks());
			if (stays) {
				streams.putIfAbsent(own.name(), own);
			}
		}
		return FetchStreamType.withStreams(fetched, streams);
	}

}
