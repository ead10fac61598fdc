/**
 * What the transports of an engine share: {@code loop} (threads and sockets),
 * {@code tls}, {@code connect} and {@code listen}.
 *
 * <p>
 * What protocols have to know:
 * <ul>
 * <li>Reading is off. After a TLS handshake one read may be under way nevertheless, and
 * data may come in the same turn: be ready for it when {@code connected} or
 * {@code accepted} returns.</li>
 * <li>A handler that is added in {@code connected} may still see {@code channelActive}.
 * </li>
 * <li>On the native transports the peer's end of stream makes unread data arrive even
 * while reading is off.</li>
 * <li>Whether a TLS connection ended in order is what
 * {@link io.securestreams.transport.tls.TlsFailures#isTruncated} tells in
 * {@code channelInactive}; the peer's {@code close_notify} itself is the event
 * {@code SslCloseCompletionEvent.SUCCESS}.</li>
 * <li>The refusal of a client certificate arrives in {@code exceptionCaught} after a TLS
 * 1.3 handshake that looked successful:
 * {@link io.securestreams.transport.tls.TlsFailures#isTls}.</li>
 * </ul>
 */
@NullMarked
package io.securestreams.transport;

import org.jspecify.annotations.NullMarked;
