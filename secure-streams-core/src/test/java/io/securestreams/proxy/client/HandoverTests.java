package io.securestreams.proxy.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import io.securestreams.proxy.client.payload.Handovers;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SendFailedException;
import io.securestreams.stream.StreamClosedException;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.StreamState;
import io.securestreams.testing.RecordingHandler;

import static io.securestreams.proxy.client.ScriptedProxy.payload;
import static io.securestreams.proxy.client.ScriptedProxy.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What becomes of {@code send()} where the proxy is one of libwebsockets: it does not say
 * what it speaks, and drops a link on which it is sent more than it keeps.
 */
class HandoverTests {

	private final ScriptedProxy proxy = new ScriptedProxy();

	private final RecordingHandler handler = new RecordingHandler();

	private SecureStream connected() {
		SecureStream stream = this.proxy.streams.create("post", this.handler, StreamOptions.DEFAULTS);
		this.proxy.executor.run();
		stream.connect();
		this.proxy.create(",post");
		this.proxy.send(StreamState.CONNECTING, StreamState.CONNECTED);
		this.proxy.take();
		this.handler.take();
		return stream;
	}

	private CompletableFuture<Long> send(SecureStream stream, String message) {
		CompletableFuture<Long> sent = stream.send(message.getBytes(StandardCharsets.UTF_8)).toCompletableFuture();
		this.proxy.executor.run();
		return sent;
	}

	/** After this the proxy is known not to answer the stream's messages. */
	private void sendUnanswered(SecureStream stream) {
		CompletableFuture<Long> sent = send(stream, "unanswered");
		this.proxy.executor.advance(Handovers.SETTLE_MILLIS);
		assertThat(sent).isCompleted();
	}

	@Test
	void whatALinkTookWithItBeforeAnAnswerHasFailed() {
		SecureStream stream = connected();
		CompletableFuture<Long> sent = send(stream, "body");
		assertThat(this.proxy.take()).containsExactly("TX[3] body");
		assertThat(sent).isNotDone();
		this.proxy.die();
		assertThat(this.handler.take()).containsExactly("DISCONNECTED");
		assertThatThrownBy(sent::join).hasCauseInstanceOf(SendFailedException.class)
			.hasMessageContaining("may have lost it");
		this.proxy.executor.advance(1000);
		this.proxy.create(",post");
		this.proxy.send(StreamState.CONNECTING, StreamState.CONNECTED);
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE post", "CONNECT");
	}

	@Test
	void aTransactionThatEndsWithoutAnAnswerHasFailed() {
		SecureStream stream = connected();
		CompletableFuture<Long> sent = send(stream, "body");
		this.proxy.send(StreamState.DISCONNECTED);
		assertThatThrownBy(sent::join).hasCauseInstanceOf(SendFailedException.class);
	}

	@Test
	void anAnswerIsAboutTheMessageOfItsTransaction() {
		SecureStream stream = connected();
		CompletableFuture<Long> first = send(stream, "one");
		CompletableFuture<Long> second = send(stream, "two");
		assertThat(this.proxy.take()).containsExactly("TX[3] one");
		this.proxy.send(StreamState.QOS_ACK_REMOTE, StreamState.DISCONNECTED);
		assertThat(first).isCompletedWithValue(0L);
		assertThat(second).isNotDone();
		assertThat(this.proxy.take()).containsExactly("CONNECT", "HINT 3");
		this.proxy.send(StreamState.CONNECTING, StreamState.CONNECTED);
		assertThat(this.proxy.take()).containsExactly("TX[3] two");
		this.proxy.send(StreamState.QOS_NACK_REMOTE, StreamState.DISCONNECTED);
		assertThat(second).isCompletedWithValue(1L);
	}

	@Test
	void whatIsNotAnsweredCountsAsSentOnceTheLinkHasLasted() {
		SecureStream stream = connected();
		CompletableFuture<Long> first = send(stream, "one");
		CompletableFuture<Long> second = send(stream, "two");
		this.proxy.executor.advance(Handovers.SETTLE_MILLIS - 1);
		assertThat(first).isNotDone();
		this.proxy.executor.advance(1);
		assertThat(first).isCompletedWithValue(0L);
		assertThat(second).isCompletedWithValue(1L);
		assertThat(send(stream, "three")).isCompletedWithValue(2L);
		assertThat(this.proxy.take()).containsExactly("TX[3] one", "TX[3] two", "TX[3] three");
		this.proxy.die();
		assertThat(this.handler.take()).containsExactly("DISCONNECTED");
	}

	@Test
	void whoAnswersInKindDoesNotWait() {
		SecureStream stream = connected();
		for (int i = 0; i < 3; i++) {
			CompletableFuture<Long> sent = send(stream, "ping");
			assertThat(sent).isNotDone();
			this.proxy.send(payload(3, "pong"));
			assertThat(sent).isCompletedWithValue((long) i);
		}
	}

	@Test
	void moreThanAProxyKeepsHasFailedIfTheLinkGoes() {
		SecureStream stream = connected();
		sendUnanswered(stream);
		List<CompletableFuture<Long>> sent = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			sent.add(send(stream, "x".repeat(4000)));
		}
		this.proxy.send(payload(3, "of before"));
		this.proxy.executor.advance(100);
		this.proxy.die();
		assertThat(sent).first().satisfies((future) -> assertThat(future).isCompleted());
		assertThat(sent.subList(3, 10)).allSatisfy((future) -> assertThat(future).isCompletedExceptionally());
	}

	@Test
	void moreThanAProxyKeepsCountsAsSentOnceTheLinkHasLasted() {
		SecureStream stream = connected();
		sendUnanswered(stream);
		List<CompletableFuture<Long>> sent = new ArrayList<>();
		for (int i = 0; i < 2000; i++) {
			sent.add(send(stream, "x".repeat(100)));
		}
		assertThat(sent.get(1999)).isNotDone();
		this.proxy.executor.advance(Handovers.SETTLE_MILLIS);
		assertThat(sent).allSatisfy((future) -> assertThat(future).isCompleted());
		this.proxy.die();
	}

	@Test
	void whoeverEndsTheConnectionDoesNotKnow() {
		SecureStream stream = connected();
		CompletableFuture<Long> sent = send(stream, "body");
		stream.disconnect();
		this.proxy.executor.run();
		assertThatThrownBy(sent::join).hasCauseInstanceOf(SendFailedException.class);
		stream = connected();
		sent = send(stream, "body");
		stream.close();
		this.proxy.executor.run();
		assertThatThrownBy(sent::join).hasCauseInstanceOf(StreamClosedException.class);
		this.proxy.executor.advance(60_000);
	}

	@Test
	void aTransactionThatIsAnsweredLateIsOneFromThenOn() {
		SecureStream stream = connected();
		sendUnanswered(stream);
		this.proxy.send(state(StreamState.QOS_ACK_REMOTE), state(StreamState.DISCONNECTED));
		CompletableFuture<Long> sent = send(stream, "next");
		this.proxy.send(StreamState.CONNECTING, StreamState.CONNECTED);
		this.proxy.executor.advance(Handovers.SETTLE_MILLIS);
		assertThat(sent).isNotDone();
		this.proxy.send(StreamState.QOS_ACK_REMOTE, StreamState.DISCONNECTED);
		assertThat(sent).isCompleted();
	}

}
