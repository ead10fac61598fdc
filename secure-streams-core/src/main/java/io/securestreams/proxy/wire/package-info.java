/**
 * The frames of the secure streams serialization, as they travel between a client and a
 * proxy of libwebsockets: values, decoders and encoders, no I/O.
 * <p>
 * A link carries one stream. Frames of the client are {@link ClientFrame}, those of the
 * proxy {@link ProxyFrame}; all of them start with a type of one byte and the length of
 * what follows, two bytes. Numbers are big endian. Decoders take bytes in pieces of any
 * size, are strict about lengths and names, and hold nothing but a frame that has arrived
 * in part; payload is passed on as it arrives.
 */
@NullMarked
package io.securestreams.proxy.wire;

import org.jspecify.annotations.NullMarked;
