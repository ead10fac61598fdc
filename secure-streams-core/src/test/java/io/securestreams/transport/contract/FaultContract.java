package io.securestreams.transport.contract;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every outage that can be rehearsed, in a protocol whose connections last, with a peer
 * that works.
 */
@Timeout(60)
public abstract class FaultContract {

	private static final int LENGTH = 200;

	private final Subject subject;

	@TempDir
	private Path directory;

	private EchoService peer;

	private SecureStreams streams;

	protected FaultContract(Subject subject) {
		this.subject = subject;
	}

	@BeforeEach
	void start() throws Exception {
		this.peer = this.subject.peer().start(this.directory);
		this.streams = SecureStreams.builder().policy(plain()).faults(true).eventLoopThreads(1).build();
	}

	@AfterEach
	void stop() {
		this.streams.close();
		this.peer.close();
	}

	private Policy plain() {
		return new TestPolicy(this.subject, "127.0.0.1", this.peer.port()).hasty().policy();
	}

	/** Lays an overlay on the policy that works. */
	private void rehearse(String faults) {
		Policy rehearsed = PolicyJson
			.overlay(plain(), "{ \"s\": [ { \"" + TestPolicy.TYPE + "\": { \"faults\": [" + faults + "] } } ] }",
					"rehearsal")
			.policy();
		this.streams.updatePolicy((current) -> rehearsed);
		assertThat(this.streams.faults()).containsOnlyKeys(TestPolicy.TYPE);
	}

	private void recover() {
		this.streams.updatePolicy((current) -> plain());
		assertThat(this.streams.faults()).isEmpty();
	}

	private SecureStream create(Watcher watcher) {
		return this.streams.create(TestPolicy.TYPE, watcher);
	}

	@Test
	void isRefusedUntilTheOverlayIsGone() throws Exception {
		rehearse("{ \"refuse\": 1 }");
		Watcher watcher = new Watcher();
		SecureStream stream = create(watcher);
		stream.connect();
		assertThat(watcher.await(StreamState.ALL_RETRIES_FAILED)).containsExactly(StreamState.CREATING,
				StreamState.CONNECTING, StreamState.UNREACHABLE, StreamState.CONNECTING, StreamState.UNREACHABLE,
				StreamState.ALL_RETRIES_FAILED);
		assertThat(message(stream)).contains("refused on purpose");
		recover();
		works(stream, watcher);
	}

	@Test
	void isRejectedWithAStatus() throws Exception {
		rehearse("{ \"status\": 503 }");
		Watcher watcher = new Watcher();
		SecureStream stream = create(watcher);
		stream.connect();
		assertThat(watcher.await(StreamState.ALL_RETRIES_FAILED)).doesNotContain(StreamState.CONNECTED);
		assertThat(message(stream)).contains("on purpose");
		recover();
		works(stream, watcher);
	}

	@Test
	void losesOneAttemptInTwo() throws Exception {
		rehearse("{ \"drop_one_in\": 2 }");
		Watcher watcher = new Watcher();
		SecureStream stream = create(watcher);
		works(stream, watcher);
		stream.disconnect();
		watcher.await(StreamState.DISCONNECTED);
		stream.connect();
		assertThat(watcher.await(StreamState.CONNECTED)).containsExactly(StreamState.CONNECTING,
				StreamState.UNREACHABLE, StreamState.CONNECTING, StreamState.CONNECTED);
	}

	@Test
	void isLostAfterSoManyBytes() throws Exception {
		rehearse("{ \"cut_after\": 5 }");
		Watcher watcher = new Watcher();
		SecureStream stream = create(watcher);
		CompletionStage<Long> sent = stream.send(new byte[LENGTH]);
		assertThat(watcher.await(StreamState.DISCONNECTED)).contains(StreamState.CONNECTED);
		assertThat(message(stream)).contains("cut on purpose");
		assertThat(watcher.received).hasValue(5);
		assertThat(watcher.ends).hasValue(0);
		sent.exceptionally((failure) -> 0L).toCompletableFuture().get(30, TimeUnit.SECONDS);
		recover();
		works(stream, watcher);
	}

	@Test
	void startsLater() throws Exception {
		rehearse("{ \"delay_ms\": 300 }");
		Watcher watcher = new Watcher();
		SecureStream stream = create(watcher);
		long start = System.nanoTime();
		works(stream, watcher);
		assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(300));
	}

	@Test
	void aConnectionThatIsThereStaysUntilItIsLost() throws Exception {
		Watcher watcher = new Watcher();
		SecureStream stream = create(watcher);
		works(stream, watcher);
		rehearse("{ \"refuse\": 1 }");
		works(stream, watcher);
		stream.hangUp();
		assertThat(watcher.await(StreamState.ALL_RETRIES_FAILED)).contains(StreamState.DISCONNECTED,
				StreamState.UNREACHABLE);
	}

	private static String message(SecureStream stream) {
		StreamFailure failure = stream.lastFailure();
		return (failure != null) ? failure.message() : "";
	}

	/** Echoes a message. */
	private static void works(SecureStream stream, Watcher watcher) throws Exception {
		watcher.expect(LENGTH);
		stream.connect();
		stream.send(new byte[LENGTH]).toCompletableFuture().get(30, TimeUnit.SECONDS);
		watcher.awaitEcho();
	}

	private static final class Watcher implements StreamHandler {

		private final BlockingQueue<StreamState> states = new LinkedBlockingQueue<>();

		private final BlockingQueue<Integer> echo = new LinkedBlockingQueue<>();

		final AtomicInteger received = new AtomicInteger();

		final AtomicInteger ends = new AtomicInteger();

		private volatile int expected = Integer.MAX_VALUE;

		void expect(int length) {
			this.received.set(0);
			this.expected = length;
		}

		void awaitEcho() throws InterruptedException {
			assertThat(this.echo.poll(30, TimeUnit.SECONDS))
				.as("the echo, %d bytes so far, %s", this.received, this.states)
				.isNotNull();
		}

		/** What has happened since the last one, up to this. */
		List<StreamState> await(StreamState wanted) throws InterruptedException {
			List<StreamState> seen = new ArrayList<>();
			while (true) {
				StreamState state = this.states.poll(30, TimeUnit.SECONDS);
				assertThat(state).as("%s after %s", wanted, seen).isNotNull();
				if (state != StreamState.QOS_ACK_REMOTE && state != StreamState.POLL) {
					seen.add(state);
				}
				if (state == wanted) {
					return seen;
				}
			}
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.CREATING
					&& stream.policy().metadata().stream().anyMatch((each) -> each.name().equals(TestPolicy.SELF))) {
				stream.metadata().set(TestPolicy.SELF, stream.id());
			}
			this.states.add(state);
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			int all = this.received.addAndGet(payload.length());
			if (payload.isEnd()) {
				this.ends.incrementAndGet();
			}
			if (all >= this.expected) {
				this.expected = Integer.MAX_VALUE;
				this.echo.add(all);
			}
		}

	}

}
