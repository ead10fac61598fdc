package io.securestreams.system.policyfetch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;

/**
 * The streamtypes that fetch: what they are called, and what has to be in them so that
 * conditional requests (RFC 9110 section 13) can be made by an ordinary stream.
 */
final class FetchStreamType {

	/** Fetches the policy. */
	static final String POLICY = "fetch_policy";

	/** Fetches the signature of the policy, if it has to have one. */
	static final String SIGNATURE = "fetch_policy_signature";

	static final String ETAG = "etag";

	static final String LAST_MODIFIED = "last-modified";

	static final String IF_NONE_MATCH = "if-none-match";

	static final String IF_MODIFIED_SINCE = "if-modified-since";

	private static final List<String> HEADERS = List.of(IF_NONE_MATCH, IF_MODIFIED_SINCE);

	private FetchStreamType() {
	}

	/**
	 * Adds the headers of conditional requests to the streamtype that fetches policies.
	 * @param policy a policy
	 * @return that policy, prepared
	 */
	static Policy prepare(Policy policy) {
		StreamPolicy stream = policy.streamTypes().get(POLICY);
		if (stream == null || !(stream.protocol() instanceof HttpPolicy)) {
			return policy;
		}
		List<MetadataDeclaration> metadata = new ArrayList<>(stream.metadata());
		for (String header : HEADERS) {
			if (nameOf(stream, header) == null) {
				metadata.add(new MetadataDeclaration(header, header + ":"));
			}
		}
		StreamPolicy prepared = new StreamPolicy(stream.name(), stream.role(), stream.endpoint(), stream.protocol(),
				stream.tls(), stream.persistence(), stream.trafficClass(), metadata, stream.features(),
				stream.proxyBuffers());
		return with(policy, prepared);
	}

	/** A policy with one streamtype more, or another one in its place. */
	static Policy with(Policy policy, StreamPolicy stream) {
		Map<String, StreamPolicy> streams = new LinkedHashMap<>(policy.streamTypes());
		streams.put(stream.name(), stream);
		return withStreams(policy, streams);
	}

	static Policy withStreams(Policy policy, Map<String, StreamPolicy> streams) {
		return new Policy(policy.release(), policy.product(), policy.schemaVersion(), policy.socks5(), policy.retries(),
				policy.certificates(), policy.trustStores(), policy.auth(), policy.metrics(), streams);
	}

	/**
	 * Whether policies are fetched in another way; the proxy is what all streams share.
	 * @param before a policy
	 * @param after another one
	 * @param names the streamtypes that it takes
	 */
	static boolean isOtherWay(Policy before, Policy after, List<String> names) {
		return !Objects.equals(before.socks5(), after.socks5()) || names.stream()
			.anyMatch((name) -> !Objects.equals(before.streamTypes().get(name), after.streamTypes().get(name)));
	}

	/** The metadata that travels in a header, {@code null} if there is none. */
	static @Nullable String nameOf(StreamPolicy stream, String header) {
		for (MetadataDeclaration declaration : stream.metadata()) {
			if (declaration.headerName().equals(header)) {
				return declaration.name();
			}
		}
		return null;
	}

}
