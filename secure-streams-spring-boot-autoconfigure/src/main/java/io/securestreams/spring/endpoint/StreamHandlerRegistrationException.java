package io.securestreams.spring.endpoint;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.SecureStreamsException;

/**
 * A handler cannot have its stream or listener.
 */
public class StreamHandlerRegistrationException extends SecureStreamsException {

	private static final long serialVersionUID = 1L;

	private final String owner;

	private final String streamType;

	/**
	 * Makes an exception.
	 * @param owner who registered the handler
	 * @param streamType the streamtype
	 * @param problem what is wrong
	 * @param cause what is behind it, or {@code null}
	 */
	public StreamHandlerRegistrationException(String owner, String streamType, String problem,
			@Nullable Throwable cause) {
		super("cannot register " + owner + " for streamtype \"" + streamType + "\": " + problem, cause);
		this.owner = owner;
		this.streamType = streamType;
	}

	/**
	 * Returns who registered the handler.
	 * @return for example {@code bean "pageWatcher"}
	 */
	public String owner() {
		return this.owner;
	}

	/**
	 * Returns the streamtype.
	 * @return the name that was asked for
	 */
	public String streamType() {
		return this.streamType;
	}

}
