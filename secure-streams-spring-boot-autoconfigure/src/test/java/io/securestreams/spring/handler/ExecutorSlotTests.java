package io.securestreams.spring.handler;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.netty.buffer.Unpooled;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.OnWritable;
import io.securestreams.stream.DetachedSlot;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for the slots of handlers on an executor, which may take them elsewhere, and
 * whose streams may be gone when their turn comes.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class ExecutorSlotTests {

	private final Turns turns = new Turns();

	private final CompletableFuture<String> received = new CompletableFuture<>();

	private final SecureStreams servers = engine("""
			"server": { "server": true, "endpoint": "127.0.0.1", "port": 0, "protocol": "ws", "http_url": "/" }""");

	private final SecureStreams clients = engine("""
			"client": { "endpoint": "127.0.0.1", "port": %d, "protocol": "ws", "http_url": "/" }"""
		.formatted(((InetSocketAddress) this.servers.listen("server", () -> new StreamHandler() {

			@Override
			public void onReceive(SecureStream stream, Payload payload) {
				ExecutorSlotTests.this.received.complete(payload.text());
			}

		}).address()).getPort()));

	private static SecureStreams engine(String streamType) {
		Policy policy = PolicyJson
			.read("{ \"s\": [ { %s } ] }".formatted(streamType).getBytes(StandardCharsets.UTF_8), "test")
			.policy();
		return SecureStreams.builder().policy(policy).eventLoopThreads(1).build();
	}

	@AfterEach
	void stop() {
		this.clients.close();
		this.servers.close();
	}

	private SecureStream stream(Object bean) {
		return this.clients.create("client", adapt(bean));
	}

	private StreamHandler adapt(Object bean) {
		return StreamHandlerAdapter
			.of(bean.getClass(), bean.getClass(), new StreamHandlerAdapter.Options(this.turns, 100, null))
			.adapt(bean, null);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aHandlerMayTakeItsSlotElsewhere(boolean annotated) throws Exception {
		Taking taking = new Taking();
		stream(annotated ? new AnnotatedTaking(taking) : taking);
		this.turns.until(taking.taken::isDone);
		DetachedSlot own = taking.taken.get();
		assertThat(own.isVoid()).isFalse();
		own.write("later").end();
		own.submit();
		assertThat(this.received.get(20, TimeUnit.SECONDS)).isEqualTo("later");
	}

	@Test
	void whatItHasTakenIsNotUsedInTheOldWay() throws Exception {
		CompletableFuture<Void> done = new CompletableFuture<>();
		stream(new Writing((slot) -> {
			slot.write(new byte[0]);
			assertThat(slot.buffer().isReadable()).isFalse();
			DetachedSlot own = slot.detach();
			assertThat(own.ordinal()).isEqualTo(slot.ordinal());
			assertThat(own.capacity()).isEqualTo(slot.capacity());
			assertThatIllegalStateException().isThrownBy(slot::end);
			assertThatIllegalStateException().isThrownBy(slot::detach);
			assertThatIllegalStateException().isThrownBy(() -> slot.write("x"));
			assertThatIllegalStateException().isThrownBy(() -> slot.transfer(Unpooled.buffer(1).writeByte(1)));
			own.discard();
			done.complete(null);
		}));
		this.turns.until(done::isDone);
	}

	@Test
	void whatIsTakenAndForgottenHoldsNoMemory() throws Exception {
		CompletableFuture<Void> done = new CompletableFuture<>();
		stream(new Writing((slot) -> {
			slot.detach();
			done.complete(null);
			throw new IllegalStateException("on purpose");
		}));
		// Leaks are found when all tests are done
		this.turns.until(done::isDone);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whatHasContentIsNotTaken(boolean directly) throws Exception {
		CompletableFuture<Void> done = new CompletableFuture<>();
		stream(new Writing((slot) -> {
			if (directly) {
				slot.buffer().writeCharSequence("abc", StandardCharsets.UTF_8);
			}
			else {
				slot.write("a").write(ByteBuffer.wrap(new byte[] { 'b' })).write(new byte[] { 'c' });
			}
			assertThatIllegalStateException().isThrownBy(slot::detach);
			slot.end();
			done.complete(null);
		}));
		this.turns.until(done::isDone);
		assertThat(this.received.get(20, TimeUnit.SECONDS)).isEqualTo("abc");
	}

	@Test
	void aHandlerWhoseStreamIsGoneWritesToNobodyAndNobodyHears(CapturedOutput output) throws Exception {
		Queue<String> log = new ConcurrentLinkedQueue<>();
		Writing writing = new Writing((slot) -> {
			slot.write("message").end();
			log.add("written");
		});
		SecureStream stream = streamThatIsGone(writing);
		this.turns.until(() -> writing.states.contains(StreamState.DESTROYING));
		assertThat(log).containsExactly("written");
		assertThat(stream.lastFailure()).isNull();
		assertThat(this.received).isNotDone();
		assertThat(output).doesNotContain("WARN", "ERROR", "Exception");
	}

	@Test
	void whatIsTakenFromAStreamThatIsGoneIsVoid(CapturedOutput output) throws Exception {
		Taking taking = new Taking();
		streamThatIsGone(taking);
		this.turns.until(() -> taking.states.contains(StreamState.DESTROYING));
		DetachedSlot own = taking.taken.get(20, TimeUnit.SECONDS);
		assertThat(own.isVoid()).isTrue();
		own.write("x").end();
		own.submit();
		assertThat(output).doesNotContain("WARN", "ERROR", "Exception");
	}

	/** It ends when its handler has been given a slot and has not had its turn. */
	private SecureStream streamThatIsGone(Writing writing) throws Exception {
		CompletableFuture<Void> given = new CompletableFuture<>();
		StreamHandler onExecutor = adapt(writing);
		SecureStream stream = this.clients.create("client", new StreamHandler() {

			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				onExecutor.onState(stream, state, ordinal);
			}

			@Override
			public void onWritable(SecureStream stream, TxSlot slot) {
				onExecutor.onWritable(stream, slot);
				given.complete(null);
			}

		});
		this.turns.until(() -> writing.states.contains(StreamState.CONNECTING));
		given.get(20, TimeUnit.SECONDS);
		stream.close();
		Awaitility.await().until(() -> this.clients.streams().isEmpty());
		return stream;
	}

	/** Runs what is asked for in the test's own thread, when it says so. */
	private static final class Turns implements Executor {

		private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

		@Override
		public void execute(Runnable task) {
			this.tasks.add(task);
		}

		Runnable next() throws InterruptedException {
			Runnable task = this.tasks.poll(20, TimeUnit.SECONDS);
			assertThat(task).as("a task").isNotNull();
			return task;
		}

		void until(BooleanSupplier done) throws InterruptedException {
			while (!done.getAsBoolean()) {
				next().run();
			}
		}

	}

	private static class Writing implements StreamHandler {

		final Queue<StreamState> states = new ConcurrentLinkedQueue<>();

		private final Consumer<TxSlot> write;

		Writing(Consumer<TxSlot> write) {
			this.write = write;
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			this.states.add(state);
			if (state == StreamState.CREATING) {
				stream.requestTx();
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			this.write.accept(slot);
		}

	}

	private static final class Taking extends Writing {

		final CompletableFuture<DetachedSlot> taken;

		Taking() {
			this(new CompletableFuture<>());
		}

		private Taking(CompletableFuture<DetachedSlot> taken) {
			super((slot) -> taken.complete(slot.detach()));
			this.taken = taken;
		}

	}

	private static final class AnnotatedTaking {

		private final Taking taking;

		AnnotatedTaking(Taking taking) {
			this.taking = taking;
		}

		@OnState(StreamState.CREATING)
		void created(SecureStream stream) {
			stream.requestTx();
		}

		@OnWritable
		void writable(TxSlot slot) {
			this.taking.taken.complete(slot.detach());
		}

		@OnReceive
		void received(String text) {
		}

	}

}
