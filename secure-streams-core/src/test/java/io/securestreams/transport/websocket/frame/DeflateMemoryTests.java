package io.securestreams.transport.websocket.frame;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The native memory of compression: had with the first message, given back when idle.
 */
class DeflateMemoryTests {

	private static final String TEXT = "the same words, and the same words again, ";

	private final MessageDeflater deflater = new MessageDeflater(ByteBufAllocator.DEFAULT, true, 0);

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void nothingIsHeldBeforeTheFirstMessage(boolean takeover) throws WebSocketViolation {
		MessageInflater inflater = inflater(takeover);
		assertThat(this.deflater.isHolding()).isFalse();
		assertThat(inflater.isHolding()).isFalse();
		assertThat(inflate(inflater, deflate(TEXT))).isEqualTo(TEXT);
		assertThat(this.deflater.isHolding()).isTrue();
		assertThat(inflater.isHolding()).isTrue();
		close(inflater);
	}

	@Test
	void theSenderStartsAnewAfterHavingGivenBackAndThePeerUnderstands() throws WebSocketViolation {
		MessageInflater inflater = inflater(true);
		assertThat(inflate(inflater, deflate(TEXT))).isEqualTo(TEXT);
		for (int i = 0; i < 3; i++) {
			this.deflater.giveBack();
			assertThat(this.deflater.isHolding()).isFalse();
			assertThat(inflate(inflater, deflate(TEXT + i))).isEqualTo(TEXT + i);
			assertThat(inflate(inflater, deflate(TEXT))).isEqualTo(TEXT);
		}
		close(inflater);
	}

	@Test
	void theReceiverKeepsWhatThePeerMayReferToAndGivesBackOtherwise() throws WebSocketViolation {
		MessageInflater keeping = inflater(true);
		MessageInflater forgetting = inflater(false);
		inflate(keeping, deflate(TEXT));
		this.deflater.giveBack();
		inflate(forgetting, deflate(TEXT));
		keeping.giveBack();
		forgetting.giveBack();
		assertThat(keeping.isHolding()).isTrue();
		assertThat(forgetting.isHolding()).isFalse();
		this.deflater.giveBack();
		assertThat(inflate(forgetting, deflate(TEXT))).isEqualTo(TEXT);
		close(keeping);
		close(forgetting);
	}

	private static MessageInflater inflater(boolean takeover) {
		return new MessageInflater(ByteBufAllocator.DEFAULT, takeover, 1 << 20, 1100);
	}

	private ByteBuf deflate(String text) {
		return this.deflater.deflate(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8), true);
	}

	private static String inflate(MessageInflater inflater, ByteBuf message) throws WebSocketViolation {
		StringBuilder text = new StringBuilder();
		inflater.input(message, message.readerIndex(), message.readableBytes(), true, true);
		for (ByteBuf piece = inflater.next(); piece != null; piece = inflater.next()) {
			text.append(piece.toString(StandardCharsets.UTF_8));
			piece.release();
		}
		message.release();
		return text.toString();
	}

	private void close(MessageInflater inflater) {
		inflater.close();
		this.deflater.close();
	}

}
