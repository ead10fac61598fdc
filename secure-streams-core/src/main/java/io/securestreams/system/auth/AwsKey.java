package io.securestreams.system.auth;

import org.jspecify.annotations.Nullable;

/**
 * An access key of AWS. Never printed.
 *
 * @param id access key id
 * @param secret secret access key
 * @param sessionToken session token of temporary credentials, or {@code null}
 */
record AwsKey(String id, String secret, @Nullable String sessionToken) {

	@Override
	public String toString() {
		return "AwsKey[***]";
	}

}
