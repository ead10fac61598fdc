package io.securestreams.system.captiveportal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the answers to one question mean.
 */
@Timeout(60)
class CaptivePortalDetectorTests {

	private final HttpServer server = server();

	private volatile int status = 204;

	private SecureStreams streams = streams(this.server.getAddress().getPort(), "");

	private CaptivePortalDetector detector = new CaptivePortalDetector(this.streams, true);

	@AfterEach
	void close() {
		this.detector.close();
		this.streams.close();
		this.server.stop(0);
	}

	private HttpServer server() {
		try {
			HttpServer made = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
			made.createContext("/", (exchange) -> {
				exchange.getResponseHeaders().set("Location", "http://portal.example/");
				byte[] page = (this.status == 204) ? new byte[0] : new byte[] { 'x' };
				exchange.sendResponseHeaders(this.status, (page.length == 0) ? -1 : page.length);
				exchange.getResponseBody().write(page);
				exchange.close();
			});
			made.start();
			return made;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Policy policy(int port, String more) {
		return PolicyJson.read("{\"s\": [{\"captive_portal_detect\": {\"endpoint\": \"127.0.0.1\", \"port\": " + port
				+ ", \"protocol\": \"h1\", \"http_url\": \"generate_204\", \"http_expect\": 204, \"opportunistic\": true"
				+ more + "}}]}", "test")
			.policy();
	}

	private static SecureStreams streams(int port, String more) {
		return SecureStreams.builder().policy(policy(port, more)).eventLoopThreads(1).build();
	}

	private void restart(int port, String more) {
		this.streams.updatePolicy((current) -> policy(port, more));
	}

	private CaptivePortalStatus check() {
		return this.detector.check().toCompletableFuture().join();
	}

	@ParameterizedTest
	@CsvSource({ "204, INTERNET_OK", "200, CAPTIVE_PORTAL", "203, CAPTIVE_PORTAL", "302, CAPTIVE_PORTAL",
			"307, CAPTIVE_PORTAL", "511, CAPTIVE_PORTAL", "404, NO_INTERNET", "500, NO_INTERNET", "503, NO_INTERNET" })
	void theAnswerTells(int answer, CaptivePortalState state) {
		restart(this.server.getAddress().getPort(), ", \"http_fail_redirect\": true");
		this.status = answer;
		CaptivePortalStatus verdict = check();
		assertThat(verdict.state()).as(verdict.reason()).isEqualTo(state);
		assertThat(verdict.checkedAt()).isNotNull();
		assertThat(verdict.checking()).isFalse();
		assertThat(this.detector.status()).isEqualTo(verdict);
	}

	@Test
	void aRedirectIsNoPortalUnlessThePolicySaysSo() {
		this.status = 302;
		assertThat(check().state()).isEqualTo(CaptivePortalState.NO_INTERNET);
	}

	@Test
	void nobodyThere() throws IOException {
		try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			restart(closed.getLocalPort(), "");
		}
		assertThat(check().state()).isEqualTo(CaptivePortalState.NO_INTERNET);
	}

	@Test
	void noAnswerInTime() throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			restart(silent.getLocalPort(), ", \"timeout_ms\": 50");
			CaptivePortalStatus verdict = check();
			assertThat(verdict.state()).isEqualTo(CaptivePortalState.NO_INTERNET);
			assertThat(verdict.reason()).contains("in time");
		}
	}

	@Test
	void nothingIsKnownWithoutAStreamtypeOrWhenTurnedOff() {
		assertThat(this.detector.status().state()).isEqualTo(CaptivePortalState.UNKNOWN);
		CaptivePortalDetector off = new CaptivePortalDetector(this.streams, false);
		assertThat(off.check().toCompletableFuture().join().available()).isFalse();
		this.streams.updatePolicy((current) -> Policy.EMPTY);
		assertThat(check().state()).isEqualTo(CaptivePortalState.UNKNOWN);
		assertThat(check().available()).isFalse();
	}

	@Test
	void listenersHearOfOtherVerdictsOnly() {
		List<CaptivePortalState> heard = new CopyOnWriteArrayList<>();
		this.detector.listener((verdict) -> {
			heard.add(verdict.state());
			throw new IllegalStateException("expected by the test");
		});
		check();
		check();
		this.status = 200;
		check();
		this.status = 204;
		check();
		assertThat(heard).containsExactly(CaptivePortalState.INTERNET_OK, CaptivePortalState.CAPTIVE_PORTAL,
				CaptivePortalState.INTERNET_OK);
	}

	@Test
	void nothingIsLeftBehindAndClosingEndsACheck() throws Exception {
		check();
		CountDownLatch gone = new CountDownLatch(1);
		try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			restart(silent.getLocalPort(), "");
			this.detector.check().whenComplete((verdict, failure) -> gone.countDown());
			this.detector.close();
			assertThat(gone.await(30, TimeUnit.SECONDS)).isTrue();
		}
		assertThat(check().checking()).isFalse();
		await().until(() -> this.streams.streams().isEmpty());
	}

}
