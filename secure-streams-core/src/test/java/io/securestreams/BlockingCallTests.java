package io.securestreams;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.observe.EventLoopThread;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What waits is refused on event loops.
 */
@Timeout(60)
class BlockingCallTests {

	private final SecureStreams streams = engine();

	private final SecureStreams others = engine();

	@AfterEach
	void stop() {
		this.streams.close();
		this.others.close();
	}

	private static SecureStreams engine() {
		String text = """
				{ "s": [ { "idle": { "endpoint": "127.0.0.1", "port": 9, "protocol": "raw" },
				  "server": { "server": true, "endpoint": "127.0.0.1", "port": 0, "protocol": "raw" },
				  "sink": { "local_sink": true } } ] }
				""";
		Policy policy = PolicyJson.read(text.getBytes(StandardCharsets.UTF_8), "test").policy();
		return SecureStreams.builder().policy(policy).eventLoopThreads(1).transport(Transport.NIO).build();
	}

	/** What a handler of the first engine runs into. */
	private Throwable onItsEventLoop(Consumer<SecureStream> call) throws Exception {
		CompletableFuture<Throwable> thrown = new CompletableFuture<>();
		this.streams.create("idle", new StreamHandler() {
			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				if (state == StreamState.CREATING) {
					thrown.complete(catchThrowable(() -> call.accept(stream)));
				}
			}
		});
		return thrown.get(20, TimeUnit.SECONDS);
	}

	@Test
	void anEngineIsNotClosedOnItsOwnEventLoop() throws Exception {
		assertThat(onItsEventLoop((stream) -> this.streams.close())).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("close()")
			.hasMessageContaining("shutdown(Duration.ZERO)");
		assertThat(this.streams.streams()).hasSize(1);
	}

	@Test
	void anEngineIsNotClosedOnTheEventLoopOfAnother() throws Exception {
		assertThat(onItsEventLoop((stream) -> this.others.close())).isInstanceOf(IllegalStateException.class);
	}

	@Test
	void anEngineThatHasEndedMayBeClosedAnywhere() throws Exception {
		this.others.shutdown(Duration.ZERO).toCompletableFuture().get(20, TimeUnit.SECONDS);
		assertThat(onItsEventLoop((stream) -> this.others.close())).isNull();
	}

	@Test
	void listenersAreNotBoundOnAnEventLoop() throws Exception {
		assertThat(onItsEventLoop((stream) -> this.streams.listen("server", () -> new StreamHandler() {
		}))).isInstanceOf(IllegalStateException.class).hasMessageContaining("listen(\"server\")");
	}

	@Test
	void sinksOfTheSameEngineAreJoinedOnAnEventLoopAndOthersAreNot() throws Exception {
		this.streams.registerSink("sink", () -> new StreamHandler() {
		});
		this.others.registerSink("sink", () -> new StreamHandler() {
		});
		assertThat(onItsEventLoop((stream) -> this.streams.create("sink", new StreamHandler() {
		}))).isNull();
		assertThat(onItsEventLoop((stream) -> this.others.create("sink", new StreamHandler() {
		}))).isInstanceOf(IllegalStateException.class).hasMessageContaining("create(\"sink\")");
	}

	@Test
	void onlyEventLoopsAreMarked() throws Exception {
		assertThat(EventLoopThread.isCurrent()).isFalse();
		EventLoopThread.refuse("nothing", "nothing");
		assertThat(onItsEventLoop((stream) -> {
			assertThat(EventLoopThread.isCurrent()).isTrue();
			assertThatIllegalStateException().isThrownBy(() -> EventLoopThread.refuse("it", "that"))
				.withMessageContaining(Thread.currentThread().getName());
		})).isNull();
	}

}
