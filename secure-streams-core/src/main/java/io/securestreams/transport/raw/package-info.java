/**
 * Raw byte streams over TCP, TLS and unix sockets.
 *
 * <p>
 * A stream is a sequence of bytes without messages: marks are ignored when sending, but
 * for the end of the sending half, and never set when receiving. Each connection serves
 * one stream. Pipeline, from the network's end:
 *
 * <pre>
 * tls          SslHandler, only with TLS
 * raw-opening  RawServerOpening: accepted connections, until they are usable
 * raw          RawConnection: bytes in and out, pausing, slots, the end
 * </pre>
 *
 * <p>
 * What the peer sent before it closed is delivered before the end is reported; with TLS
 * an end without {@code close_notify} is told apart in the failure's message (RFC 8446
 * section 6.1).
 *
 * <p>
 * Each half ends by itself. A slot that is ended without payload ends the sending half:
 * the peer sees the end, what it sends is still received, and no further slot is given.
 * When the peer ends its half, what the application has asked to send by then is sent;
 * then the stream ends. An accepted stream that has not answered what came last stays for
 * five seconds more, so that it can be answered from another thread, and half a second
 * after each answer that came so late; while it is paused the application has not had
 * everything, and nothing ends. With TLS the end of the peer's half is the end of both,
 * and with BoringSSL the end of the own half too.
 *
 * <p>
 * The protocol has no ping of its own, but TCP has, keep-alive: it applies where
 * {@code svalidping} is less than {@code svalidhup}, as it is without a {@code retry}
 * entry. Linux' native transports then find dead peers whatever is under way, the JDK's
 * sockets only while nothing is. Where the streamtype names a {@code retry} entry with
 * {@code svalidhup}, a connection on which nothing has been received for that long is
 * ended as well, dead or alive.
 *
 * <p>
 * Timings ({@code perf}) are reported when an attempt fails and when a client's
 * connection ends otherwise than by the application.
 */
@NullMarked
package io.securestreams.transport.raw;

import org.jspecify.annotations.NullMarked;
