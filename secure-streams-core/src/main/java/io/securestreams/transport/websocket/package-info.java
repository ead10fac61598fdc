/**
 * WebSocket streams over HTTP/1.1 (RFC 6455) and HTTP/2 (RFC 8441) with
 * permessage-deflate (RFC 7692).
 *
 * <p>
 * A message is what lies between the marks for start and end; a slot is a frame, and a
 * frame that is received is passed on in the pieces it arrives in, never collected. Text
 * that is received is checked to be UTF-8. Pipeline of a socket, from the network's end:
 *
 * <pre>
 * tls                  SslHandler, only with TLS
 * websocket-handshake  ClientHandshake: opening handshake, then leaves; a server's is done
 *                      by HTTP, whose request WebSocketServer takes
 * websocket            SocketCarrier: passes bytes to and from a WebSocketConnection
 * </pre>
 *
 * <p>
 * A client's opening handshake is an {@code Opening}: a {@code TunnelOpening} first,
 * which joins or makes an HTTP/2 connection, then a {@code SocketOpening}. Each ends in a
 * {@code Carrier} of its kind.
 *
 * <p>
 * {@code WebSocketConnection} (slots, messages, the end) is the same for clients and
 * servers but for who masks, and does not know what carries its frames. Below it:
 * {@code FrameDecoder} takes bytes apart, {@code MessageReader} checks and inflates,
 * {@code MessageWriter} marks and deflates, {@code WebSocketFrameWriter} puts the frames
 * of a turn into one buffer. {@code WebSocketEnd} knows why it has ended, and what its
 * stream is told; {@code WebSocketClosing} does the closing handshake, which goes on in
 * the background once the stream has let go.
 *
 * <p>
 * Any end that the peer or the network brings about is a failed connection, whatever code
 * the close frame had: the retry policy decides what comes next. The code is in the
 * failure's message. {@code svalidping} sends pings and only pongs count as signs of
 * life. Timings ({@code perf}) are reported when an attempt fails and when a connection
 * ends otherwise than by the application.
 */
@NullMarked
package io.securestreams.transport.websocket;

import org.jspecify.annotations.NullMarked;
