package io.securestreams.engine.local;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.stream.DetachedSlot;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamClosedException;
import io.securestreams.stream.StreamState;
import io.securestreams.testing.FakeTransport;
import io.securestreams.testing.OtherThread;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Another thread ends something, and goes on as if it had not; the event loop has an
 * opportunity to send before it hears of either.
 */
class LateCallTests {

	private final List<DetachedSlot> taken = new ArrayList<>();

	private EngineFixture fixture = EngineFixture.with();

	/** Ways to end a connection. */
	private enum End {

		DISCONNECT(SecureStream::disconnect), CLOSE(SecureStream::close), HANG_UP(SecureStream::hangUp),
		FAIL((stream) -> stream.fail(new IllegalStateException("elsewhere")));

		private final Consumer<SecureStream> call;

		End(Consumer<SecureStream> call) {
			this.call = call;
		}

	}

	@AfterEach
	void nothingIsLeftBehind() {
		this.fixture.engine().shutdown(Duration.ZERO);
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
	}

	private SecureStream connected(StreamPolicies policy) {
		this.fixture = EngineFixture.with(policy.retry(StreamPolicies.retry(5, 100)));
		SecureStream stream = this.fixture.create();
		this.fixture.handler.onWritable((self, slot) -> this.taken.add(slot.detach()));
		this.fixture.when(stream::connect);
		this.fixture.connected();
		return stream;
	}

	private static StreamPolicies policy() {
		return StreamPolicies.named(EngineFixture.TYPE);
	}

	private static CompletableFuture<Long> send(SecureStream stream, String text) {
		return stream.send(text.getBytes(StandardCharsets.UTF_8)).toCompletableFuture();
	}

	private List<String> written() {
		return this.fixture.transport().written;
	}

	/** The event loop is busy while another thread does something, and offers a slot. */
	private void offeredAfter(Runnable task) {
		this.fixture.loop.inside(() -> {
			OtherThread.run(task).join();
			this.fixture.transport().offer(10);
		});
	}

	@ParameterizedTest
	@EnumSource
	void aSlotThatIsSubmittedAfterTheEndIsNotSent(End end) {
		SecureStream stream = connected(policy().ws());
		this.fixture.when(stream::requestTx);
		this.fixture.loop.inside(() -> this.fixture.transport().offer(10));
		ByteBuf late = Unpooled.copiedBuffer("late", StandardCharsets.UTF_8);
		this.taken.get(0).transfer(late).end();
		offeredAfter(() -> {
			end.call.accept(stream);
			this.taken.get(0).submit();
		});
		assertThat(written()).isEmpty();
		assertThat(late.refCnt()).isZero();
		assertThat(this.fixture.transport().calls).contains("close");
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CLOSE")
	void whatIsSentAfterTheEndGoesOutOnTheNextConnection(End end) {
		SecureStream stream = connected(policy().ws());
		List<CompletableFuture<Long>> sent = new ArrayList<>();
		offeredAfter(() -> {
			end.call.accept(stream);
			sent.add(send(stream, "late"));
		});
		assertThat(written()).isEmpty();
		assertThat(sent.get(0)).isNotDone();
		this.fixture.loop.advance(1000);
		this.fixture.connected();
		this.fixture.when(() -> this.fixture.transport().writable(10));
		assertThat(written()).hasSize(1).first().asString().startsWith("SE:late@");
		assertThat(sent.get(0)).isCompleted();
	}

	@Test
	void whatIsSentAfterTheStreamIsClosedFails() {
		SecureStream stream = connected(policy().ws());
		List<CompletableFuture<Long>> sent = new ArrayList<>();
		offeredAfter(() -> {
			stream.close();
			sent.add(send(stream, "late"));
		});
		assertThat(written()).isEmpty();
		assertThat(sent.get(0)).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.withCauseInstanceOf(StreamClosedException.class);
	}

	@Test
	void whatIsSentAfterADisconnectIsNotFailedWithTheAttemptThatItEnds() {
		this.fixture = EngineFixture.with(policy().http("POST"));
		SecureStream stream = this.fixture.create();
		List<CompletableFuture<Long>> sent = new ArrayList<>();
		this.fixture.network.prepare = (transport) -> OtherThread.run(() -> {
			stream.disconnect();
			sent.add(send(stream, "late"));
		}).join();
		this.fixture.when(stream::connect);
		assertThat(sent.get(0)).isNotDone();
		this.fixture.when(() -> this.fixture.transport().writable(10));
		this.fixture.connected();
		this.fixture.succeeds();
		assertThat(written()).containsExactly("SE:late@0");
		assertThat(sent.get(0)).isCompletedWithValue(0L);
	}

	@Test
	void creditForAConnectionThatIsGoneIsNotGivenToTheNext() {
		SecureStream stream = connected(policy().ws());
		this.fixture.fails();
		stream.grantCredit(100);
		this.fixture.when(stream::connect);
		this.fixture.connected();
		stream.grantCredit(7);
		this.fixture.handler.onReceive((self) -> {
			self.grantCredit(100);
			self.hangUp();
		});
		this.fixture.when(() -> this.fixture.transport().receive("x"));
		this.fixture.loop.advance(1000);
		this.fixture.connected();
		stream.grantCredit(5);
		this.fixture.loop.run();
		assertThat(this.fixture.transport().calls).filteredOn((call) -> call.startsWith("credit"))
			.containsExactly("credit 7", "credit 5");
	}

	@Test
	void whatIsSentAfterTheEventLoopIsGoneFails() {
		SecureStream stream = connected(policy().ws());
		this.fixture.loop.stop();
		for (int i = 0; i < 2; i++) {
			assertThat(send(stream, "late")).failsWithin(Duration.ZERO)
				.withThrowableThat()
				.withCauseInstanceOf(StreamClosedException.class);
		}
		assertThat(this.fixture.engine().streams()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void anUpgradeIsNotAgreedToThatHasBeenAnswered(boolean rejected) {
		this.fixture = EngineFixture.with(policy().http("GET").server());
		this.fixture.engine().listen(EngineFixture.TYPE, () -> this.fixture.handler);
		this.fixture.handler.on(StreamState.SERVER_UPGRADE,
				(stream) -> OtherThread.run(rejected ? stream::reject : () -> stream.answer(403)).join());
		FakeTransport[] accepted = new FakeTransport[1];
		this.fixture.loop.inside(() -> {
			accepted[0] = this.fixture.network.accept(this.fixture.loop);
			assertThat(accepted[0]).isNotNull();
			accepted[0].acceptedLink().upgrade();
		});
		assertThat(accepted[0].calls).containsExactly(rejected ? "answer 0" : "answer 403");
	}

}
