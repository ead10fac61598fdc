package io.securestreams.transport.mqtt.frame;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a broker sends, packet by packet.
 */
class FrameReaderTests {

	private final ByteBufAllocator allocator = UnpooledByteBufAllocator.DEFAULT;

	private final List<String> events = new ArrayList<>();

	private final List<ByteBuf> kept = new ArrayList<>();

	/** Which of the pieces that come are kept. */
	private List<Integer> keeps = List.of();

	private int pieces;

	@AfterEach
	void release() {
		this.kept.forEach(ByteBuf::release);
		assertThat(this.kept).allMatch((piece) -> piece.refCnt() == 0);
	}

	private ByteBuf packets() {
		ByteBuf bytes = this.allocator.buffer();
		publish(bytes, "19.2");
		publish(bytes, "a longer one");
		bytes.writeByte(PacketType.PUBACK << 4).writeByte(2).writeShort(5);
		publish(bytes, "last");
		return bytes;
	}

	private static void publish(ByteBuf to, String payload) {
		to.writeByte(PacketType.PUBLISH << 4).writeByte(3 + payload.length()).writeShort(1).writeByte('t');
		to.writeCharSequence(payload, StandardCharsets.US_ASCII);
	}

	private void read() throws MqttViolation {
		ByteBuf bytes = packets();
		try {
			new FrameReader(this.allocator, false, 1000, new Sink()).read(bytes);
		}
		finally {
			bytes.release();
		}
	}

	private List<String> keptTexts() {
		return this.kept.stream().map((piece) -> piece.toString(StandardCharsets.US_ASCII)).toList();
	}

	@Test
	void packetsOfOneReadComeOneByOne() throws MqttViolation {
		read();
		assertThat(this.events).containsExactly("publish", "19.2", "publish", "a longer one", "acknowledged 5",
				"publish", "last");
	}

	@Test
	void payloadThatIsKeptStaysAsItIs() throws MqttViolation {
		this.keeps = List.of(0, 1, 2);
		read();
		assertThat(this.events).containsExactly("publish", "19.2", "publish", "a longer one", "acknowledged 5",
				"publish", "last");
		assertThat(keptTexts()).containsExactly("19.2", "a longer one", "last");
	}

	@Test
	void whatComesBeforeAndAfterPayloadThatIsKeptIsRead() throws MqttViolation {
		this.keeps = List.of(1);
		read();
		assertThat(this.events).containsExactly("publish", "19.2", "publish", "a longer one", "acknowledged 5",
				"publish", "last");
		assertThat(keptTexts()).containsExactly("a longer one");
	}

	private final class Sink implements FrameSink {

		@Override
		public void connected(boolean sessionPresent, int code, MqttProperties properties) {
			FrameReaderTests.this.events.add("connected");
		}

		@Override
		public void publish(PublishHead head) {
			FrameReaderTests.this.events.add("publish");
		}

		@Override
		public void payload(ByteBuf bytes, boolean end) {
			FrameReaderTests.this.events.add(bytes.toString(StandardCharsets.US_ASCII));
			if (FrameReaderTests.this.keeps.contains(FrameReaderTests.this.pieces++)) {
				FrameReaderTests.this.kept.add(bytes.retain());
			}
		}

		@Override
		public void acknowledged(int type, int packetId, int reason) {
			FrameReaderTests.this.events.add("acknowledged " + packetId);
		}

		@Override
		public void subscribed(int packetId, ByteBuf codes) {
			FrameReaderTests.this.events.add("subscribed");
		}

		@Override
		public void unsubscribed(int packetId) {
			FrameReaderTests.this.events.add("unsubscribed");
		}

		@Override
		public void pong() {
			FrameReaderTests.this.events.add("pong");
		}

		@Override
		public void disconnected(int reason, MqttProperties properties) {
			FrameReaderTests.this.events.add("disconnected");
		}

	}

}
