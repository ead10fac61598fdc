/**
 * The frames of the secure streams serialization, as they travel between a client and a
 * proxy of libwebsockets: values, decoders and encoders, no I/O.
 * <p>
 * A link carries one stream. Frames of the client are {@link ClientFrame}, those of the
 * proxy {@link ProxyFrame}; all of them start with a type of one byte and the length of
 * what follows, two bytes. Numbers are big endian. Decoders take bytes in pieces of any
 * size, are strict about lengths and names, and hold nothing but a frame that has arrived
 * in part; payload is passed on as it arrives.
 * <p>
 * Our own ends know each other by what those of libwebsockets take no notice of. The
 * client sends {@link TimeoutUpdate#CANCEL} before {@link StreamType}; the proxy's
 * {@link CreateResult} has a list without a comma in front. Then states come as they are,
 * repetitions and all; frames of any length may hold payload with any flags; CONNECTED
 * with ordinal {@link ConnState#BODY_WANTED} asks for a request's body before there is an
 * answer, in place of a CONNECTED that comes too early; {@link LengthHint#UNKNOWN} asks
 * to send without a length; and the ordinals of QOS states are the number of the client's
 * last TX_PAYLOAD frame that they are about, counted from 0 on each link.
 */
@NullMarked
package io.securestreams.proxy.wire;

import org.jspecify.annotations.NullMarked;
