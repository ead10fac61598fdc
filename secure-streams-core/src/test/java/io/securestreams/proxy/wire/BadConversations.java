package io.securestreams.proxy.wire;

import java.util.Set;

/**
 * Which captured conversations break the layout of frames on the client's side.
 */
final class BadConversations {

	private static final Set<String> BAD = Set.of("neg-bad_type", "neg-bad_version", "neg-version_2",
			"neg-connect_with_body", "neg-empty_name", "neg-enclave_signed", "neg-hint_len3", "neg-metadata_name_31",
			"neg-name_32", "neg-p2c_type_from_client", "neg-payload_short_header", "neg-perf_from_client",
			"neg-timeout_len5", "neg-txcr_len3", "neg-txcr_len5", "neg-validity_probe");

	private BadConversations() {
	}

	static boolean isBad(String name) {
		return BAD.contains(name);
	}

}
