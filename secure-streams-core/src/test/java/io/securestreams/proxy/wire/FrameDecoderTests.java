package io.securestreams.proxy.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Frames as they come and go.
 */
class FrameDecoderTests {

	private static final int ALL = 1 << 20;

	static List<ClientFrame> clientFrames() {
		return List.of(new StreamType(1, 1524, StreamType.DEFAULT_CREDIT, "mintest"),
				new StreamType(0, 0, 0, "n".repeat(31)), new StreamType(1, -1, -7, "\u00e4"), OnwardConnect.INSTANCE,
				Destroying.INSTANCE, new TxCredit(-5), new TimeoutUpdate(TimeoutUpdate.CANCEL), new LengthHint(-1),
				new MetadataItem("m".repeat(30), new byte[65504]), new MetadataItem("a", new byte[0]), tx(0, null, 0),
				tx(PayloadFlag.SOM, null, 1), tx(0xffffffff & ~PayloadFlag.RIDESHARE, null, PayloadHead.MAX_LENGTH),
				tx(PayloadFlag.RIDESHARE | PayloadFlag.EOM, "part2", 3));
	}

	static List<ProxyFrame> proxyFrames() {
		return List.of(new CreateResult(1, 0, 32768, ",mintest"), CreateResult.refused(1),
				new CreateResult(1, 0, -1, "n".repeat(127)), new ConnState(1, 0), new ConnState(255, -1),
				new ConnState(256, 7), new ConnState(-1, -1), new TxCredit(65535), new Perf("{}"),
				new Perf("p".repeat(65535)), new MetadataItem("srv", "test".getBytes(StandardCharsets.UTF_8)),
				new RxPayload(PayloadHead.of(PayloadFlag.EOM, Long.MIN_VALUE, 0), Unpooled.EMPTY_BUFFER),
				new RxPayload(new PayloadHead(PayloadFlag.RIDESHARE, 1, 2, "r".repeat(31), 2),
						Unpooled.wrappedBuffer(new byte[] { 4, 5 })));
	}

	@ParameterizedTest
	@MethodSource("clientFrames")
	void framesOfAClientComeBackHoweverTheyAreCut(ClientFrame frame) throws WireViolation {
		for (int cut : List.of(1, 2, 3, 5, 19, 1000, ALL)) {
			assertThat(WireReader.client(WireReader.written(frame), cut)).containsExactly(frame);
		}
	}

	@ParameterizedTest
	@MethodSource("proxyFrames")
	void framesOfAProxyComeBackHoweverTheyAreCut(ProxyFrame frame) throws WireViolation {
		for (int cut : List.of(1, 2, 3, 5, 19, 1000, ALL)) {
			assertThat(WireReader.proxy(WireReader.written(frame), cut)).containsExactly(frame);
		}
	}

	@Test
	void version0HearsNothingOfItsBuffer() throws WireViolation {
		CreateResult result = new CreateResult(0, 0, 0, "mintest,part2");
		List<ProxyFrame> frames = new ArrayList<>();
		byte[] bytes = WireReader.written(result);
		assertThat(HexFormat.of().formatHex(bytes)).startsWith("56000e00");
		WireReader.feed(new ProxyFrameDecoder(0, 100), bytes, 1, frames::add);
		assertThat(frames).containsExactly(result);
		assertThat(result.names()).containsExactly("mintest", "part2");
	}

	@Test
	void aCommaBeforeTheFirstRideshareDoesNotCount() {
		assertThat(new CreateResult(1, 0, 0, ",minpost,part2").names()).containsExactly("minpost", "part2");
		assertThat(new CreateResult(1, 0, 0, "").names()).isEmpty();
	}

	@Test
	void aStateMayHaveAnyWidth() throws WireViolation {
		assertThat(WireReader.proxy(HexFormat.of().parseHex("570006000500000000"), ALL))
			.containsExactly(new ConnState(5, 0));
		assertThat(WireReader.proxy(HexFormat.of().parseHex("5700070003e800000002"), 1))
			.containsExactly(new ConnState(1000, 2));
	}

	@Test
	void aRefusalMaySayNoMore() throws WireViolation {
		assertThat(WireReader.proxy(HexFormat.of().parseHex("56000101"), 1)).containsExactly(CreateResult.refused(1));
	}

	@Test
	void payloadIsPassedOnAsItArrivesWithItsFlagsAtItsEnds() throws WireViolation {
		int flags = PayloadFlag.SOM | PayloadFlag.EOM | PayloadFlag.RELATED_START | PayloadFlag.RELATED_END;
		List<Integer> seen = new ArrayList<>();
		WireReader.feed(new ClientFrameDecoder(10), WireReader.written(tx(flags, null, 3)), 20, (frame) -> {
			TxPayload piece = (TxPayload) frame;
			seen.add(piece.flags());
			assertThat(piece.content().readableBytes()).isEqualTo((piece.offset() == 0) ? 1 : 2);
		});
		assertThat(seen).containsExactly(PayloadFlag.SOM | PayloadFlag.RELATED_START,
				PayloadFlag.EOM | PayloadFlag.RELATED_END);
	}

	@Test
	void nothingIsPassedOnAfterAStop() throws WireViolation {
		ClientFrameDecoder decoder = new ClientFrameDecoder(10);
		List<ClientFrame> seen = new ArrayList<>();
		decoder.read(Unpooled.wrappedBuffer(HexFormat.of().parseHex("ac0000ab0000")), (frame) -> {
			seen.add(frame);
			decoder.stop();
		});
		assertThat(seen).containsExactly(Destroying.INSTANCE);
	}

	@Test
	void moreThanMayBeCollectedIsRefusedByItsHeader() {
		assertThatExceptionOfType(WireViolation.class).isThrownBy(() -> new ClientFrameDecoder(100)
			.read(Unpooled.wrappedBuffer(HexFormat.of().parseHex("ae0065")), (frame) -> {
			})).withMessageContaining("101 bytes");
	}

	@ParameterizedTest
	@ValueSource(strings = { "00", "54", "5a0000", "b20000", "b30000", "ff0000", "550010", "580004", "ac0001", "ab0001",
			"b0000300", "b10005", "af0003", "ae0001", "aa000400", "aa002900", "ad000f00", "aa000a01000000010000000000",
			"aa000a01000000010000000041000000", "aa0008ffffffff00676574", "aa000b0200000001000000006765",
			"ae0003000061", "ae00031f6161", "ae00030100ff", "ae000301ff61" })
	void whatIsNoFrameOfAClientIsRefused(String hex) {
		byte[] bytes = HexFormat.of().parseHex(hex + "00".repeat(64));
		for (int cut : List.of(1, ALL)) {
			assertThatExceptionOfType(WireViolation.class).isThrownBy(() -> WireReader.client(bytes, cut));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "aa", "ab0000", "af0004", "5a0000", "560000", "56000400", "560085", "570004", "570009",
			"580003", "590001", "5b0000", "55000f" })
	void whatIsNoFrameOfAProxyIsRefused(String hex) {
		byte[] bytes = HexFormat.of().parseHex(hex + "00".repeat(200));
		for (int cut : List.of(1, ALL)) {
			assertThatExceptionOfType(WireViolation.class).isThrownBy(() -> WireReader.proxy(bytes, cut));
		}
	}

	@ParameterizedTest
	@CsvSource({ "0", "32", "255" })
	void aRideshareNameHasItsBounds(int length) {
		byte[] bytes = HexFormat.of().parseHex("ad0100" + "00000020" + "00".repeat(12));
		byte[] frame = new byte[300];
		System.arraycopy(bytes, 0, frame, 0, bytes.length);
		frame[bytes.length] = (byte) length;
		assertThatExceptionOfType(WireViolation.class).isThrownBy(() -> WireReader.client(frame, 1));
	}

	@Test
	void whatCannotTravelCannotBeMade() {
		assertThatIllegalArgumentException().isThrownBy(() -> new StreamType(2, 0, 0, "a"));
		assertThatIllegalArgumentException().isThrownBy(() -> new StreamType(1, 0, 0, "n".repeat(32)));
		assertThatIllegalArgumentException().isThrownBy(() -> new StreamType(1, 0, 0, "a\0b"));
		assertThatIllegalArgumentException().isThrownBy(() -> new MetadataItem("m".repeat(31), new byte[1]));
		assertThatIllegalArgumentException().isThrownBy(() -> new MetadataItem("a", new byte[65534]));
		assertThatIllegalArgumentException().isThrownBy(() -> PayloadHead.of(0, 0, PayloadHead.MAX_LENGTH + 1));
		assertThatIllegalArgumentException().isThrownBy(() -> PayloadHead.of(PayloadFlag.RIDESHARE, 0, 1));
		assertThatIllegalArgumentException().isThrownBy(() -> new CreateResult(1, 0, 0, "n".repeat(128)));
		assertThatIllegalArgumentException().isThrownBy(() -> new Perf(""));
	}

	@Test
	void metadataDoesNotShowItsValue() {
		assertThat(new MetadataItem("token", "geheim".getBytes(StandardCharsets.UTF_8)).toString())
			.doesNotContain("geheim");
	}

	@Test
	void rubbishIsRefusedOrUnderstoodAndNeverMore() {
		Random random = new Random(14);
		byte[] types = { 0x55, 0x56, 0x57, 0x58, 0x59, 0x5b, (byte) 0xaa, (byte) 0xab, (byte) 0xac, (byte) 0xad,
				(byte) 0xae, (byte) 0xaf, (byte) 0xb0, (byte) 0xb1 };
		for (int round = 0; round < 50_000; round++) {
			byte[] bytes = new byte[random.nextInt(80)];
			random.nextBytes(bytes);
			if (bytes.length > 2) {
				bytes[0] = types[random.nextInt(types.length)];
				bytes[1] = 0;
				bytes[2] = (byte) random.nextInt(48);
			}
			int cut = 1 + random.nextInt(20);
			readIfGood(() -> WireReader.client(bytes, cut));
			readIfGood(() -> WireReader.proxy(bytes, cut));
		}
	}

	@Test
	void damagedFramesAreRefusedOrUnderstoodAndNeverMore() {
		Random random = new Random(15);
		List<byte[]> good = new ArrayList<>();
		clientFrames().forEach((frame) -> good.add(WireReader.written(frame)));
		proxyFrames().forEach((frame) -> good.add(WireReader.written(frame)));
		for (int round = 0; round < 20_000; round++) {
			byte[] bytes = good.get(random.nextInt(good.size())).clone();
			if (bytes.length > 1000) {
				continue;
			}
			bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
			readIfGood(() -> WireReader.client(bytes, 3));
			readIfGood(() -> WireReader.proxy(bytes, 3));
		}
	}

	private static void readIfGood(Reading reading) {
		try {
			reading.read();
		}
		catch (WireViolation ex) {
			assertThat(ex).hasMessageNotContaining("null");
		}
	}

	private static TxPayload tx(int flags, String rideshare, int length) {
		return new TxPayload(new PayloadHead(flags, 11, 22, rideshare, length),
				Unpooled.wrappedBuffer(new byte[length]));
	}

	@FunctionalInterface
	private interface Reading {

		void read() throws WireViolation;

	}

}
