package io.securestreams.transport.http1;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http.HttpLink;
import io.securestreams.transport.http.ServerRoute;
import io.securestreams.transport.http.ServerRoutes;
import io.securestreams.transport.http.TestHttpPolicy;
import io.securestreams.transport.http.UpgradeHandler;
import io.securestreams.transport.http1.server.Http1Server;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Bodies that come slowly, on a clock that is moved by hand.
 */
class SlowClientTests {

	private static final HttpServerLimits PATIENT = HttpServerLimits.builder().answerTimeout(Duration.ZERO).build();

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private Consumer<HttpLink> onTransaction = (stream) -> {
	};

	private @Nullable HttpLink link;

	private void serve(HttpServerLimits limits) {
		this.channel.freezeTime();
		StreamPolicy policy = TestHttpPolicy.server().build();
		ServerRoutes routes = ServerRoutes.NONE.with(ServerRoute.of(policy, (executor, transport, peer) -> {
			HttpLink accepted = new HttpLink(executor, policy).transport(transport);
			accepted.onTransaction = this.onTransaction;
			this.link = accepted;
			return accepted;
		}));
		new Http1Server(limits, UpgradeHandler.NONE).accept(this.channel, () -> routes);
	}

	private HttpLink link() {
		assertThat(this.link).isNotNull();
		return this.link;
	}

	private void post(int length, String... fields) {
		send("POST / HTTP/1.1\r\nHost: a\r\n" + String.join("", fields) + "Content-Length: " + length + "\r\n\r\n");
	}

	private void send(String text) {
		this.channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
		this.channel.runPendingTasks();
	}

	private void pass(long millis) {
		this.channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
		this.channel.runPendingTasks();
	}

	private String answer() {
		this.channel.runPendingTasks();
		StringBuilder text = new StringBuilder();
		for (ByteBuf next = this.channel.readOutbound(); next != null; next = this.channel.readOutbound()) {
			text.append(next.toString(StandardCharsets.ISO_8859_1));
			next.release();
		}
		return text.toString();
	}

	@AfterEach
	void close() {
		this.channel.finishAndReleaseAll();
	}

	@Test
	void oneByteNowAndThenIsTooSlow() {
		serve(HttpServerLimits.DEFAULTS);
		post(1000);
		send("x");
		pass(29_000);
		send("x");
		pass(990);
		assertThat(answer()).isEmpty();
		pass(20);
		assertThat(answer()).startsWith("HTTP/1.1 408 ");
		assertThat(link().closed.join().phase()).isEqualTo(Phase.CONNECTION);
	}

	@Test
	void leastRateIsEnough() {
		serve(HttpServerLimits.DEFAULTS);
		post(1_000_000);
		for (int second = 0; second < 600; second++) {
			send("x".repeat(241));
			pass(1000);
		}
		assertThat(answer()).isEmpty();
		// A little less uses the time up
		for (int second = 0; second < 200 && this.channel.isActive(); second++) {
			send("x".repeat(200));
			pass(1000);
		}
		assertThat(answer()).startsWith("HTTP/1.1 408 ");
	}

	@Test
	void hasteSavesNoMoreThanTheTimeout() {
		serve(HttpServerLimits.DEFAULTS);
		post(1_000_000);
		send("x".repeat(500_000));
		pass(29_990);
		assertThat(answer()).isEmpty();
		pass(20);
		assertThat(answer()).startsWith("HTTP/1.1 408 ");
	}

	@Test
	void slowApplicationsCostTheClientNothingAndGainItNothing() {
		serve(PATIENT);
		post(1000);
		for (int i = 0; i < 29; i++) {
			link().transport().pauseReading();
			pass(3_600_000);
			link().transport().resumeReading();
			pass(1000);
			send("x");
		}
		assertThat(answer()).isEmpty();
		pass(2000);
		assertThat(answer()).startsWith("HTTP/1.1 408 ");
	}

	@Test
	void clientMayWaitForContinue() {
		serve(PATIENT);
		this.onTransaction = (stream) -> stream.transport().pauseReading();
		post(1000, "Expect: 100-continue\r\n");
		pass(3_600_000);
		assertThat(answer()).isEmpty();
		link().transport().resumeReading();
		assertThat(answer()).startsWith("HTTP/1.1 100 ");
		pass(31_000);
		assertThat(answer()).startsWith("HTTP/1.1 408 ");
	}

	@Test
	void unwantedBodiesHaveNoMoreTime() {
		serve(HttpServerLimits.DEFAULTS);
		post(1000);
		pass(20_000);
		link().accepted().answer(404);
		assertThat(answer()).startsWith("HTTP/1.1 404 ");
		pass(9_000);
		send("x");
		pass(2_000);
		assertThat(this.channel.isActive()).isFalse();
	}

	@Test
	void withoutALeastRateAnyByteIsEnough() {
		serve(HttpServerLimits.builder().minDataRate(0).build());
		post(1000);
		for (int i = 0; i < 100; i++) {
			pass(29_000);
			send("x");
		}
		assertThat(answer()).isEmpty();
		pass(30_010);
		assertThat(answer()).startsWith("HTTP/1.1 408 ");
	}

	@Test
	void handlersThatNeverAnswerAreAnsweredFor() {
		serve(HttpServerLimits.DEFAULTS);
		send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
		pass(299_990);
		assertThat(answer()).isEmpty();
		pass(20);
		assertThat(answer()).startsWith("HTTP/1.1 503 ").contains("connection: close");
		assertThat(link().closed.join().phase()).isEqualTo(Phase.HANDLER);
	}

	@Test
	void handlersThatStopInTheMiddleLoseTheConnection() {
		serve(HttpServerLimits.DEFAULTS);
		send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
		link().accepted().acknowledge(200);
		link().sendMore("some");
		assertThat(answer()).startsWith("HTTP/1.1 200 ");
		pass(200_000);
		link().sendMore("more");
		assertThat(answer()).contains("more");
		pass(200_000);
		assertThat(this.channel.isActive()).isTrue();
		pass(101_000);
		assertThat(this.channel.isActive()).isFalse();
		assertThat(link().closed.join().phase()).isEqualTo(Phase.HANDLER);
	}

	@Test
	void handlersThatPauseForEverAreAnsweredFor() {
		serve(HttpServerLimits.DEFAULTS);
		this.onTransaction = (stream) -> stream.transport().pauseReading();
		post(10);
		pass(301_000);
		assertThat(answer()).startsWith("HTTP/1.1 503 ");
	}

	@Test
	void clientsThatGoOnSendingAfterTheEndAreReadNoMoreAndCutOff() {
		serve(HttpServerLimits.DEFAULTS);
		send("nonsense\r\n\r\n");
		assertThat(answer()).startsWith("HTTP/1.1 400 ");
		for (int i = 0; i < 17; i++) {
			assertThat(this.channel.config().isAutoRead()).isTrue();
			send("x".repeat(64 * 1024));
		}
		// To close now would break off the answer, which the client may not have read
		assertThat(this.channel.isActive()).isTrue();
		assertThat(this.channel.config().isAutoRead()).isFalse();
		pass(2100);
		assertThat(this.channel.isActive()).isFalse();
	}

}
