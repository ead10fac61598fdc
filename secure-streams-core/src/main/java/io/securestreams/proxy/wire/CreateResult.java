package io.securestreams.proxy.wire;

import java.util.Arrays;
import java.util.List;

/**
 * CREATE_RESULT: whether the proxy has the stream; its answer to {@link StreamType}.
 *
 * @param version of the client; version 0 does not hear the size of its buffer
 * @param result 0 if the stream exists now
 * @param clientBuffer bytes the client may use for a frame, 32 bits unsigned; 0 for what
 * it likes
 * @param list streamtypes that travel in this stream, its own first, separated by commas;
 * some proxies put a comma before the first; at most {@value #MAX_LIST_LENGTH} bytes
 */
public record CreateResult(int version, int result, int clientBuffer, String list) implements ProxyFrame {

	/** Most bytes of the list. */
	public static final int MAX_LIST_LENGTH = 127;

	/** Most names in the list, an empty one before a comma included. */
	public static final int MAX_NAMES = 4;

	/** Refuses what cannot be sent. */
	public CreateResult {
		if (Names.length(list) > MAX_LIST_LENGTH) {
			throw new IllegalArgumentException("A list of " + Names.length(list) + " bytes");
		}
	}

	/**
	 * Makes the answer to a client whose streamtype is not there for it.
	 * @param version the client's
	 * @return the answer
	 */
	public static CreateResult refused(int version) {
		return new CreateResult(version, 1, 0, "");
	}

	/**
	 * Whether the stream exists.
	 * @return {@code false} if it has been refused
	 */
	public boolean isCreated() {
		return this.result == 0;
	}

	/**
	 * Returns the list's names.
	 * @return without empty ones
	 */
	public List<String> names() {
		return Arrays.stream(this.list.split(",")).filter((name) -> !name.isEmpty()).toList();
	}

}
