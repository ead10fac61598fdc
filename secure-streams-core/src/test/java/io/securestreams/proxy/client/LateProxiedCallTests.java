package io.securestreams.proxy.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

import org.junit.jupiter.api.Test;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.StreamState;
import io.securestreams.testing.OtherThread;
import io.securestreams.testing.RecordingHandler;

import static io.securestreams.proxy.client.ScriptedProxy.bodyWanted;
import static io.securestreams.proxy.client.ScriptedProxy.state;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Another thread ends what a proxy does for a stream, and goes on as if it had not.
 */
class LateProxiedCallTests {

	private final ScriptedProxy proxy = new ScriptedProxy();

	private final RecordingHandler handler = new RecordingHandler();

	@Test
	void whatIsSentAfterADisconnectIsNotFailedWithTheAttemptThatItEnds() {
		List<CompletionStage<Long>> sent = new ArrayList<>();
		this.handler.on(StreamState.CONNECTING, (self) -> {
			if (sent.isEmpty()) {
				sent.add(OtherThread.supply(() -> {
					self.disconnect();
					return self.send("late".getBytes(StandardCharsets.UTF_8));
				}).join());
			}
		});
		SecureStream stream = this.proxy.streams.create("mintest", this.handler, StreamOptions.DEFAULTS);
		this.proxy.executor.run();
		stream.connect();
		this.proxy.create("mintest", "h1 POST");
		this.proxy.send(StreamState.CONNECTING);
		assertThat(this.handler.take()).endsWith("CONNECTING", "UNREACHABLE");
		assertThat(sent.get(0).toCompletableFuture()).isNotDone();
		this.proxy.executor.advance(60_000);
		this.proxy.create("mintest", "h1 POST");
		this.proxy.take();
		this.proxy.send(state(StreamState.CONNECTING), bodyWanted());
		assertThat(this.proxy.take()).containsExactly("BODY 1", "TX[3] late");
	}

}
