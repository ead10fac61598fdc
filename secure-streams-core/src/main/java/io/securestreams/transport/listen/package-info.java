/**
 * Listening sockets and the connections they accept, up to where protocols begin.
 * Pipelines as protocols get them, from the network's end:
 *
 * <pre>
 * server   tls-limit  HandshakeLimit, only with TLS, until the handshake is over
 *          tls     SslHandler, only with TLS
 *          tls-start  until the connection is active
 * </pre>
 */
@NullMarked
package io.securestreams.transport.listen;

import org.jspecify.annotations.NullMarked;
