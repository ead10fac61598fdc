package io.securestreams.spring.event;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;

/**
 * A stream has changed state. Published on the stream's event loop before its handler is
 * called: listeners must not block, unless they are asynchronous.
 *
 * @param stream the stream
 * @param state the state it is in now
 * @param ordinal see {@link io.securestreams.stream.StreamHandler#onState}
 */
public record SecureStreamStateEvent(SecureStream stream, StreamState state, long ordinal) {

}
