package io.securestreams.transport.tls;

import io.securestreams.stream.SecureStreamsException;

/**
 * A certificate that is named somewhere is not there.
 */
final class NoIdentityException extends SecureStreamsException {

	private static final long serialVersionUID = 1L;

	NoIdentityException(String message) {
		super(message);
	}

}
