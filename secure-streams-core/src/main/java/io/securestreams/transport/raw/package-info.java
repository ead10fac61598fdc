/**
 * Raw byte streams over TCP, TLS and unix sockets.
 *
 * <p>
 * A stream is a sequence of bytes without messages: marks are ignored when sending and
 * never set when receiving. Each connection serves one stream. Pipeline, from the
 * network's end:
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
 * section 6.1). {@code svalidhup} applies where the streamtype names a {@code retry}
 * entry; without one a silent connection stays, because the protocol has no ping that
 * could tell silence from death. Timings ({@code perf}) are reported when an attempt
 * fails and when a client's connection ends otherwise than by the application.
 */
@NullMarked
package io.securestreams.transport.raw;

import org.jspecify.annotations.NullMarked;
