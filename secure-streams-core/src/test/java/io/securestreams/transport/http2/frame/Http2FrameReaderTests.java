package io.securestreams.transport.http2.frame;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.http2.Http2Headers;
import org.junit.jupiter.api.Test;

import io.securestreams.transport.http2.FramePeer.Connection;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * However bytes are cut, the same frames are read.
 */
class Http2FrameReaderTests {

	@Test
	void cutsDoNotMatter() throws Http2Violation {
		byte[] bytes = frames();
		List<String> whole = read(bytes, bytes.length);
		assertThat(whole).containsExactly("settings 3=100 4=5", "headers 1 2 false", "start 1 5", "data abc",
				"end 1 3 2 false", "start 1 0", "end 1 0 0 true", "headers 3 1 true", "ping 1 false", "window 0 77",
				"reset 3 8", "ignored", "ignored", "goAway 3 0 bye?", "settingsAck");
		for (int piece = 1; piece < 40; piece++) {
			assertThat(read(bytes, piece)).as("pieces of " + piece).isEqualTo(whole);
		}
	}

	@Test
	void noiseIsRefusedOrIgnoredButNeverThrowsAnythingElse() {
		Random random = new Random(7);
		for (int i = 0; i < 20_000; i++) {
			byte[] frames = frames();
			int flips = 1 + random.nextInt(4);
			for (int j = 0; j < flips; j++) {
				frames[random.nextInt(frames.length)] = (byte) random.nextInt(256);
			}
			try {
				read(frames, 1 + random.nextInt(frames.length));
			}
			catch (Http2Violation ex) {
				assertThat(ex.error()).isNotNull();
			}
		}
	}

	private static byte[] frames() {
		ByteBuf all = Unpooled.buffer();
		frame(all, Http2FrameWriter.SETTINGS, 0, 0, 0, 3, 0, 0, 0, 100, 0, 4, 0, 0, 0, 5);
		byte[] block = Connection.block(":status", "200", "a", "b");
		// Padding and priority, cut in two
		ByteBuf head = Unpooled.buffer().writeByte(2).writeInt(0).writeByte(9).writeBytes(block, 0, 3).writeZero(2);
		frame(all, Http2FrameWriter.HEADERS, Http2FrameWriter.PADDED | Http2FrameWriter.PRIORITY_FLAG, 1, ints(head));
		frame(all, Http2FrameWriter.CONTINUATION, Http2FrameWriter.END_HEADERS, 1,
				ints(Unpooled.wrappedBuffer(block, 3, block.length - 3)));
		frame(all, Http2FrameWriter.DATA, Http2FrameWriter.PADDED, 1, 1, 'a', 'b', 'c', 0);
		frame(all, Http2FrameWriter.DATA, Http2FrameWriter.END_STREAM, 1);
		frame(all, Http2FrameWriter.HEADERS, Http2FrameWriter.END_HEADERS | Http2FrameWriter.END_STREAM, 3, 0x88);
		frame(all, Http2FrameWriter.PING, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
		frame(all, Http2FrameWriter.WINDOW_UPDATE, 0, 0, 0x80, 0, 0, 77);
		frame(all, Http2FrameWriter.RST_STREAM, 0, 3, 0, 0, 0, 8);
		frame(all, Http2FrameWriter.PRIORITY, 0, 5, 0, 0, 0, 0, 0);
		frame(all, 0x77, 0xFF, 9, 1, 2, 3);
		frame(all, Http2FrameWriter.GOAWAY, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 'b', 'y', 'e', 7);
		frame(all, Http2FrameWriter.SETTINGS, Http2FrameWriter.ACK, 0);
		return Connection.bytes(all);
	}

	private static void frame(ByteBuf out, int type, int flags, int streamId, int... payload) {
		out.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(streamId);
		for (int octet : payload) {
			out.writeByte(octet);
		}
	}

	private static int[] ints(ByteBuf bytes) {
		int[] ints = new int[bytes.readableBytes()];
		for (int i = 0; i < ints.length; i++) {
			ints[i] = bytes.readUnsignedByte();
		}
		return ints;
	}

	private static List<String> read(byte[] bytes, int piece) throws Http2Violation {
		Recorder recorder = new Recorder();
		Http2FrameReader reader = new Http2FrameReader(recorder, UnpooledByteBufAllocator.DEFAULT,
				new HeaderLimits(32 * 1024, 200, 16));
		try {
			for (int i = 0; i < bytes.length; i += piece) {
				reader.read(Unpooled.wrappedBuffer(bytes, i, Math.min(piece, bytes.length - i)));
			}
		}
		finally {
			reader.close();
		}
		return recorder.frames;
	}

	private static final class Recorder implements FrameListener {

		private final List<String> frames = new ArrayList<>();

		private final StringBuilder data = new StringBuilder();

		@Override
		public void dataStart(int streamId, int flowLength) {
			this.frames.add("start " + streamId + " " + flowLength);
		}

		@Override
		public void data(int streamId, ByteBuf data) {
			this.data.append(data.toString(java.nio.charset.StandardCharsets.ISO_8859_1));
		}

		@Override
		public void dataEnd(int streamId, int dataLength, int padding, boolean endStream) {
			if (this.data.length() > 0) {
				this.frames.add("data " + this.data);
				this.data.setLength(0);
			}
			this.frames.add("end " + streamId + " " + dataLength + " " + padding + " " + endStream);
		}

		@Override
		public void headers(int streamId, Http2Headers headers, boolean endStream) {
			this.frames.add("headers " + streamId + " " + headers.size() + " " + endStream);
		}

		@Override
		public void badHeaders(int streamId, String reason, boolean tooLarge, boolean endStream) {
			this.frames.add("malformed " + streamId);
		}

		@Override
		public void reset(int streamId, long code) {
			this.frames.add("reset " + streamId + " " + code);
		}

		@Override
		public void settings(ByteBuf settings, int length) {
			StringBuilder text = new StringBuilder("settings");
			for (int i = 0; i < length; i += 6) {
				text.append(' ').append(settings.readUnsignedShort()).append('=').append(settings.readUnsignedInt());
			}
			this.frames.add(text.toString());
		}

		@Override
		public void settingsAck() {
			this.frames.add("settingsAck");
		}

		@Override
		public void ping(long payload, boolean ack) {
			this.frames.add("ping " + payload + " " + ack);
		}

		@Override
		public void goAway(int lastStreamId, long code, String debug) {
			this.frames.add("goAway " + lastStreamId + " " + code + " " + debug);
		}

		@Override
		public void windowUpdate(int streamId, int increment) {
			this.frames.add("window " + streamId + " " + increment);
		}

		@Override
		public void ignored() {
			this.frames.add("ignored");
		}

	}

}
