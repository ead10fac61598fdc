package io.securestreams.proxy.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

import io.securestreams.proxy.wire.ConnState;
import io.securestreams.proxy.wire.CreateResult;
import io.securestreams.proxy.wire.MetadataItem;
import io.securestreams.proxy.wire.Perf;
import io.securestreams.proxy.wire.TimeoutUpdate;
import io.securestreams.proxy.wire.TxCredit;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.SendFailedException;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.StreamState;
import io.securestreams.testing.RecordingHandler;

import static io.securestreams.proxy.client.ScriptedProxy.bodyWanted;
import static io.securestreams.proxy.client.ScriptedProxy.created;
import static io.securestreams.proxy.client.ScriptedProxy.metadata;
import static io.securestreams.proxy.client.ScriptedProxy.payload;
import static io.securestreams.proxy.client.ScriptedProxy.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What streams do with a proxy that is scripted, on a clock that is moved by hand.
 */
class ProxiedStreamTests {

	private static final int SOM = 1;

	private static final int EOM = 2;

	private final ScriptedProxy proxy = new ScriptedProxy();

	private final RecordingHandler handler = new RecordingHandler();

	private SecureStream create() {
		return create(StreamOptions.DEFAULTS);
	}

	private SecureStream create(StreamOptions options) {
		SecureStream stream = this.proxy.streams.create("mintest", this.handler, options);
		this.proxy.executor.run();
		return stream;
	}

	/** A stream of a ws streamtype, as far as the proxy tells. */
	private SecureStream connected() {
		SecureStream stream = create();
		stream.connect();
		this.proxy.create("mintest");
		this.proxy.send(StreamState.CONNECTING, StreamState.CONNECTED);
		this.proxy.take();
		this.handler.take();
		return stream;
	}

	private void sends(String... messages) {
		this.handler.onWritable((stream, slot) -> {
			if (slot.ordinal() < messages.length) {
				slot.write(messages[(int) slot.ordinal()].getBytes(StandardCharsets.UTF_8)).end();
				if (slot.ordinal() + 1 < messages.length) {
					stream.requestTx();
				}
			}
		});
	}

	private CompletableFuture<Long> send(SecureStream stream, String message) {
		CompletableFuture<Long> sent = stream.send(message.getBytes(StandardCharsets.UTF_8)).toCompletableFuture();
		this.proxy.executor.run();
		return sent;
	}

	@Test
	void aTransactionTakesItsCourse() {
		SecureStream stream = create();
		stream.metadata().set("uptag", "myuptag");
		stream.connect();
		this.proxy.create(",mintest");
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest", "METADATA uptag=myuptag", "CONNECT");
		this.proxy.send(StreamState.CONNECTING);
		this.proxy.send(metadata("srv", "nginx"), state(StreamState.CONNECTED), payload(SOM, "he"), payload(0, "l"),
				payload(EOM, ""), state(StreamState.QOS_ACK_REMOTE), state(StreamState.DISCONNECTED));
		assertThat(this.handler.take()).containsExactly("CREATING", "CONNECTING", "CONNECTED", "rx[S] he", "rx[-] l",
				"rx[E] ", "QOS_ACK_REMOTE 0", "DISCONNECTED");
		assertThat(stream.metadata().get("srv")).isEqualTo("nginx");
		assertThat(stream.snapshot().peer()).isEqualTo("proxy0");
		assertThat(stream.snapshot().counters().acknowledged()).isEqualTo(1);
		stream.connect();
		assertThat(this.proxy.take()).containsExactly("CONNECT");
		stream.close();
		this.proxy.executor.run();
		assertThat(this.handler.take()).containsExactly("DESTROYING");
		assertThat(this.proxy.current().closed).isTrue();
		assertThat(this.proxy.streams.streams()).isEmpty();
	}

	@Test
	void theLengthTravelsWithTheRequestToConnect() {
		sends("abc");
		SecureStream stream = create();
		stream.requestTx(3);
		this.proxy.create("mintest");
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest", "CONNECT", "HINT 3");
		this.proxy.send(StreamState.CONNECTING, StreamState.CONNECTED);
		assertThat(this.proxy.take()).containsExactly("TX[3] abc");
		this.proxy.send(StreamState.QOS_ACK_REMOTE, StreamState.DISCONNECTED);
		assertThat(this.handler.take()).endsWith("tx 0", "QOS_ACK_REMOTE 0", "DISCONNECTED");
	}

	@Test
	void acknowledgementsAreAboutTheMessagesInTheirOrder() {
		sends("a", "b", "c");
		SecureStream stream = connected();
		stream.requestTx();
		assertThat(this.proxy.take()).containsExactly("TX[3] a", "TX[3] b", "TX[3] c");
		this.handler.take();
		this.proxy.send(StreamState.QOS_ACK_REMOTE, StreamState.QOS_NACK_REMOTE, StreamState.QOS_ACK_REMOTE);
		assertThat(this.handler.take()).containsExactly("QOS_ACK_REMOTE 0", "QOS_NACK_REMOTE 1", "QOS_ACK_REMOTE 2");
	}

	@Test
	void aHandlerOfThreeBytesIsServedSlotBySlot() {
		this.handler.onWritable((stream, slot) -> {
			int n = (int) slot.ordinal();
			slot.write(new byte[] { 'a', 'b', 'c' });
			if (n == 2) {
				slot.end();
			}
			else {
				stream.requestTx();
			}
		});
		SecureStream stream = connected();
		stream.requestTx();
		assertThat(this.proxy.take()).containsExactly("TX[1] abc", "TX[0] abc", "TX[2] abc");
	}

	@Test
	void aProxyThatDoesNotKeepUpIsNotSentMore() {
		sends("a", "b");
		SecureStream stream = connected();
		this.proxy.current().writable = false;
		stream.requestTx();
		assertThat(this.proxy.take()).isEmpty();
		assertThat(this.handler.take()).isEmpty();
		this.proxy.current().writableAgain();
		assertThat(this.proxy.take()).containsExactly("TX[3] a", "TX[3] b");
	}

	@Test
	void thePeersCreditLimitsSlots() {
		this.handler.onWritable((stream, slot) -> {
			slot.write(new byte[slot.capacity()]);
			stream.requestTx();
		});
		SecureStream stream = create();
		stream.connect();
		this.proxy.create("mintest");
		this.proxy.send(state(StreamState.CONNECTING), new TxCredit(5), state(StreamState.CONNECTED));
		stream.requestTx();
		this.proxy.take();
		assertThat(stream.snapshot().counters().sentBytes()).isEqualTo(5);
		this.proxy.send(new TxCredit(7));
		this.proxy.take();
		assertThat(stream.snapshot().counters().sentBytes()).isEqualTo(12);
	}

	@Test
	void creditOfTheApplicationGoesToTheProxy() {
		SecureStream stream = create(new StreamOptions(4000));
		this.proxy.create("mintest");
		stream.connect();
		this.proxy.send(StreamState.CONNECTING, StreamState.CONNECTED);
		this.proxy.executor.run();
		stream.grantCredit(10);
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest credit 4000", "CONNECT", "CREDIT 10");
	}

	@Test
	void partsTakeTurnsAndSayWhoTheyAre() {
		StringBuilder parts = new StringBuilder();
		this.handler.onWritable((stream, slot) -> {
			parts.append(slot.rideshare()).append(' ');
			slot.write(new byte[] { 'x' }).end();
			if (slot.ordinal() < 3) {
				stream.requestTx();
			}
		});
		SecureStream stream = create();
		stream.requestTx();
		this.proxy.create(",mintest,part2");
		this.proxy.send(StreamState.CONNECTING, StreamState.CONNECTED);
		assertThat(this.proxy.take()).filteredOn((frame) -> frame.startsWith("TX")).hasSize(4);
		assertThat(parts.toString()).isEqualTo("mintest part2 mintest part2 ");
	}

	@Test
	void timingsAreReported() {
		connected();
		this.proxy
			.send(new Perf("{\"pe"), new Perf("{\"peer\":\"127.0.0.1\",\"dns_us\":2,\"dns_disp\":1,\"sockconn_us\":109,"
					+ "\"tls_us\":0,\"txn_resp_us\":720,\"dns\":[\"127.0.0.1\"],\"prot_specific\":{\"protocol\":\"http\",\"resp\":200}}"));
		assertThat(this.handler.take()).containsExactly("rx[SEP] json", "perf");
	}

	@Test
	void userStatesOfAnyWidthArePassedOn() {
		connected();
		this.proxy.send(new ConnState(1000, 0), new ConnState(70000, 0));
		assertThat(this.handler.take()).containsExactly("user 1000", "user 70000");
	}

	@Test
	void timeoutsRunAtTheProxyAndGoOnHereWithoutIt() {
		SecureStream stream = connected();
		stream.startTimeout(Duration.ofMillis(500));
		assertThat(this.proxy.take()).containsExactly("TIMEOUT 500");
		stream.cancelTimeout();
		assertThat(this.proxy.take()).containsExactly("TIMEOUT " + TimeoutUpdate.CANCEL);
		stream.startTimeout();
		assertThat(this.proxy.take()).containsExactly("TIMEOUT 0");
		this.proxy.send(StreamState.TIMEOUT);
		assertThat(this.handler.take()).containsExactly("TIMEOUT");
		stream.startTimeout(Duration.ofMillis(500));
		this.proxy.executor.advance(200);
		this.proxy.die();
		this.handler.take();
		this.proxy.executor.advance(299);
		assertThat(this.handler.take()).isEmpty();
		this.proxy.executor.advance(1);
		assertThat(this.handler.take()).containsExactly("TIMEOUT");
	}

	@Test
	void aTimeoutOfThePolicyWaitsForTheProxy() {
		SecureStream stream = create();
		stream.startTimeout();
		this.proxy.create("mintest");
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest", "TIMEOUT 0");
	}

	@Test
	void aStreamWaitsForItsProxyAndHearsOfIt() {
		SecureStream stream = create();
		stream.connect();
		this.proxy.refuseConnection();
		this.proxy.executor.advance(1000);
		this.proxy.refuseConnection();
		assertThat(this.handler.take()).containsExactly("CREATING", "UPSTREAM_LINK_RETRY", "UPSTREAM_LINK_RETRY 1000");
		this.proxy.executor.advance(1000);
		this.proxy.create("mintest");
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest", "CONNECT");
		assertThat(stream.lastFailure()).isNotNull();
	}

	@Test
	void aProxyThatDoesNotAnswerIsLeft() {
		create();
		this.proxy.accept();
		this.proxy.executor.advance(2999);
		assertThat(this.proxy.current().closed).isFalse();
		this.proxy.executor.advance(1);
		assertThat(this.proxy.current().closed).isTrue();
		assertThat(this.handler.take()).containsExactly("CREATING", "UPSTREAM_LINK_RETRY 3000");
		this.proxy.executor.advance(1000);
		assertThat(this.proxy.trying()).isZero();
	}

	@Test
	void aRefusalIsToldOnceAndTheProxyIsAskedAgainLessAndLessOften() {
		SecureStream stream = create();
		CompletableFuture<Long> sent = send(stream, "a");
		this.proxy.accept();
		this.proxy.send(CreateResult.refused(1));
		assertThat(this.handler.take()).containsExactly("CREATING", "ALL_RETRIES_FAILED");
		assertThatThrownBy(sent::join).hasCauseInstanceOf(SendFailedException.class);
		assertThat(String.valueOf(stream.lastFailure())).contains("streamtype");
		for (int wait : new int[] { 1000, 2000, 4000 }) {
			this.proxy.executor.advance(wait - 1);
			assertThat(this.proxy.trying()).isEqualTo(-1);
			this.proxy.executor.advance(1);
			this.proxy.accept();
			this.proxy.send(CreateResult.refused(1));
		}
		assertThat(this.handler.take()).isEmpty();
		// Who asks again is tried for soon
		stream.connect();
		this.proxy.executor.advance(1000);
		this.proxy.create("mintest");
		assertThat(this.proxy.take()).endsWith("CONNECT");
	}

	@Test
	void aNameThatTheProxyRefusesIsToldAtOnce() {
		SecureStream stream = create();
		stream.metadata().set("nmae", "x");
		CompletableFuture<Long> sent = send(stream, "body");
		for (int i = 0; i < 2; i++) {
			this.proxy.accept();
			this.proxy.send(metadata(MetadataItem.SPOKEN, "h1 POST"), created("mintest"), state(StreamState.CREATING),
					metadata(MetadataItem.REFUSED, "metadata \"nmae\": no such name"));
			assertThat(this.handler.take()).endsWith("ALL_RETRIES_FAILED");
			assertThat(this.proxy.current().closed).isTrue();
			assertThatThrownBy(sent::join).hasCauseInstanceOf(SendFailedException.class)
				.hasMessageContaining("metadata \"nmae\": no such name");
			assertThat(String.valueOf(stream.lastFailure())).startsWith("POLICY");
			sent = send(stream, "next");
			this.proxy.executor.advance(1000 << i);
		}
		stream.metadata().remove("nmae");
		this.proxy.accept();
		this.proxy.take();
		this.proxy.send(metadata(MetadataItem.SPOKEN, "h1 POST"), created("mintest"), state(StreamState.CREATING));
		assertThat(this.proxy.take()).containsExactly("HINT 4");
	}

	@Test
	void aConnectionEndsWithANameThatTheProxyRefuses() {
		SecureStream stream = create();
		stream.connect();
		this.proxy.create("mintest", "ws");
		this.proxy.send(StreamState.CONNECTING, StreamState.CONNECTED);
		this.handler.take();
		stream.metadata().set("nmae", "x");
		stream.requestTx();
		this.proxy.executor.run();
		this.proxy.send(metadata(MetadataItem.REFUSED, "metadata \"nmae\": no such name"));
		assertThat(this.handler.take()).endsWith("DISCONNECTED", "ALL_RETRIES_FAILED");
	}

	@Test
	void theStreamSurvivesTheLossOfItsLink() {
		SecureStream stream = connected();
		this.proxy.die();
		assertThat(this.handler.take()).containsExactly("DISCONNECTED");
		this.proxy.executor.advance(1000);
		this.proxy.create("mintest");
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest", "CONNECT");
		this.proxy.send(StreamState.CONNECTING, StreamState.CONNECTED);
		assertThat(this.handler.take()).containsExactly("CONNECTING", "CONNECTED");
		assertThat(stream.isClosed()).isFalse();
	}

	@Test
	void whatHasNotBeenHandedOverIsSentWhenTheLinkIsBack() {
		SecureStream stream = connected();
		this.proxy.current().writable = false;
		CompletableFuture<Long> sent = send(stream, "later");
		this.proxy.die();
		this.proxy.executor.advance(1000);
		this.proxy.create("mintest");
		this.proxy.send(StreamState.CONNECTING, StreamState.CONNECTED);
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest", "CONNECT", "HINT 5", "TX[3] later");
		this.proxy.send(StreamState.QOS_ACK_REMOTE);
		assertThat(sent).isCompleted();
	}

	@Test
	void whatHasBeenHandedOverInPartFailsAndIsNotRepeated() {
		SecureStream stream = create();
		stream.connect();
		this.proxy.create("mintest");
		this.proxy.send(state(StreamState.CONNECTING), new TxCredit(3), state(StreamState.CONNECTED));
		CompletableFuture<Long> sent = send(stream, "abcdef");
		assertThat(this.proxy.take()).contains("TX[1] abc");
		this.proxy.die();
		assertThatThrownBy(sent::join).hasCauseInstanceOf(SendFailedException.class)
			.hasMessageContaining("3 of 6 bytes");
		this.proxy.executor.advance(1000);
		this.proxy.create("mintest");
		this.proxy.send(StreamState.CONNECTING, StreamState.CONNECTED);
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest", "CONNECT");
	}

	@Test
	void aTransactionThatMayHaveBeenMadeIsNotRepeated() {
		SecureStream stream = create();
		this.proxy.create("mintest", "h1 POST");
		CompletableFuture<Long> sent = send(stream, "body");
		this.proxy.send(state(StreamState.CONNECTING), bodyWanted());
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest", "HINT 4", "BODY 1", "TX[3] body");
		assertThat(sent).isNotDone();
		this.proxy.send(StreamState.CONNECTED);
		this.handler.take();
		this.proxy.die();
		assertThat(this.handler.take()).containsExactly("DISCONNECTED", "ALL_RETRIES_FAILED");
		assertThatThrownBy(sent::join).hasCauseInstanceOf(SendFailedException.class);
		this.proxy.executor.advance(1000);
		this.proxy.create("mintest");
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest");
		assertThat(stream.snapshot().protocol()).isEqualTo("h1");
	}

	@Test
	void aTransactionThatDoesNoHarmIsRepeated() {
		SecureStream stream = create();
		this.proxy.create("mintest", "h1 PUT");
		CompletableFuture<Long> sent = send(stream, "body");
		this.proxy.send(state(StreamState.CONNECTING), bodyWanted());
		this.proxy.die();
		assertThat(this.handler.take()).containsExactly("CREATING", "CONNECTING", "UNREACHABLE");
		this.proxy.take();
		this.proxy.executor.advance(1000);
		this.proxy.create("mintest", "h1 PUT");
		this.proxy.send(state(StreamState.CONNECTING), bodyWanted());
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest", "HINT 4", "CONNECT", "BODY 1",
				"TX[3] body");
		this.proxy.send(StreamState.CONNECTED, StreamState.QOS_ACK_REMOTE, StreamState.DISCONNECTED);
		assertThat(sent).isCompletedWithValue(1L);
	}

	@Test
	void theBodyOfAHandlerIsAskedForAgainWithItsTransaction() {
		sends("body", "body");
		SecureStream stream = create();
		this.proxy.create("mintest", "h1 PUT");
		stream.requestTx(4);
		this.proxy.executor.run();
		this.proxy.send(state(StreamState.CONNECTING), bodyWanted());
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest", "HINT 4", "BODY 1", "TX[3] body");
		this.proxy.die();
		this.proxy.executor.advance(1000);
		this.proxy.create("mintest", "h1 PUT");
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest", "HINT 4", "CONNECT");
		this.proxy.send(state(StreamState.CONNECTING), bodyWanted());
		assertThat(this.proxy.take()).containsExactly("BODY 1", "TX[3] body");
	}

	@Test
	void aTransactionThatIsNotRepeatedLeavesNothingForTheNext() {
		sends("body");
		SecureStream stream = create();
		this.proxy.create("mintest", "h1 POST");
		stream.requestTx(4);
		this.proxy.executor.run();
		this.proxy.send(state(StreamState.CONNECTING), bodyWanted());
		this.proxy.take();
		this.proxy.die();
		assertThat(this.handler.take()).endsWith("UNREACHABLE", "ALL_RETRIES_FAILED");
		this.proxy.executor.advance(1000);
		this.proxy.create("mintest", "h1 POST");
		stream.connect();
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest", "CONNECT");
	}

	@Test
	void everyMessageHasATransactionOfItsOwn() {
		SecureStream stream = create();
		this.proxy.create("mintest", "h2 POST");
		CompletableFuture<Long> first = send(stream, "one");
		CompletableFuture<Long> second = send(stream, "two!");
		this.proxy.send(state(StreamState.CONNECTING), bodyWanted());
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest", "HINT 3", "BODY 1", "TX[3] one");
		this.proxy.send(StreamState.CONNECTED, StreamState.QOS_ACK_REMOTE, StreamState.DISCONNECTED);
		assertThat(first).isCompleted();
		assertThat(this.proxy.take()).containsExactly("HINT 4");
		this.proxy.send(state(StreamState.CONNECTING), bodyWanted());
		assertThat(this.proxy.take()).containsExactly("BODY 2", "TX[3] two!");
		assertThat(second).isNotDone();
	}

	@Test
	void disconnectingEndsTheLinkUntilThereIsNeedOfIt() {
		SecureStream stream = connected();
		stream.disconnect();
		this.proxy.executor.run();
		assertThat(this.handler.take()).containsExactly("DISCONNECTED");
		assertThat(this.proxy.current().closed).isTrue();
		this.proxy.executor.advance(60_000);
		assertThat(this.proxy.trying()).isEqualTo(-1);
		stream.connect();
		this.proxy.executor.run();
		this.proxy.create("mintest");
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest", "CONNECT");
	}

	@Test
	void aHandlerThatThrowsCostsTheConnection() {
		this.handler.onReceive((stream) -> {
			throw new IllegalStateException("test");
		});
		SecureStream stream = connected();
		this.proxy.send(payload(SOM | EOM, "x"));
		assertThat(this.handler.take()).containsExactly("rx[SE] x", "DISCONNECTED");
		assertThat(this.proxy.current().closed).isTrue();
		this.proxy.executor.advance(1000);
		this.proxy.create("mintest");
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest", "CONNECT");
		assertThat(String.valueOf(stream.lastFailure())).contains("HANDLER");
	}

	@Test
	void readingStopsWhileTheHandlerIsBehind() {
		this.handler.onReceive(SecureStream::pauseReceiving);
		SecureStream stream = connected();
		this.proxy.send(payload(SOM, "a"), payload(0, "b"), payload(EOM, "c"));
		assertThat(this.handler.take()).containsExactly("rx[S] a");
		assertThat(this.proxy.current().reading).isFalse();
		stream.resumeReceiving();
		this.proxy.executor.run();
		assertThat(this.handler.take()).containsExactly("rx[-] b");
		stream.resumeReceiving();
		this.proxy.executor.run();
		this.handler.onReceive((same) -> {
		});
		stream.resumeReceiving();
		this.proxy.executor.run();
		assertThat(this.handler.take()).containsExactly("rx[E] c");
		assertThat(this.proxy.current().reading).isTrue();
	}

	@Test
	void whatComesNextIsReadAlthoughTheHandlerIsBusyWithTheLastMessage() {
		this.handler.onReceive(SecureStream::pauseReceiving);
		SecureStream stream = create();
		stream.connect();
		this.proxy.create("mintest", "h1 GET");
		this.proxy.send(state(StreamState.CONNECTING), state(StreamState.CONNECTED), payload(SOM | EOM, "x"),
				state(StreamState.QOS_ACK_REMOTE), state(StreamState.DISCONNECTED));
		assertThat(this.handler.take()).endsWith("rx[SE] x", "QOS_ACK_REMOTE 0", "DISCONNECTED");
		assertThat(this.proxy.current().reading).isTrue();
		this.proxy.take();
		stream.connect();
		assertThat(this.proxy.take()).containsExactly("CONNECT");
		this.proxy.send(StreamState.CONNECTING, StreamState.CONNECTED);
		assertThat(this.handler.take()).containsExactly("CONNECTING", "CONNECTED");
		assertThat(this.proxy.current().reading).isFalse();
		stream.resumeReceiving();
		this.proxy.executor.run();
		assertThat(this.proxy.current().reading).isTrue();
	}

	@Test
	void whatFollowsALostConnectionIsReadAlthoughTheHandlerIsBusy() {
		this.handler.onReceive(SecureStream::pauseReceiving);
		SecureStream stream = connected();
		this.proxy.send(payload(SOM | EOM, "x"), state(StreamState.DISCONNECTED));
		assertThat(this.handler.take()).containsExactly("rx[SE] x", "DISCONNECTED");
		assertThat(this.proxy.current().reading).isTrue();
		stream.resumeReceiving();
		this.proxy.executor.run();
		this.proxy.send(StreamState.POLL, StreamState.CONNECTING, StreamState.CONNECTED);
		assertThat(this.handler.take()).containsExactly("POLL", "CONNECTING", "CONNECTED");
		assertThat(this.proxy.current().reading).isTrue();
	}

	@Test
	void whatIsHeldComesBeforeTheLossOfTheLink() {
		this.handler.onReceive(SecureStream::pauseReceiving);
		SecureStream stream = connected();
		this.proxy.send(payload(SOM, "a"), payload(EOM, "b"));
		this.proxy.die();
		this.proxy.executor.advance(1000);
		this.proxy.create("mintest");
		assertThat(this.handler.take()).containsExactly("rx[S] a");
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest");
		stream.resumeReceiving();
		this.proxy.executor.run();
		stream.resumeReceiving();
		this.proxy.executor.run();
		assertThat(this.handler.take()).containsExactly("rx[E] b", "DISCONNECTED");
		assertThat(this.proxy.take()).containsExactly("CONNECT");
		this.proxy.send(StreamState.CONNECTING, StreamState.CONNECTED);
		assertThat(this.handler.take()).containsExactly("CONNECTING", "CONNECTED");
	}

	@Test
	void aPublicationWhoseLinkIsLostBeforeItsAnswerIsToldOnTheNextConnection() {
		sends("a", "b");
		SecureStream stream = create();
		stream.connect();
		this.proxy.create("mintest", "mqtt");
		this.proxy.send(StreamState.CONNECTING, StreamState.CONNECTED);
		stream.requestTx();
		this.proxy.executor.run();
		this.proxy.send(StreamState.QOS_ACK_REMOTE);
		this.handler.take();
		this.proxy.die();
		assertThat(this.handler.take()).containsExactly("DISCONNECTED");
		this.proxy.executor.advance(1000);
		this.proxy.create("mintest", "mqtt");
		this.proxy.send(StreamState.CONNECTING, StreamState.CONNECTED);
		assertThat(this.handler.take()).containsExactly("CONNECTING", "CONNECTED", "QOS_NACK_REMOTE 1");
		assertThat(stream.snapshot().counters().rejected()).isEqualTo(1);
	}

	@Test
	void aPublicationMayBeAnsweredOnALaterConnectionOfTheProxy() {
		sends("a", "b", "c");
		SecureStream stream = create();
		stream.connect();
		this.proxy.create("mintest", "mqtt");
		this.proxy.send(StreamState.CONNECTING, StreamState.CONNECTED);
		stream.requestTx();
		this.proxy.executor.run();
		this.proxy.send(StreamState.DISCONNECTED, StreamState.CONNECTING, StreamState.CONNECTED);
		this.handler.take();
		this.proxy.send(answer(StreamState.QOS_ACK_REMOTE, 1), answer(StreamState.QOS_NACK_REMOTE, 0),
				answer(StreamState.QOS_ACK_REMOTE, 2));
		assertThat(this.handler.take()).containsExactly("QOS_ACK_REMOTE 1", "QOS_NACK_REMOTE 0", "QOS_ACK_REMOTE 2");
	}

	private static ConnState answer(StreamState state, int frame) {
		return new ConnState(state.code(), frame);
	}

	@Test
	void anEmptyValueAndNamesThatAreTooLongDoNotTravel() {
		SecureStream stream = create();
		stream.metadata().set("empty", "");
		stream.metadata().set("any name, up to 30 characters!", "x");
		this.proxy.create("mintest");
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest",
				"METADATA any name, up to 30 characters!=x");
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> stream.metadata().set("a name of more than thirty characters", "x"));
		assertThatExceptionOfType(SecureStreamsException.class)
			.isThrownBy(() -> this.proxy.streams.create("a".repeat(32), this.handler, StreamOptions.DEFAULTS));
	}

	@Test
	void onlyWhatHasChangedIsSentAgainAndAllOfItOnANewLink() {
		SecureStream stream = create();
		stream.metadata().set("a", "1").set("b", "2");
		this.proxy.create("mintest");
		this.proxy.take();
		stream.metadata().set("b", "3");
		stream.connect();
		assertThat(this.proxy.take()).containsExactly("METADATA b=3", "CONNECT");
		this.proxy.die();
		this.proxy.executor.advance(1000);
		this.proxy.create("mintest");
		assertThat(this.proxy.take()).containsExactlyInAnyOrder("STREAMTYPE mintest", "METADATA a=1", "METADATA b=3",
				"CONNECT");
	}

	@Test
	void rubbishEndsTheLinkAndNothingElse() {
		SecureStream stream = connected();
		this.proxy.sendBytes(Unpooled.copiedBuffer(new byte[] { 1, 2, 3, 4 }));
		assertThat(this.handler.take()).containsExactly("DISCONNECTED");
		assertThat(String.valueOf(stream.lastFailure())).startsWith("PROTOCOL");
		assertThat(this.proxy.current().closed).isTrue();
		this.proxy.executor.advance(1000);
		this.proxy.create("mintest");
		this.proxy.send(created("mintest"));
		assertThat(this.proxy.current().closed).isTrue();
	}

	@Test
	void proxiesOfOursSayWhichFrameAnAnswerIsAbout() {
		sends("a", "b", "c");
		SecureStream stream = create();
		this.proxy.create("mintest", "mqtt");
		stream.requestTx();
		this.proxy.executor.run();
		this.proxy.send(StreamState.POLL, StreamState.CONNECTING, StreamState.CONNECTED);
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest", "HINT -1", "TX[3] a", "TX[3] b", "TX[3] c");
		this.handler.take();
		this.proxy.send(new ConnState(StreamState.QOS_ACK_REMOTE.code(), 2),
				new ConnState(StreamState.QOS_ACK_REMOTE.code(), 0),
				new ConnState(StreamState.QOS_ACK_REMOTE.code(), 9));
		assertThat(this.handler.take()).containsExactly("QOS_ACK_REMOTE 2", "QOS_ACK_REMOTE 0", "QOS_ACK_REMOTE 0");
	}

	@Test
	void aRequestWithoutABodyHasNoSlots() {
		sends("x");
		SecureStream stream = create();
		this.proxy.create("mintest", "h1 GET");
		stream.requestTx();
		this.proxy.executor.run();
		this.proxy.send(state(StreamState.POLL), state(StreamState.CONNECTING), state(StreamState.CONNECTED),
				payload(SOM | EOM, "page"), state(StreamState.QOS_ACK_REMOTE), state(StreamState.DISCONNECTED));
		assertThat(this.handler.take()).containsExactly("CREATING", "POLL", "CONNECTING", "CONNECTED", "rx[SE] page",
				"QOS_ACK_REMOTE 0", "DISCONNECTED");
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE mintest", "HINT -1");
	}

	@Test
	void drainingLetsATransactionFinish() {
		SecureStream stream = create();
		this.proxy.create("mintest", "h1 GET");
		stream.connect();
		this.proxy.executor.run();
		this.proxy.send(StreamState.CONNECTING, StreamState.CONNECTED);
		CompletableFuture<Void> gone = this.proxy.streams.shutdown(Duration.ofSeconds(30)).toCompletableFuture();
		this.proxy.executor.run();
		assertThat(gone).isNotDone();
		this.proxy.send(payload(SOM | EOM, "x"), state(StreamState.QOS_ACK_REMOTE), state(StreamState.DISCONNECTED));
		assertThat(gone).isDone();
		assertThat(this.handler.take()).endsWith("QOS_ACK_REMOTE 0", "DISCONNECTED", "DESTROYING");
	}

}
