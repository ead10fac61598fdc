package io.securestreams.transport.contract;

import java.util.List;

/**
 * A protocol under test.
 *
 * @param keys what its streamtypes have in common, as members of a JSON object
 * @param validity keys of a retry entry that give up a silent peer within two seconds
 * @param alpn what peers with TLS have to offer
 * @param tls whether there is no such protocol without TLS
 * @param peer starts a peer
 * @param metadata names of declared metadata
 * @param wholeMessages whether a message gets to the peer only when it is complete
 */
public record Subject(String keys, String validity, List<String> alpn, boolean tls, EchoService.Factory peer,
		List<String> metadata, boolean wholeMessages) {

	public Subject(String keys, String validity, List<String> alpn, boolean tls, EchoService.Factory peer) {
		this(keys, validity, alpn, tls, peer, List.of(), false);
	}

	/** Validity of protocols that can ask for a sign of life. */
	public static final String PING = "\"svalidping\": 1, \"svalidhup\": 2";

	/** Validity of protocols that cannot. */
	public static final String HANG_UP = "\"svalidhup\": 2";

}
