package io.securestreams.proxy.wire;

/**
 * The first frame of a link, STREAMTYPE: what the client wants to have fulfilled.
 *
 * @param version version of the protocol, 0 or 1
 * @param clientPid the client's process id, 0 where it has none; version 0 has no such
 * field
 * @param credit bytes the peer may send to begin with; for {@value #SMD} the mask of
 * message classes that the client wants
 * @param name the streamtype, 1 to {@value #MAX_NAME_LENGTH} bytes of UTF-8 without NUL
 */
public record StreamType(int version, int clientPid, int credit, String name) implements ClientFrame {

	/** Name of the streamtype that carries system messages. */
	public static final String SMD = "_lws_smd";

	/** Least bytes of a system message: class and time, 8 each. */
	public static final int MIN_SMD_LENGTH = 16;

	/** Most bytes of a system message, its text at most 384. */
	public static final int MAX_SMD_LENGTH = MIN_SMD_LENGTH + 384;

	/** Credit of a client whose application has set none. */
	public static final int DEFAULT_CREDIT = 500_000_000;

	/** Most bytes of a streamtype's name. */
	public static final int MAX_NAME_LENGTH = 31;

	/** Refuses what cannot be sent. */
	public StreamType {
		if (version != 0 && version != 1) {
			throw new IllegalArgumentException("There is no version " + version);
		}
		Names.require("streamtype", name, MAX_NAME_LENGTH);
	}

}
