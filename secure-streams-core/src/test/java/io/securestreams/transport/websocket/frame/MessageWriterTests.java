package io.securestreams.transport.websocket.frame;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.transport.websocket.WriterFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class MessageWriterTests {

	private static final int SOM = PayloadFlags.SOM;

	private static final int EOM = PayloadFlags.EOM;

	private static final byte[] HELLO = "Hello".getBytes(StandardCharsets.US_ASCII);

	@Test
	void writesTheExamplesOfTheRfc() {
		try (WriterFixture text = new WriterFixture(false, false, false);
				WriterFixture binary = new WriterFixture(false, true, false)) {
			assertThat(hex(text.write(HELLO, SOM | EOM))).isEqualTo("810548656c6c6f");
			assertThat(hex(text.write("Hel".getBytes(), SOM).write("lo".getBytes(), EOM)))
				.isEqualTo("010348656c" + "80026c6f");
			assertThat(hex(text.write(new byte[0], SOM | EOM))).isEqualTo("8100");
			assertThat(hex(binary.write(new byte[256], SOM | EOM))).startsWith("827e0100" + "0000");
			assertThat(hex(binary.write(new byte[65536], SOM | EOM))).startsWith("827f0000000000010000" + "0000");
			binary.frames.control(Opcode.PING, HELLO, 5);
			assertThat(hex(binary)).isEqualTo("890548656c6c6f");
		}
	}

	/** Examples of RFC 7692 sections 7.2.3.1 and 7.2.3.2, and the empty last fragment. */
	@Test
	void compresses() {
		try (WriterFixture writer = new WriterFixture(false, false, true)) {
			byte[] hello = "Hello, Hello, Hello, Hello, Hello".getBytes(StandardCharsets.US_ASCII);
			String once = hex(writer.write(hello, SOM | EOM));
			assertThat(once).startsWith("c1");
			assertThat(hex(writer.write(hello, SOM | EOM))).hasSizeLessThan(once.length());
			assertThat(hex(writer.write(hello, SOM).write(new byte[0], EOM))).endsWith("0000ffff" + "800100");
			assertThat(hex(writer.write("short".getBytes(), SOM | EOM))).startsWith("8105");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 125, 126, 1023, 1024, 1025, 1031, 65535, 65536, 70001 })
	void masksWithoutTouchingThePayload(int length) {
		byte[] plain = new byte[length];
		new java.util.Random(length).nextBytes(plain);
		try (WriterFixture writer = new WriterFixture(true, true, false)) {
			ByteBuf payload = Unpooled.copiedBuffer(plain);
			ByteBuf kept = payload.retainedDuplicate();
			writer.messages.write(payload, SOM | EOM);
			assertThat(ByteBufUtil.getBytes(kept)).isEqualTo(plain);
			kept.release();
			byte[] wire = writer.wire();
			int header = (length < 126) ? 2 : (length < 65536) ? 4 : 10;
			assertThat(wire).hasSize(header + 4 + length);
			assertThat(wire[1] & 0x80).isEqualTo(0x80);
			byte[] unmasked = new byte[length];
			for (int i = 0; i < length; i++) {
				unmasked[i] = (byte) (wire[header + 4 + i] ^ wire[header + (i & 3)]);
			}
			assertThat(unmasked).isEqualTo(plain);
		}
	}

	@Test
	void neverUsesAMaskTwice() {
		Set<Integer> masks = new HashSet<>();
		for (int i = 0; i < 2000; i++) {
			masks.add(MaskSource.current().next());
		}
		assertThat(masks).hasSizeGreaterThan(1995);
	}

	@Test
	void collectsTheFramesOfATurnInOneBuffer() {
		try (WriterFixture writer = new WriterFixture(true, true, false)) {
			for (int round = 0; round < 5; round++) {
				for (int i = 0; i < 100; i++) {
					writer.write(new byte[125], SOM | EOM);
				}
				writer.frames.flush();
				assertThat(writer.outboundBuffers()).isLessThanOrEqualTo((round == 0) ? 6 : 2);
				writer.wire();
			}
		}
	}

	@Test
	void passesLongPayloadOfAServerOnWithoutCopying() {
		try (WriterFixture writer = new WriterFixture(false, true, false)) {
			ByteBuf payload = Unpooled.directBuffer(8192).writeZero(8192);
			writer.messages.write(payload, SOM | EOM);
			writer.frames.flush();
			assertThat(payload.refCnt()).isOne();
			assertThat(writer.wire()).hasSize(8192 + 4);
			assertThat(payload.refCnt()).isZero();
		}
	}

	private static String hex(WriterFixture writer) {
		return ByteBufUtil.hexDump(writer.wire());
	}

}
