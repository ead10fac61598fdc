package io.securestreams.spring.boot.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import io.securestreams.system.policyfetch.FetchPermissions;
import io.securestreams.system.policyfetch.FetchSettings;
import io.securestreams.system.policyfetch.signature.PolicySignature;

/**
 * How the policy is fetched.
 *
 * @param enabled Whether the policy is fetched, if it has a streamtype "fetch_policy".
 * @param interval Time between fetches, give or take a tenth; 0 means only at start.
 * @param cache File that keeps the last good policy for the next start; default is none.
 * @param timeout Most time for a fetch; the start waits as long for the first one.
 * @param maxSize Most bytes of a policy.
 * @param trial How long a new policy is watched, to be taken back if nothing works any
 * more; 0 means not at all.
 * @param signature Who has to vouch for policies.
 * @param allow What fetched policies may do beyond connecting to hosts.
 */
public record PolicyFetchProperties(@DefaultValue("true") boolean enabled, @DefaultValue("1h") Duration interval,
		@Nullable Path cache, @DefaultValue("10s") Duration timeout, @DefaultValue("1MB") DataSize maxSize,
		@DefaultValue("1m") Duration trial, @DefaultValue Signature signature, @DefaultValue Allow allow) {

	public PolicyFetchProperties {
		// What makes no sense is to fail here, where Boot knows the keys
		settings(enabled, interval, cache, timeout, maxSize, trial, allow, null);
	}

	FetchSettings settings(@Nullable PolicySignature verifier) {
		return settings(this.enabled, this.interval, this.cache, this.timeout, this.maxSize, this.trial, this.allow,
				verifier);
	}

	private static FetchSettings settings(boolean enabled, Duration interval, @Nullable Path cache, Duration timeout,
			DataSize maxSize, Duration trial, Allow allow, @Nullable PolicySignature verifier) {
		int bytes = (int) Math.min(Integer.MAX_VALUE, maxSize.toBytes());
		return new FetchSettings(enabled, interval, timeout, bytes, trial, cache,
				new FetchPermissions(allow.files(), allow.unixSockets(), allow.servers(), allow.sinks(), allow.trust()),
				verifier);
	}

	/**
	 * Who has to vouch for policies.
	 *
	 * @param sslBundle Name of the SSL bundle whose trust store has the certificates of
	 * those who sign, or of their issuers; default is that policies need no signature.
	 */
	public record Signature(@Nullable String sslBundle) {

	}

	/**
	 * What fetched policies may do beyond connecting to hosts.
	 *
	 * @param files Whether endpoints may be files.
	 * @param unixSockets Whether endpoints may be unix sockets.
	 * @param servers Whether they may define servers.
	 * @param sinks Whether they may define local sinks.
	 * @param trust Whether they may change how their own source is trusted.
	 */
	public record Allow(@DefaultValue("false") boolean files, @DefaultValue("false") boolean unixSockets,
			@DefaultValue("false") boolean servers, @DefaultValue("false") boolean sinks,
			@DefaultValue("false") boolean trust) {

	}

}
