package io.securestreams.engine.local;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.stream.DetachedSlot;
import io.securestreams.stream.SecureStream;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Slots that outlive their callback.
 */
class DetachedSlotTests {

	private final List<DetachedSlot> taken = new ArrayList<>();

	private EngineFixture fixture = EngineFixture.with();

	@AfterEach
	void nothingIsLeftBehind() {
		this.fixture.engine().shutdown(Duration.ZERO);
		this.fixture.loop.run();
		this.taken.forEach(DetachedSlot::discard);
		this.fixture.loop.assertIdle();
	}

	private static StreamPolicies policy() {
		return StreamPolicies.named(EngineFixture.TYPE);
	}

	/** A connected stream whose handler takes every slot with it. */
	private SecureStream connected(StreamPolicies policy) {
		this.fixture = EngineFixture.with(policy);
		SecureStream stream = this.fixture.create();
		this.fixture.handler.onWritable((self, slot) -> this.taken.add(slot.detach()));
		this.fixture.when(stream::requestTx);
		this.fixture.connected();
		return stream;
	}

	private List<String> slot(int capacity) {
		return this.fixture.when(() -> this.fixture.transport().writable(capacity));
	}

	private List<String> written() {
		return this.fixture.transport().written;
	}

	@Test
	void whatIsWrittenLaterKeepsItsOrdinal() {
		SecureStream stream = connected(policy().ws());
		assertThat(slot(10)).contains("tx 0");
		DetachedSlot mine = this.taken.get(0);
		assertThat(mine.ordinal()).isZero();
		assertThat(mine.capacity()).isEqualTo(10);
		CompletableFuture<Long> other = stream.send("other".getBytes(StandardCharsets.UTF_8)).toCompletableFuture();
		this.fixture.loop.run();
		slot(10);
		assertThat(other).isCompletedWithValue(1L);
		mine.write("mine").end();
		assertThat(slot(10)).isEmpty();
		mine.submit();
		this.fixture.loop.run();
		slot(10);
		assertThat(written()).containsExactly("SE:other@1", "SE:mine@0");
		assertThatIllegalStateException().isThrownBy(() -> mine.write("more"));
	}

	@Test
	void thereIsNoOtherSlotUntilItIsBack() {
		SecureStream stream = connected(policy().ws());
		slot(10);
		this.fixture.when(stream::requestTx);
		assertThat(slot(10)).isEmpty();
		assertThat(slot(10)).isEmpty();
		this.taken.get(0).write("one").end();
		this.taken.get(0).submit();
		this.fixture.loop.run();
		assertThat(slot(10)).isEmpty();
		assertThat(slot(10)).containsExactly("tx 1");
		assertThat(written()).containsExactly("SE:one@0");
	}

	@Test
	void whatIsLeftUnusedSendsNothing() {
		SecureStream stream = connected(policy().ws());
		slot(10);
		this.taken.get(0).submit();
		this.fixture.when(stream::requestTx);
		assertThat(slot(10)).containsExactly("tx 1");
		this.taken.get(1).write("no").end();
		this.taken.get(1).discard();
		this.fixture.when(stream::requestTx);
		assertThat(slot(10)).containsExactly("tx 2");
		assertThat(written()).isEmpty();
	}

	@Test
	void whatDoesNotFitAnyMoreIsSplit() {
		connected(policy().ws());
		slot(10);
		this.taken.get(0).write("abcdefgh").end();
		this.taken.get(0).submit();
		this.fixture.loop.run();
		slot(3);
		slot(3);
		slot(3);
		assertThat(written()).containsExactly("S:abc@0", "-:def@0", "E:gh@0");
	}

	@Test
	void aBodyGoesOnSlotAfterSlot() {
		connected(policy().http("POST"));
		slot(10);
		this.taken.get(0).write("one");
		this.taken.get(0).submit();
		this.fixture.loop.run();
		slot(10);
		assertThat(slot(10)).containsExactly("tx 1");
		this.taken.get(1).write("two").end();
		this.taken.get(1).submit();
		this.fixture.loop.run();
		slot(10);
		assertThat(written()).containsExactly("S:one@0", "E:two@1");
		assertThat(this.fixture.succeeds()).contains("QOS_ACK_REMOTE 0", "DISCONNECTED");
	}

	@Test
	void whatComesAfterTheEndOfItsTransactionIsNotSent() {
		SecureStream stream = connected(policy().http("POST"));
		slot(10);
		ByteBuf late = Unpooled.copiedBuffer("late", StandardCharsets.UTF_8);
		this.taken.get(0).transfer(late).end();
		assertThat(this.fixture.succeeds()).containsExactly("QOS_ACK_REMOTE 0", "DISCONNECTED");
		this.taken.get(0).submit();
		this.fixture.loop.run();
		assertThat(late.refCnt()).isZero();
		assertThat(this.fixture.handler.take()).isEmpty();
		this.fixture.when(stream::requestTx);
		this.fixture.connected();
		assertThat(slot(10)).contains("tx 1");
		assertThat(written()).isEmpty();
	}

	@Test
	void whatCrossesTheEndOfItsConnectionIsNotSent() {
		SecureStream stream = connected(policy().ws());
		slot(10);
		ByteBuf late = Unpooled.copiedBuffer("late", StandardCharsets.UTF_8);
		this.taken.get(0).transfer(late).end();
		this.taken.get(0).submit();
		this.fixture.fails();
		assertThat(late.refCnt()).isZero();
		stream.connect();
		this.fixture.loop.run();
		this.fixture.connected();
		assertThat(slot(10)).isEmpty();
		assertThat(written()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aSlotWhoseConnectionEndsBeforeItIsSentIsVoid(boolean submitted) {
		connected(policy().ws());
		slot(10);
		DetachedSlot mine = this.taken.get(0);
		mine.write("late").end();
		if (submitted) {
			mine.submit();
			this.fixture.loop.run();
		}
		assertThat(mine.isVoid()).isFalse();
		this.fixture.fails();
		assertThat(mine.isVoid()).isTrue();
		mine.submit();
		this.fixture.loop.run();
		assertThat(mine.isVoid()).isTrue();
		assertThat(written()).isEmpty();
	}

	@Test
	void aSlotThatIsSentInPartIsVoid() {
		connected(policy().ws());
		slot(10);
		this.taken.get(0).write("abcd").end();
		this.taken.get(0).submit();
		this.fixture.loop.run();
		slot(3);
		this.fixture.fails();
		assertThat(this.taken.get(0).isVoid()).isTrue();
		assertThat(written()).containsExactly("S:abc@0");
	}

	@ParameterizedTest
	@ValueSource(strings = { "sent", "unused", "discarded" })
	void aSlotThatHasComeBackInTimeIsNotVoid(String how) {
		connected(policy().ws());
		slot(10);
		DetachedSlot mine = this.taken.get(0);
		if (!how.equals("unused")) {
			mine.write("x").end();
		}
		if (how.equals("discarded")) {
			mine.discard();
		}
		else {
			mine.submit();
		}
		this.fixture.loop.run();
		slot(10);
		this.fixture.fails();
		assertThat(mine.isVoid()).isFalse();
	}

	@Test
	void aSlotThatHasContentStays() {
		SecureStream stream = connected(policy().ws());
		this.fixture.handler.onWritable((self, slot) -> {
			slot.write("x");
			assertThatIllegalStateException().isThrownBy(slot::detach);
			slot.end();
		});
		this.fixture.when(stream::requestTx);
		slot(10);
		assertThat(written()).containsExactly("SE:x@0");
	}

}
