package io.securestreams.system.policyfetch;

import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.securestreams.system.policyfetch.PolicyParts.FetchedPolicy;

/**
 * What this process and the one before it have learnt of fetched policies, kept in the
 * {@linkplain PolicyCache cache}, if there is one. Confined to the executor.
 */
final class KeptPolicy {

	private final @Nullable PolicyCache cache;

	private final PolicyTrial streamTypes;

	/** Digest of a document that has been taken back. */
	private String rejected = "";

	/** Streamtypes that worked in the process before this one. */
	private Set<String> worked = Set.of();

	/**
	 * Knows nothing until it is read.
	 * @param settings where the cache is
	 * @param streamTypes knows which work now
	 */
	KeptPolicy(FetchSettings settings, PolicyTrial streamTypes) {
		this.cache = (settings.cache() != null) ? new PolicyCache(settings.cache(), settings.maxSize()) : null;
		this.streamTypes = streamTypes;
	}

	/**
	 * Reads what was kept at an earlier start.
	 * @return the last good document, not checked; {@code null} if there is none
	 */
	@Nullable FetchedDocument read() {
		if (this.cache == null) {
			return null;
		}
		PolicyCache.Content content = this.cache.read();
		this.rejected = content.rejected();
		this.worked = content.worked();
		return content.document();
	}

	/**
	 * Keeps a policy for the next start.
	 * @param good the policy; {@code null} for none
	 */
	void write(@Nullable FetchedPolicy good) {
		if (this.cache != null) {
			this.cache.write(new PolicyCache.Content((good != null) ? good.document() : null, this.rejected,
					this.streamTypes.working()));
		}
	}

	/** Streamtypes that worked in the process before this one. */
	Set<String> worked() {
		return this.worked;
	}

	/** The document with that digest is not to be put into force again. */
	void reject(String digest) {
		this.rejected = digest;
	}

	boolean isRejected(String digest) {
		return digest.equals(this.rejected);
	}

}
