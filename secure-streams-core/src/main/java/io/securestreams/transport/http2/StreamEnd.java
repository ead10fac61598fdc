package io.securestreams.transport.http2;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.StreamFailure.Phase;

/**
 * Why a stream ended before its response was complete.
 *
 * @param phase what was being done
 * @param message what went wrong
 * @param cause the exception behind it, or {@code null}
 * @param unprocessed whether the peer has said that it has not acted on the request (RFC
 * 9113 section 8.7)
 */
public record StreamEnd(Phase phase, String message, @Nullable Throwable cause, boolean unprocessed) {

	/** Makes the end of a stream that the peer may have acted on. */
	public static StreamEnd of(Phase phase, String message) {
		return new StreamEnd(phase, message, null, false);
	}

	static StreamEnd unprocessed(String message) {
		return new StreamEnd(Phase.CONNECTION, message, null, true);
	}

}
