package io.securestreams.engine.local;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a client stream of HTTP announces: one transaction after the other, and whose a
 * request is.
 */
class HttpTransactionTests {

	private EngineFixture fixture = EngineFixture.with();

	@AfterEach
	void nothingIsLeftBehind() {
		this.fixture.engine().shutdown(Duration.ZERO);
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
	}

	private static StreamPolicies http(String method) {
		return StreamPolicies.named(EngineFixture.TYPE).http(method);
	}

	private SecureStream create(StreamPolicies policy) {
		this.fixture = EngineFixture.with(policy);
		return this.fixture.create();
	}

	@Test
	void nailedUpHttpIsIdleAfterACompleteTransaction() {
		create(http("GET").nailedUp().retry(StreamPolicies.retry(5, 100)));
		this.fixture.handler.take();
		assertThat(this.fixture.when(() -> {
			this.fixture.transport().connected();
			this.fixture.transport().accepted(0);
			this.fixture.transport().complete();
		})).containsExactly("CONNECTED", "QOS_ACK_REMOTE 0", "DISCONNECTED");
		this.fixture.loop.assertIdle();
	}

	@Test
	void httpDroppedInTheMiddleGivesUpAfterDisconnected() {
		create(http("GET").nailedUp());
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.fails()).containsExactly("DISCONNECTED", "ALL_RETRIES_FAILED");
	}

	@Test
	void httpDroppedInTheMiddleRetries() {
		create(http("GET").nailedUp().retry(StreamPolicies.retry(5, 100)));
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.fails()).containsExactly("DISCONNECTED");
		assertThat(this.fixture.after(100)).containsExactly("POLL", "CONNECTING");
	}

	@Test
	void httpLostAfterItsVerdictIsComplete() {
		create(http("GET").nailedUp().retry(StreamPolicies.retry(5, 100)));
		this.fixture.connected();
		this.fixture.when(() -> this.fixture.transport().accepted(0));
		assertThat(this.fixture.fails()).containsExactly("DISCONNECTED");
		this.fixture.loop.assertIdle();
	}

	@Test
	void requestInAVerdictIsTheNextTransaction() {
		create(http("POST").nailedUp());
		this.fixture.handler.on(StreamState.QOS_ACK_REMOTE, (stream) -> stream.requestTx(7));
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.succeeds()).containsExactly("QOS_ACK_REMOTE 0", "DISCONNECTED", "POLL", "CONNECTING");
		assertThat(this.fixture.transport().link().txLength()).isEqualTo(7);
	}

	@Test
	void requestDuringATransactionIsForThatTransaction() {
		SecureStream stream = create(http("GET").nailedUp());
		this.fixture.connected();
		stream.requestTx();
		this.fixture.loop.run();
		this.fixture.handler.take();
		assertThat(this.fixture.succeeds()).containsExactly("QOS_ACK_REMOTE 0", "DISCONNECTED");
		assertThat(this.fixture.transport().link().txRequested()).isFalse();
	}

	@Test
	void requestAfterABodylessRequestIsTheNextTransaction() {
		SecureStream stream = create(http("POST").nailedUp());
		assertThat(this.fixture.transport().link().txRequested()).isFalse();
		this.fixture.when(() -> this.fixture.transport().clientLink().bodyless());
		stream.requestTx(5);
		this.fixture.loop.run();
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.succeeds()).containsExactly("QOS_ACK_REMOTE 0", "DISCONNECTED", "POLL", "CONNECTING");
		assertThat(this.fixture.transport().link().txRequested()).isTrue();
		assertThat(this.fixture.transport().link().txLength()).isEqualTo(5);
		this.fixture.handler.onWritable((slots, slot) -> slot.write("hello").end());
		this.fixture.when(() -> this.fixture.transport().writable(100));
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.succeeds()).containsExactly("QOS_ACK_REMOTE 0", "DISCONNECTED");
	}

	@Test
	void repeatedBodylessRequestTakesTheBodyAlong() {
		SecureStream stream = create(http("POST").nailedUp());
		this.fixture.when(() -> this.fixture.transport().clientLink().bodyless());
		stream.requestTx();
		this.fixture.loop.run();
		this.fixture.handler.onWritable((slots, slot) -> slot.write("hello").end());
		// The transport repeats it on another connection
		this.fixture.when(() -> this.fixture.transport().offer(100));
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.succeeds()).containsExactly("QOS_ACK_REMOTE 0", "DISCONNECTED");
	}

	@Test
	void connectInAVerdictIsTheNextTransaction() {
		create(http("GET").nailedUp());
		this.fixture.handler.on(StreamState.QOS_NACK_REMOTE, SecureStream::connect);
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.when(() -> {
			this.fixture.transport().rejected(0);
			this.fixture.transport().complete();
		})).containsExactly("QOS_NACK_REMOTE 0", "DISCONNECTED", "CONNECTING");
	}

	@Test
	void requestInDisconnectedIsTheNextTransaction() {
		create(http("GET").nailedUp());
		this.fixture.handler.on(StreamState.DISCONNECTED, SecureStream::requestTx);
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.when(() -> this.fixture.transport().complete())).containsExactly("DISCONNECTED", "POLL",
				"CONNECTING");
	}

	@Test
	void whatHasBeenReceivedIsGoneWhenTheNextTransactionStarts() {
		SecureStream stream = create(http("GET").metadata("type", "content-type:"));
		stream.metadata().set("type", "sent");
		this.fixture.when(stream::connect);
		this.fixture.transport().link().metadata().receive(0, "received");
		this.fixture.connected();
		this.fixture.succeeds();
		assertThat(stream.metadata().get("type")).isEqualTo("received");
		this.fixture.when(stream::connect);
		assertThat(stream.metadata().get("type")).isEqualTo("sent");
	}

	@Test
	void verdictWithoutResponseHeadInsertsConnected() {
		create(http("GET").nailedUp());
		this.fixture.handler.take();
		assertThat(this.fixture.succeeds()).containsExactly("CONNECTED", "QOS_ACK_REMOTE 0", "DISCONNECTED");
	}

}
