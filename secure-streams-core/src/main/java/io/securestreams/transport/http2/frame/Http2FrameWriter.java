package io.securestreams.transport.http2.frame;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;
import io.securestreams.transport.loop.ChannelTask;

/**
 * Writes frames (RFC 9113 section 6). Small ones are put together in one buffer; there is
 * one flush for each turn of the event loop, or of reading.
 */
public final class Http2FrameWriter {

	/** Frame type, RFC 9113 section 6.1. */
	public static final int DATA = 0;

	/** Frame type, RFC 9113 section 6.2. */
	public static final int HEADERS = 1;

	/** Frame type, RFC 9113 section 6.3. */
	public static final int PRIORITY = 2;

	/** Frame type, RFC 9113 section 6.4. */
	public static final int RST_STREAM = 3;

	/** Frame type, RFC 9113 section 6.5. */
	public static final int SETTINGS = 4;

	/** Frame type, RFC 9113 section 6.6. */
	public static final int PUSH_PROMISE = 5;

	/** Frame type, RFC 9113 section 6.7. */
	public static final int PING = 6;

	/** Frame type, RFC 9113 section 6.8. */
	public static final int GOAWAY = 7;

	/** Frame type, RFC 9113 section 6.9. */
	public static final int WINDOW_UPDATE = 8;

	/** Frame type, RFC 9113 section 6.10. */
	public static final int CONTINUATION = 9;

	/** Flag of DATA and HEADERS. */
	public static final int END_STREAM = 0x1;

	/** Flag of SETTINGS and PING. */
	public static final int ACK = 0x1;

	/** Flag of HEADERS and CONTINUATION. */
	public static final int END_HEADERS = 0x4;

	/** Flag of DATA and HEADERS. */
	public static final int PADDED = 0x8;

	static final int PRIORITY_FLAG = 0x20;

	static final int DEFAULT_MAX_FRAME_SIZE = 16384;

	/** Window before any SETTINGS, RFC 9113 section 6.9.2. */
	public static final int DEFAULT_WINDOW = 65535;

	/** What a client starts with, RFC 9113 section 3.4. */
	public static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	/** HPACK: dynamic table size update to 0, RFC 7541 section 6.3. */
	private static final int NO_DYNAMIC_TABLE = 0x20;

	/** Payload up to this size is copied: cheaper than one more buffer to write. */
	private static final int COPY_LIMIT = 2048;

	private static final int BUFFER_LIMIT = 32 * 1024;

	private final ChannelHandlerContext ctx;

	private final Runnable flushTask;

	private @Nullable ByteBuf buffer;

	private int bufferSize = 512;

	private boolean dirty;

	private boolean flushIsScheduled;

	private boolean inTurn;

	private boolean tableAnnounced;

	/** Makes a writer to a connection's channel. */
	public Http2FrameWriter(ChannelHandlerContext ctx) {
		this.ctx = ctx;
		this.flushTask = ChannelTask.of(ctx::channel, this::flushScheduled);
	}

	/**
	 * Holds flushes until {@link #endTurn()}.
	 */
	public void startTurn() {
		this.inTurn = true;
	}

	/** Flushes what has been written since the start of the turn. */
	public void endTurn() {
		this.inTurn = false;
		flush();
	}

	/** Writes what a client starts with. */
	public void clientPreface(int streamWindow, int connectionWindow, int maxHeaderListSize) {
		reserve(128).writeBytes(PREFACE);
		settings(connectionWindow, PeerSettings.ENABLE_PUSH, 0, PeerSettings.INITIAL_WINDOW_SIZE, streamWindow,
				PeerSettings.MAX_HEADER_LIST_SIZE, maxHeaderListSize, PeerSettings.NO_RFC7540_PRIORITIES, 1);
	}

	/**
	 * Writes the first SETTINGS, and makes the connection's window as large as it is.
	 * @param connectionWindow bytes
	 * @param settings pairs of identifier and value
	 */
	public void settings(int connectionWindow, int... settings) {
		ByteBuf out = reserve(9 + settings.length * 3);
		frame(out, settings.length * 3, SETTINGS, 0, 0);
		for (int i = 0; i < settings.length; i += 2) {
			out.writeShort(settings[i]).writeInt(settings[i + 1]);
		}
		if (connectionWindow > DEFAULT_WINDOW) {
			windowUpdate(0, connectionWindow - DEFAULT_WINDOW);
		}
	}

	/**
	 * Writes a head, in as many frames as the peer's limit makes necessary.
	 * @param streamId the stream
	 * @param block the header block
	 * @param length its length
	 * @param endStream whether nothing follows
	 * @param maxFrameSize the peer's SETTINGS_MAX_FRAME_SIZE
	 */
	public void headers(int streamId, byte[] block, int length, boolean endStream, int maxFrameSize) {
		// Our table stays empty for good, so that any size the peer may set suits
		int extra = this.tableAnnounced ? 0 : 1;
		int first = Math.min(length, maxFrameSize - extra);
		boolean whole = first == length;
		ByteBuf out = reserve(first + extra + 9);
		frame(out, first + extra, HEADERS, (endStream ? END_STREAM : 0) | (whole ? END_HEADERS : 0), streamId);
		if (extra > 0) {
			this.tableAnnounced = true;
			out.writeByte(NO_DYNAMIC_TABLE);
		}
		out.writeBytes(block, 0, first);
		int written = first;
		while (written < length) {
			int next = Math.min(length - written, maxFrameSize);
			out = reserve(next + 9);
			frame(out, next, CONTINUATION, (written + next == length) ? END_HEADERS : 0, streamId);
			out.writeBytes(block, written, next);
			written += next;
		}
	}

	/**
	 * Writes data.
	 * @param streamId the stream
	 * @param payload the data, released here
	 * @param endStream whether nothing follows
	 * @param maxFrameSize the peer's SETTINGS_MAX_FRAME_SIZE
	 */
	public void data(int streamId, ByteBuf payload, boolean endStream, int maxFrameSize) {
		int left = payload.readableBytes();
		if (left <= COPY_LIMIT) {
			ByteBuf out = reserve(left + 9);
			frame(out, left, DATA, endStream ? END_STREAM : 0, streamId);
			out.writeBytes(payload, payload.readerIndex(), left);
			payload.release();
			return;
		}
		while (left > maxFrameSize) {
			frame(reserve(9), maxFrameSize, DATA, 0, streamId);
			writeThrough(payload.readRetainedSlice(maxFrameSize));
			left -= maxFrameSize;
		}
		frame(reserve(9), left, DATA, endStream ? END_STREAM : 0, streamId);
		writeThrough(payload);
	}

	/** Writes RST_STREAM. */
	public void reset(int streamId, long code) {
		ByteBuf out = reserve(13);
		frame(out, 4, RST_STREAM, 0, streamId);
		out.writeInt((int) code);
	}

	/** Writes SETTINGS with ACK. */
	public void settingsAck() {
		frame(reserve(9), 0, SETTINGS, ACK, 0);
	}

	/** Writes PING. */
	public void ping(long payload, boolean ack) {
		ByteBuf out = reserve(17);
		frame(out, 8, PING, ack ? ACK : 0, 0);
		out.writeLong(payload);
	}

	/** Writes WINDOW_UPDATE. */
	public void windowUpdate(int streamId, int increment) {
		ByteBuf out = reserve(13);
		frame(out, 4, WINDOW_UPDATE, 0, streamId);
		out.writeInt(increment);
	}

	/** Writes GOAWAY. */
	public void goAway(int lastStreamId, long code, String reason) {
		int length = Math.min(ByteBufUtil.utf8MaxBytes(reason), 256);
		ByteBuf out = reserve(17 + length);
		byte[] text = reason.getBytes(StandardCharsets.UTF_8);
		length = Math.min(text.length, 256);
		frame(out, 8 + length, GOAWAY, 0, 0);
		out.writeInt(lastStreamId).writeInt((int) code).writeBytes(text, 0, length);
	}

	/**
	 * Sends everything now.
	 */
	public void flush() {
		if (this.dirty) {
			this.dirty = false;
			writeBuffer();
			this.ctx.flush();
		}
	}

	/**
	 * Drops what has not been written.
	 */
	public void close() {
		this.dirty = false;
		if (this.buffer != null) {
			this.buffer.release();
			this.buffer = null;
		}
	}

	private void flushScheduled() {
		this.flushIsScheduled = false;
		flush();
	}

	private void writeThrough(ByteBuf payload) {
		writeBuffer();
		this.ctx.write(payload);
	}

	private void writeBuffer() {
		ByteBuf buffer = this.buffer;
		if (buffer != null) {
			this.buffer = null;
			// What this turn needed is a good guess for the next
			this.bufferSize = Math.min(Math.max(512, buffer.readableBytes()), BUFFER_LIMIT);
			this.ctx.write(buffer);
		}
	}

	private ByteBuf reserve(int bytes) {
		if (!this.dirty) {
			this.dirty = true;
			if (!this.inTurn && !this.flushIsScheduled) {
				this.flushIsScheduled = true;
				this.ctx.executor().execute(this.flushTask);
			}
		}
		ByteBuf buffer = this.buffer;
		if (buffer != null && buffer.readableBytes() + bytes > BUFFER_LIMIT) {
			writeBuffer();
			buffer = null;
		}
		if (buffer == null) {
			buffer = this.ctx.alloc().directBuffer(Math.max(bytes, this.bufferSize));
			this.buffer = buffer;
		}
		return buffer.ensureWritable(bytes);
	}

	private static void frame(ByteBuf out, int length, int type, int flags, int streamId) {
		out.writeMedium(length).writeByte(type).writeByte(flags).writeInt(streamId);
	}

}
