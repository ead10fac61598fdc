package io.securestreams.stream.factory;

import io.securestreams.stream.SecureStreamsException;
import org.jspecify.annotations.Nullable;

/**
 * A listener could not be bound to its address.
 */
public class StreamBindException extends SecureStreamsException {

	private static final long serialVersionUID = 1L;

	private final String streamType;

	private final String address;

	/**
	 * Makes an exception.
	 * @param streamType the streamtype that wanted to listen
	 * @param address the address it could not have
	 * @param cause what is behind it, or {@code null}
	 */
	public StreamBindException(String streamType, String address, @Nullable Throwable cause) {
		super("streamtype \"" + streamType + "\" cannot listen on " + address
				+ ((cause != null) ? ": " + cause.getMessage() : ""), cause);
		this.streamType = streamType;
		this.address = address;
	}

	/**
	 * Returns the streamtype.
	 * @return a name of the policy
	 */
	public String streamType() {
		return this.streamType;
	}

	/**
	 * Returns the address.
	 * @return host and port, socket path, or {@code !vhost}
	 */
	public String address() {
		return this.address;
	}

}
