/**
 * Event loops, addresses, name resolution, TLS contexts and connection establishment
 * shared by all protocols.
 *
 * <p>
 * A client connection is made in stages, each of which goes away when it is done: look-up
 * ({@code HostResolver}), race of the addresses ({@code AddressRace}), SOCKS5
 * ({@code Socks5Stage}), TLS ({@code TlsClientStage}). Pipelines as protocols get them,
 * from the network's end:
 *
 * <pre>
 * client   socks5  Socks5ProxyHandler, only behind a proxy, passive from now on
 *          tls     SslHandler, only with TLS
 * server   tls     SslHandler, only with TLS
 *          tls-start  until the connection is active
 * </pre>
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
 * {@link io.securestreams.transport.TlsFailures#isTruncated} tells in
 * {@code channelInactive}; the peer's {@code close_notify} itself is the event
 * {@code SslCloseCompletionEvent.SUCCESS}.</li>
 * <li>The refusal of a client certificate arrives in {@code exceptionCaught} after a TLS
 * 1.3 handshake that looked successful:
 * {@link io.securestreams.transport.TlsFailures#isTls}.</li>
 * </ul>
 */
@NullMarked
package io.securestreams.transport;

import org.jspecify.annotations.NullMarked;
