package io.securestreams.transport.websocket.frame;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.transport.websocket.ServerScript;
import io.securestreams.transport.websocket.WriterFixture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class MessageReaderTests {

	private static final int SOM = PayloadFlags.SOM;

	private static final int EOM = PayloadFlags.EOM;

	/** Examples of RFC 6455 section 5.7 and of RFC 7692 section 7.2.3. */
	@ParameterizedTest(name = "{0}")
	@CsvSource({ "unmasked text, false, 8105 48656c6c6f", "masked text, true, 8185 37fa213d 7f9f4d5158",
			"fragmented text, false, 0103 48656c 8002 6c6f", //
			"one compressed block, false, c107 f248cdc9c90700",
			"two compressed fragments, false, 4103 f248cd 8004 c9c90700",
			"no compression, false, c10b 000500faff48656c6c6f00", //
			"BFINAL set, false, c108 f348cdc9c9070000", //
			"BFINAL set and nothing after it, false, c107 f348cdc9c90700", //
			"two deflate blocks, false, c10d f2480500 0000ffff cac9c90700" })
	void readsTheExamplesOfTheRfcs(String name, boolean masked, String hex) throws Exception {
		byte[] wire = ByteBufUtil.decodeHexDump(hex.replace(" ", ""));
		for (int piece = 1; piece <= wire.length; piece++) {
			Sink sink = new Sink();
			MessageReader reader = reader(masked, sink);
			feed(reader, wire, piece);
			assertThat(sink.messages()).containsExactly("Hello");
			reader.close();
		}
	}

	@Test
	void sharesTheWindowBetweenMessages() throws Exception {
		Sink sink = new Sink();
		MessageReader reader = reader(false, sink);
		// RFC 7692 section 7.2.3.2
		feed(reader, ByteBufUtil.decodeHexDump("c107f248cdc9c90700c105f200110000"), 3);
		assertThat(sink.messages()).containsExactly("Hello", "Hello");
		reader.close();
	}

	@Test
	void marksPiecesOfMessages() throws Exception {
		Sink sink = new Sink();
		MessageReader reader = reader(false, sink);
		feed(reader, ByteBufUtil.decodeHexDump("0100" + "0000" + "000161" + "8000" + "8100" + "820162"), 100);
		assertThat(sink.pieces).containsExactly(":" + SOM, "a:0", ":" + EOM, ":" + (SOM | EOM), "b:" + (SOM | EOM));
		reader.close();
	}

	@Test
	void deliversControlFramesBetweenFragments() throws Exception {
		Sink sink = new Sink();
		MessageReader reader = reader(false, sink);
		feed(reader, ByteBufUtil.decodeHexDump("010161" + "890170" + "8a00" + "800162"), 1);
		assertThat(sink.messages()).containsExactly("ab");
		assertThat(sink.controls).containsExactly("9:p", "10:");
		reader.close();
	}

	@Test
	void leavesPiecesAloneThatSomebodyKeeps() throws Exception {
		List<ByteBuf> kept = new ArrayList<>();
		ByteArrayOutputStream wire = new ByteArrayOutputStream();
		for (int i = 0; i < 10; i++) {
			wire.writeBytes(ServerScript.text("message " + i));
		}
		Sink sink = new Sink() {
			@Override
			public void payload(ByteBuf payload, int flags) {
				// Keeps the latest three
				kept.add(payload.retain());
				if (kept.size() > 3) {
					kept.remove(0).release();
				}
			}
		};
		MessageReader reader = reader(false, sink);
		feed(reader, wire.toByteArray(), 1000);
		assertThat(kept).extracting((bytes) -> bytes.toString(StandardCharsets.UTF_8))
			.containsExactly("message 7", "message 8", "message 9");
		kept.forEach(ByteBuf::release);
		reader.close();
	}

	@Test
	void keepsTheRestWhilePaused() throws Exception {
		Sink sink = new Sink();
		MessageReader reader = reader(false, sink);
		sink.then = reader::pause;
		byte[] wire = ByteBufUtil.decodeHexDump("810161" + "810162" + "c107f248cdc9c90700" + "810163");
		for (byte b : wire) {
			reader.add(buffer(new byte[] { b }));
		}
		List<String> seen = new ArrayList<>();
		while (reader.hasInput()) {
			reader.resume();
			reader.run();
			seen.addAll(sink.messages());
			sink.pieces.clear();
		}
		assertThat(seen).containsExactly("a", "b", "Hello", "c");
		reader.close();
	}

	@Test
	void letsGoOfEverythingWhenClosedFromTheSink() throws Exception {
		Sink sink = new Sink();
		MessageReader reader = reader(false, sink);
		sink.then = reader::close;
		reader.add(buffer(ByteBufUtil.decodeHexDump("810161810162")));
		ByteBuf second = buffer(ByteBufUtil.decodeHexDump("810163"));
		reader.add(second);
		reader.run();
		assertThat(sink.messages()).containsExactly("a");
		assertThat(second.refCnt()).isZero();
		assertThat(reader.hasInput()).isFalse();
	}

	/** What our writer makes, read again in pieces of random size. */
	@ParameterizedTest
	@CsvSource({ "1, false, false", "2, true, false", "3, false, true", "4, true, true", "5, true, true" })
	void readsWhatTheWriterWrites(long seed, boolean masked, boolean deflate) throws Exception {
		Random random = new Random(seed);
		List<byte[]> messages = new ArrayList<>();
		try (WriterFixture writer = new WriterFixture(masked, true, deflate)) {
			for (int i = 0; i < 200; i++) {
				byte[] message = new byte[random.nextInt((i % 10 == 0) ? 200_000 : 300)];
				if (random.nextBoolean()) {
					random.nextBytes(message);
				}
				messages.add(message);
				writer.writeInFragments(message, random);
			}
			Sink sink = new Sink();
			MessageReader reader = reader(masked, sink);
			byte[] wire = writer.wire();
			for (int at = 0; at < wire.length;) {
				int end = Math.min(wire.length, at + 1 + random.nextInt(70_000));
				reader.add(buffer(java.util.Arrays.copyOfRange(wire, at, end)));
				reader.run();
				at = end;
			}
			assertThat(sink.whole).hasSameSizeAs(messages);
			for (int i = 0; i < messages.size(); i++) {
				assertThat(sink.whole.get(i)).isEqualTo(messages.get(i));
			}
			reader.close();
		}
	}

	private static MessageReader reader(boolean masked, Sink sink) {
		return new MessageReader(masked, 1 << 24, Long.MAX_VALUE,
				new MessageInflater(ByteBufAllocator.DEFAULT, true, 1 << 24, 1100), sink);
	}

	private static void feed(MessageReader reader, byte[] wire, int piece) throws WebSocketViolation {
		for (int at = 0; at < wire.length; at += piece) {
			reader.add(buffer(java.util.Arrays.copyOfRange(wire, at, Math.min(wire.length, at + piece))));
			reader.run();
		}
	}

	private static ByteBuf buffer(byte[] bytes) {
		return UnpooledByteBufAllocator.DEFAULT.directBuffer(bytes.length).writeBytes(bytes);
	}

	private static class Sink implements MessageSink {

		final List<String> pieces = new ArrayList<>();

		final List<String> controls = new ArrayList<>();

		final List<byte[]> whole = new ArrayList<>();

		private final ByteArrayOutputStream message = new ByteArrayOutputStream();

		@Nullable Runnable then;

		@Override
		public void payload(ByteBuf payload, int flags) {
			byte[] bytes = ByteBufUtil.getBytes(payload);
			this.pieces.add(new String(bytes, StandardCharsets.UTF_8) + ":" + flags);
			if ((flags & SOM) != 0) {
				this.message.reset();
			}
			this.message.writeBytes(bytes);
			if ((flags & EOM) != 0) {
				this.whole.add(this.message.toByteArray());
			}
			if (this.then != null) {
				this.then.run();
			}
		}

		@Override
		public void control(int opcode, byte[] payload, int length) {
			this.controls.add(opcode + ":" + new String(payload, 0, length, StandardCharsets.UTF_8));
		}

		List<String> messages() {
			List<String> texts = new ArrayList<>();
			this.whole.forEach((bytes) -> texts.add(new String(bytes, StandardCharsets.UTF_8)));
			this.whole.clear();
			return texts;
		}

	}

}
