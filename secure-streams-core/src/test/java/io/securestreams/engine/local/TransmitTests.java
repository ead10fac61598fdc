package io.securestreams.engine.local;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamClosedException;
import io.securestreams.stream.StreamOverflowException;
import io.securestreams.stream.StreamState;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Slots: who gets one, with which number, and what is sent with it.
 */
class TransmitTests {

	private static final int MAX_MESSAGES = 1024;

	private EngineFixture fixture = EngineFixture.with();

	@AfterEach
	void nothingIsLeftBehind() {
		this.fixture.engine().shutdown(Duration.ZERO);
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
	}

	private static StreamPolicies policy() {
		return StreamPolicies.named(EngineFixture.TYPE);
	}

	private SecureStream create(StreamPolicies policy) {
		this.fixture = EngineFixture.with(policy);
		return this.fixture.create();
	}

	private SecureStream connected(StreamPolicies policy) {
		SecureStream stream = create(policy.nailedUp());
		this.fixture.connected();
		this.fixture.handler.take();
		return stream;
	}

	private List<String> slot(int capacity) {
		return this.fixture.when(() -> this.fixture.transport().writable(capacity));
	}

	private List<String> written() {
		return this.fixture.transport().written;
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	@Test
	void manyRequestsAreOneSlot() {
		SecureStream stream = connected(policy().ws());
		this.fixture.when(() -> {
			stream.requestTx();
			stream.requestTx();
			stream.requestTx();
		});
		assertThat(slot(10)).containsExactly("tx 0");
		assertThat(slot(10)).isEmpty();
	}

	@Test
	void requestBeforeTheConnectionIsRemembered() {
		SecureStream stream = create(policy().ws());
		this.fixture.handler.take();
		assertThat(this.fixture.when(stream::requestTx)).containsExactly("POLL", "CONNECTING");
		assertThat(this.fixture.connected()).containsExactly("CONNECTED");
		assertThat(slot(10)).containsExactly("tx 0");
	}

	@Test
	void requestSurvivesFailedAttempts() {
		SecureStream stream = create(policy().ws().retry(StreamPolicies.retry(5, 100)));
		this.fixture.when(stream::requestTx);
		this.fixture.fails();
		this.fixture.after(100);
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(slot(10)).containsExactly("tx 0");
	}

	@Test
	void disconnectForgetsRequests() {
		SecureStream stream = create(policy().ws());
		this.fixture.when(() -> {
			stream.requestTx(5);
			stream.disconnect();
			stream.connect();
		});
		this.fixture.connected();
		assertThat(slot(10)).isEmpty();
		assertThat(this.fixture.transport().link().txRequested()).isFalse();
		assertThat(this.fixture.transport().link().txLength()).isEqualTo(-1);
	}

	@Test
	void ordinalsCountUnusedSlotsAndSurviveReconnection() {
		SecureStream stream = connected(policy().ws().retry(StreamPolicies.retry(5, 100)));
		this.fixture.handler.onWritable((self, slot) -> {
			if (slot.ordinal() != 1) {
				slot.write("x").end();
			}
			self.requestTx();
		});
		this.fixture.when(stream::requestTx);
		assertThat(slot(10)).containsExactly("tx 0");
		assertThat(slot(10)).containsExactly("tx 1");
		this.fixture.fails();
		this.fixture.after(100);
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(slot(10)).containsExactly("tx 2");
		assertThat(written()).containsExactly("SE:x@0", "SE:x@2");
	}

	@Test
	void unusedSlotSendsNothing() {
		SecureStream stream = connected(policy().ws());
		this.fixture.handler.onWritable((self, slot) -> slot.buffer());
		this.fixture.when(stream::requestTx);
		assertThat(slot(10)).containsExactly("tx 0");
		assertThat(written()).isEmpty();
	}

	@Test
	void emptyMessageIsExplicit() {
		SecureStream stream = connected(policy().ws());
		this.fixture.handler.onWritable((self, slot) -> slot.end());
		this.fixture.when(stream::requestTx);
		slot(10);
		assertThat(written()).containsExactly("SE:@0");
	}

	@Test
	void startIsMarkedExactlyWhereAMessageStarts() {
		SecureStream stream = connected(policy().ws());
		List<String> parts = new ArrayList<>(List.of("a", "b", "c.", "d."));
		this.fixture.handler.onWritable((self, slot) -> {
			String part = parts.remove(0);
			slot.write(part);
			if (part.endsWith(".")) {
				slot.end();
			}
			self.requestTx();
		});
		this.fixture.when(stream::requestTx);
		for (int i = 0; i < 4; i++) {
			slot(10);
		}
		assertThat(written()).containsExactly("S:a@0", "-:b@1", "E:c.@2", "SE:d.@3");
	}

	@Test
	void messageLeftOpenDoesNotReachIntoTheNextConnection() {
		SecureStream stream = connected(policy().ws());
		this.fixture.handler.onWritable((self, slot) -> slot.write("x"));
		this.fixture.when(stream::requestTx);
		slot(10);
		this.fixture.when(stream::disconnect);
		this.fixture.when(stream::requestTx);
		this.fixture.connected();
		slot(10);
		assertThat(written()).containsExactly("S:x@0", "S:x@1");
	}

	@Test
	void bodyThatIsNotAtItsEndAsksAgainByItself() {
		SecureStream stream = create(policy().http("POST"));
		this.fixture.handler.onWritable((self, slot) -> {
			slot.write("x");
			if (slot.ordinal() == 2) {
				slot.end();
			}
		});
		this.fixture.when(() -> stream.requestTx(3));
		assertThat(this.fixture.transport().link().txRequested()).isTrue();
		assertThat(this.fixture.transport().link().txLength()).isEqualTo(3);
		slot(10);
		slot(10);
		slot(10);
		assertThat(slot(10)).isEmpty();
		assertThat(written()).containsExactly("S:x@0", "-:x@1", "E:x@2");
	}

	@Test
	void unusedSlotOfABodyDoesNotSpin() {
		SecureStream stream = create(policy().http("POST"));
		this.fixture.when(stream::requestTx);
		slot(10);
		assertThat(slot(10)).isEmpty();
	}

	@Test
	void bodyIsOverAtItsEnd() {
		SecureStream stream = create(policy().http("POST"));
		this.fixture.handler.onWritable((self, slot) -> {
			slot.write("x").end();
			self.requestTx();
		});
		this.fixture.when(stream::requestTx);
		slot(10);
		assertThat(this.fixture.transport().isWriteRequested()).isFalse();
		this.fixture.when(() -> this.fixture.transport().offer(10));
		assertThat(written()).hasSize(1);
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.succeeds()).containsExactly("QOS_ACK_REMOTE 0", "DISCONNECTED");
	}

	@Test
	void bodyOfARideshareHasSeveralParts() {
		SecureStream stream = create(policy().http("POST").rideshare("other"));
		List<String> names = new ArrayList<>();
		this.fixture.handler.onWritable((self, slot) -> {
			names.add(slot.rideshare());
			slot.write("x").end();
			self.requestTx();
		});
		this.fixture.when(stream::requestTx);
		slot(10);
		this.fixture.transport().rideshare = "other";
		slot(10);
		assertThat(written()).containsExactly("SE:x@0", "SE:x@1");
		assertThat(names).containsExactly("test", "other");
	}

	@Test
	void bodyOfAFailedAttemptIsWantedAgain() {
		SecureStream stream = create(policy().http("POST").retry(StreamPolicies.retry(5, 100)));
		this.fixture.handler.onWritable((self, slot) -> slot.write("x").end());
		this.fixture.when(() -> stream.requestTx(1));
		slot(10);
		this.fixture.fails();
		this.fixture.after(100);
		this.fixture.handler.take();
		assertThat(this.fixture.transport().link().txLength()).isEqualTo(1);
		assertThat(slot(10)).containsExactly("tx 1");
	}

	@Test
	void transportMayOfferSlotsByItself() {
		create(policy().http("POST").nailedUp());
		this.fixture.handler.take();
		assertThat(this.fixture.when(() -> this.fixture.transport().offer(10))).containsExactly("tx 0");
	}

	@Test
	void lengthHoldsForOneMessage() {
		SecureStream stream = connected(policy().mqtt());
		this.fixture.handler.onWritable((self, slot) -> {
			slot.write("abc").end();
			if (slot.ordinal() == 0) {
				self.requestTx(4);
			}
		});
		this.fixture.when(() -> stream.requestTx(3));
		List<Long> lengths = new ArrayList<>();
		this.fixture.transport().onWrite = () -> lengths.add(this.fixture.transport().link().txLength());
		slot(10);
		slot(10);
		assertThat(lengths).containsExactly(3L, 4L);
		assertThat(this.fixture.transport().link().txLength()).isEqualTo(-1);
	}

	@Test
	void lengthGivenInConnectingIsKnownToTheTransport() {
		this.fixture = EngineFixture.with(policy().http("POST"));
		List<Long> lengths = new ArrayList<>();
		this.fixture.network.prepare = (transport) -> transport.onConnect = () -> lengths
			.add(transport.link().txRequested() ? transport.link().txLength() : -2);
		this.fixture.handler.on(StreamState.CONNECTING, (stream) -> stream.requestTx(42));
		SecureStream stream = this.fixture.create();
		this.fixture.when(stream::connect);
		assertThat(lengths).containsExactly(42L);
		assertThat(this.fixture.transport().isWriteRequested()).isTrue();
	}

	@Test
	void lengthIsNotNegative() {
		SecureStream stream = create(policy());
		assertThatIllegalArgumentException().isThrownBy(() -> stream.requestTx(-1));
	}

	@Test
	void transportMayEndInsideAWrite() {
		SecureStream stream = create(policy().http("POST"));
		this.fixture.handler.onWritable((self, slot) -> slot.write("x").end());
		this.fixture.when(stream::requestTx);
		this.fixture.transport().onWrite = () -> {
			this.fixture.transport().connected();
			this.fixture.transport().accepted(0);
			this.fixture.transport().complete();
		};
		this.fixture.handler.take();
		assertThat(slot(10)).containsExactly("tx 0", "CONNECTED", "QOS_ACK_REMOTE 0", "DISCONNECTED");
		assertThat(this.fixture.when(stream::requestTx)).containsExactly("POLL", "CONNECTING");
		assertThat(slot(10)).startsWith("tx 1");
	}

	@Test
	void sendWaitsForTheConnectionAndGoesInOrder() {
		SecureStream stream = create(policy().ws());
		this.fixture.handler.onWritable((self, slot) -> slot.write("own").end());
		CompletableFuture<Long> first = stream.send(bytes("one")).toCompletableFuture();
		CompletableFuture<Long> second = stream.send(ByteBuffer.wrap(bytes("two"))).toCompletableFuture();
		stream.requestTx();
		this.fixture.loop.run();
		assertThat(this.fixture.handler.take()).containsExactly("CREATING", "POLL", "CONNECTING");
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(slot(10)).isEmpty();
		assertThat(first).isCompletedWithValue(0L);
		assertThat(second).isNotDone();
		assertThat(slot(10)).isEmpty();
		assertThat(second).isCompletedWithValue(1L);
		assertThat(slot(10)).containsExactly("tx 2");
		assertThat(written()).containsExactly("SE:one@0", "SE:two@1", "SE:own@2");
	}

	@Test
	void sendCopies() {
		SecureStream stream = connected(policy().ws());
		byte[] message = bytes("before");
		stream.send(message);
		message[0] = 'X';
		ByteBuffer buffer = ByteBuffer.wrap(bytes("buffer"));
		stream.send(buffer);
		assertThat(buffer.remaining()).isEqualTo(6);
		this.fixture.loop.run();
		slot(10);
		slot(10);
		assertThat(written()).containsExactly("SE:before@0", "SE:buffer@1");
	}

	@Test
	void sendNamesTheAcknowledgementThatIsItsOwn() {
		SecureStream stream = connected(policy().ws());
		CompletableFuture<Long> first = stream.send(bytes("abcd")).toCompletableFuture();
		CompletableFuture<Long> second = stream.send(bytes("e")).toCompletableFuture();
		this.fixture.loop.run();
		slot(3);
		slot(3);
		slot(3);
		assertThat(this.fixture.when(() -> this.fixture.transport().link().acknowledged(first.join())))
			.containsExactly("QOS_ACK_REMOTE 1");
		assertThat(this.fixture.when(() -> this.fixture.transport().link().acknowledged(second.join())))
			.containsExactly("QOS_ACK_REMOTE 2");
	}

	@Test
	void sendSplitsWhatDoesNotFit() {
		SecureStream stream = connected(policy().ws());
		CompletableFuture<Long> done = stream.send(bytes("abcdefgh")).toCompletableFuture();
		this.fixture.loop.run();
		assertThat(this.fixture.transport().link().txLength()).isEqualTo(8);
		slot(3);
		slot(3);
		assertThat(done).isNotDone();
		assertThat(this.fixture.transport().link().txLength()).isEqualTo(8);
		slot(3);
		assertThat(done).isCompletedWithValue(2L);
		assertThat(written()).containsExactly("S:abc@0", "-:def@1", "E:gh@2");
		assertThat(this.fixture.transport().link().txLength()).isEqualTo(-1);
	}

	@Test
	void sendOfNothingIsAnEmptyMessage() {
		SecureStream stream = connected(policy().ws());
		stream.send(new byte[0]);
		this.fixture.loop.run();
		slot(10);
		assertThat(written()).containsExactly("SE:@0");
	}

	@Test
	void sendDoesNotCutIntoAMessageOfTheHandler() {
		SecureStream stream = connected(policy().ws());
		this.fixture.handler.onWritable((self, slot) -> {
			slot.write("x");
			if (slot.ordinal() == 0) {
				self.send(bytes("queued"));
				self.requestTx();
			}
			else {
				slot.end();
			}
		});
		this.fixture.when(stream::requestTx);
		slot(10);
		slot(10);
		slot(10);
		assertThat(written()).containsExactly("S:x@0", "E:x@1", "SE:queued@2");
	}

	@Test
	void sendCutOffByTheEndOfTheConnectionStartsAgain() {
		SecureStream stream = connected(policy().ws().opportunistic().retry(StreamPolicies.retry(5, 100)));
		CompletableFuture<Long> done = stream.send(bytes("abcd")).toCompletableFuture();
		this.fixture.loop.run();
		slot(3);
		assertThat(this.fixture.fails()).containsExactly("DISCONNECTED");
		assertThat(this.fixture.after(100)).containsExactly("POLL", "CONNECTING");
		this.fixture.connected();
		slot(10);
		assertThat(done).isCompleted();
		assertThat(written()).containsExactly("S:abc@0", "SE:abcd@1");
	}

	@Test
	void bytesOfARawStreamAreNotRepeated() {
		SecureStream stream = connected(policy());
		CompletableFuture<Long> done = stream.send(bytes("abcd")).toCompletableFuture();
		this.fixture.loop.run();
		slot(3);
		this.fixture.when(stream::disconnect);
		assertThat(done).isCompletedExceptionally();
		assertThatExceptionOfType(java.util.concurrent.ExecutionException.class).isThrownBy(done::get)
			.withCauseInstanceOf(SecureStreamsException.class)
			.withMessageContaining("3 of 4 bytes");
	}

	@Test
	void eachSendOfAPostIsATransaction() {
		SecureStream stream = create(policy().http("POST"));
		stream.send(bytes("one"));
		stream.send(bytes("three"));
		this.fixture.loop.run();
		assertThat(this.fixture.transport().link().txLength()).isEqualTo(3);
		slot(10);
		assertThat(this.fixture.transport().isWriteRequested()).isFalse();
		this.fixture.handler.take();
		assertThat(this.fixture.when(() -> {
			this.fixture.transport().connected();
			this.fixture.transport().accepted(0);
			this.fixture.transport().complete();
		})).containsExactly("CONNECTED", "QOS_ACK_REMOTE 0", "DISCONNECTED", "POLL", "CONNECTING");
		assertThat(this.fixture.transport().link().txLength()).isEqualTo(5);
		slot(10);
		assertThat(written()).containsExactly("SE:one@0", "SE:three@1");
	}

	@Test
	void sendFailsWhenTooManyAreWaiting() {
		SecureStream stream = create(policy().ws());
		for (int i = 0; i < MAX_MESSAGES; i++) {
			assertThat(stream.send(new byte[1]).toCompletableFuture()).isNotDone();
		}
		assertThat(stream.send(new byte[1]).toCompletableFuture()).isCompletedExceptionally()
			.failsWithin(Duration.ZERO)
			.withThrowableThat()
			.withCauseInstanceOf(StreamOverflowException.class);
		this.fixture.loop.run();
		this.fixture.connected();
		slot(10);
		assertThat(stream.send(new byte[1]).toCompletableFuture()).isNotDone();
	}

	@Test
	void sendFailsWhenTooMuchIsWaiting() {
		SecureStream stream = create(policy().ws());
		assertThat(stream.send(new byte[2_000_000]).toCompletableFuture()).isNotDone();
		assertThat(stream.send(new byte[1]).toCompletableFuture()).isCompletedExceptionally();
	}

	@Test
	void sendFailsWhenTheStreamEnds() {
		SecureStream stream = create(policy().ws());
		CompletableFuture<Long> waiting = stream.send(bytes("one")).toCompletableFuture();
		this.fixture.loop.run();
		this.fixture.when(stream::close);
		assertThat(waiting).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.withCauseInstanceOf(StreamClosedException.class);
		assertThat(stream.send(bytes("two")).toCompletableFuture()).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.withCauseInstanceOf(StreamClosedException.class);
	}

	@Test
	void sendThatCrossesTheEndOfTheStreamFails() {
		SecureStream stream = create(policy().ws());
		stream.close();
		CompletableFuture<Long> late = stream.send(bytes("late")).toCompletableFuture();
		assertThat(late).isNotDone();
		this.fixture.loop.run();
		assertThat(late).isCompletedExceptionally();
	}

	@Test
	void whatFollowsASendRunsOutsideOfCallbacks() {
		SecureStream stream = connected(policy().ws());
		stream.send(bytes("one")).thenRun(() -> {
			stream.send(bytes("two"));
			stream.close();
			assertThat(stream.isClosed()).isFalse();
		});
		this.fixture.loop.run();
		assertThat(slot(10)).containsExactly("DISCONNECTED", "DESTROYING");
	}

	@Test
	void transferredBufferBelongsToTheStream() {
		SecureStream stream = connected(policy().ws());
		ByteBuf mine = Unpooled.copiedBuffer("mine", StandardCharsets.UTF_8);
		this.fixture.handler.onWritable((self, slot) -> slot.transfer(mine).end());
		this.fixture.when(stream::requestTx);
		slot(10);
		assertThat(written()).containsExactly("SE:mine@0");
		assertThat(mine.refCnt()).isZero();
	}

	@Test
	void creditValidityAndPauseReachTheTransport() {
		SecureStream stream = connected(policy().ws());
		this.fixture.when(() -> {
			stream.grantCredit(5);
			stream.confirmValidity();
		});
		stream.grantCredit(6);
		stream.grantCredit(Integer.MAX_VALUE);
		this.fixture.loop.run();
		assertThat(this.fixture.transport().calls).containsExactly("connect", "credit 5", "validity",
				"credit " + Integer.MAX_VALUE);
		assertThatIllegalArgumentException().isThrownBy(() -> stream.grantCredit(0));
		assertThatIllegalArgumentException().isThrownBy(() -> stream.acknowledge(199));
		assertThatIllegalArgumentException().isThrownBy(() -> stream.acknowledge(600));
	}

	@Test
	void slotThatComesInsideACallbackIsAskedForAgain() {
		SecureStream stream = connected(policy().ws());
		this.fixture.handler.on(StreamState.TIMEOUT, (self) -> this.fixture.transport().writable(10));
		this.fixture.when(() -> {
			stream.requestTx();
			stream.startTimeout(Duration.ofMillis(1));
		});
		assertThat(this.fixture.after(1)).containsExactly("TIMEOUT");
		assertThat(slot(10)).containsExactly("tx 0");
	}

}
