/**
 * Client connections.
 *
 * <p>
 * A connection is made in stages, each of which goes away when it is done: look-up
 * ({@code HostResolver}), race of the addresses ({@code AddressRace}), SOCKS5
 * ({@code Socks5Stage}), TLS ({@code TlsClientStage}). Pipelines as protocols get them,
 * from the network's end:
 *
 * <pre>
 * client   socks5  Socks5ProxyHandler, only behind a proxy, passive from now on
 *          tls     SslHandler, only with TLS
 * </pre>
 */
@NullMarked
package io.securestreams.transport.connect;

import org.jspecify.annotations.NullMarked;
