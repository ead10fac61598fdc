package io.securestreams.stream;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Payload on its way to the application: a message, or a part of one. Valid only during
 * {@link StreamHandler#onReceive}; the object is used again for the next payload.
 */
public interface Payload {

	/**
	 * Returns the bytes, borrowed. {@code retain()} keeps them, and then the caller
	 * releases them.
	 * @return a readable buffer, possibly empty
	 */
	ByteBuf content();

	/**
	 * Whether a message starts here (SOM).
	 * @return {@code true} on the first part of a message; never on raw streams
	 */
	boolean isStart();

	/**
	 * Whether the message is complete with this (EOM).
	 * @return {@code true} on the last part of a message, which may be empty; never for a
	 * truncated message, never on raw streams
	 */
	boolean isEnd();

	/**
	 * Whether this is connection timing JSON out of band of the stream's payload.
	 * @return {@code true} only with policy {@code perf}
	 */
	boolean isPerf();

	/**
	 * Whether a group of related messages starts (multipart).
	 * @return {@code true} on an empty payload before the group's first message
	 */
	boolean isRelatedStart();

	/**
	 * Whether a group of related messages ends with this message (multipart).
	 * @return {@code true} on the last part of the group's last message
	 */
	boolean isRelatedEnd();

	/**
	 * Returns the streamtype the message belongs to where several travel together. A part
	 * of a multipart message belongs to the first streamtype of the own one's
	 * {@code rideshare} chain that has the part's name as its
	 * {@code http_multipart_name}.
	 * @return a streamtype; the stream's own unless it rides along
	 */
	String rideshare();

	/**
	 * Returns what the part says of itself that this message is, where a multipart
	 * message is taken apart ({@code http_multipart_ss_in}). The payload that starts the
	 * part is the whole of its head, as the peer has written it; what follows is its
	 * content.
	 * @return the part, the same for all of its payloads, or {@code null} if this is no
	 * part
	 */
	default @Nullable MessagePart part() {
		return null;
	}

	/**
	 * Returns the number of bytes.
	 * @return 0 or more
	 */
	default int length() {
		return content().readableBytes();
	}

	/**
	 * Copies the bytes.
	 * @return a new array
	 */
	default byte[] toByteArray() {
		ByteBuf content = content();
		byte[] bytes = new byte[content.readableBytes()];
		content.getBytes(content.readerIndex(), bytes);
		return bytes;
	}

	/**
	 * Decodes the bytes as UTF-8. A part of a message may start or end inside a
	 * character.
	 * @return the text
	 */
	default String text() {
		return content().toString(StandardCharsets.UTF_8);
	}

}
