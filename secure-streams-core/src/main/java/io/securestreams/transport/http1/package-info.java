/**
 * HTTP/1.1 framing (RFC 9112), client and server, with keep-alive pooling.
 * <p>
 * Order of the pipeline, from the socket: {@code tls} (with TLS), {@code http1}. The
 * latter is a {@code Http1ClientConnection} or a {@code ServerConnection}; both stand on
 * {@code Http1Handler}, which cuts bytes into heads ({@code HeadScanner},
 * {@code MessageHead}) and bodies ({@code BodyDecoder}) and flushes once per read turn.
 * What is written goes past no other handler: {@code Http1HeadEncoder} and
 * {@code ServerResponse} make heads, {@code BodyWriter} frames bodies.
 * <p>
 * A client stream borrows a connection from the {@code Http1ConnectionPool} of its event
 * loop for each request ({@code Http1Connector}). An accepted connection
 * ({@code Http1Server}) makes an exchange of each request ({@code Http1RequestDispatch})
 * and carries one after the other ({@code Http1Framing}).
 */
@NullMarked
package io.securestreams.transport.http1;

import org.jspecify.annotations.NullMarked;
