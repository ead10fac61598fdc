package io.securestreams.transport.websocket.client;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

import io.netty.buffer.ByteBuf;
import io.securestreams.transport.http.ReceivedHeaders;
import io.securestreams.transport.http1.BodyDecoder;
import org.jspecify.annotations.Nullable;

/**
 * The start of the body with which a server refuses an opening handshake.
 */
final class RefusalText implements BodyDecoder.Content {

	/** What is kept of it, bytes. */
	static final int MAX_BYTES = 4 * 1024;

	private byte @Nullable [] bytes;

	private int length;

	/**
	 * Whether a body is text that can be read as it is.
	 * @param head the answer's head
	 */
	static boolean isText(ReceivedHeaders head) {
		String type = head.first("content-type");
		if (type == null || head.first("content-encoding") != null) {
			return false;
		}
		int end = type.indexOf(';');
		String media = ((end < 0) ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
		return media.startsWith("text/") || media.equals("application/json") || media.equals("application/xml")
				|| media.endsWith("+json") || media.endsWith("+xml");
	}

	@Override
	public boolean content(ByteBuf piece) {
		byte[] kept = this.bytes;
		if (kept == null) {
			kept = new byte[MAX_BYTES];
			this.bytes = kept;
		}
		int taken = Math.min(piece.readableBytes(), MAX_BYTES - this.length);
		piece.getBytes(piece.readerIndex(), kept, this.length, taken);
		this.length += taken;
		return !isFull();
	}

	boolean isFull() {
		return this.length == MAX_BYTES;
	}

	String text() {
		return (this.bytes != null) ? new String(this.bytes, 0, this.length, StandardCharsets.UTF_8) : "";
	}

}
