package io.securestreams.transport.websocket;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.securestreams.engine.spi.Address;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestRuntime;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Opening handshakes that are not the first: with cookies, and elsewhere.
 */
@Timeout(60)
class HandshakeCookieTests {

	private static TestRuntime runtime;

	/** Request line and cookies of each handshake. */
	private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();

	private Factories factories;

	@BeforeAll
	static void start() {
		runtime = TestRuntime.create("auto");
	}

	@AfterAll
	static void stop() {
		runtime.close();
	}

	@BeforeEach
	void make() {
		this.factories = Factories.of(runtime, WebSocketLimits.DEFAULTS);
	}

	private StreamDouble client(Policies policy, int port) {
		StreamDouble link = new StreamDouble(runtime.loops().next(), policy.build(),
				new Address.Host("127.0.0.1", port));
		return link.transport(this.factories.webSocket().client(link));
	}

	private JdkPeer peer(String... headers) throws Exception {
		return JdkPeer.tcp((socket) -> {
			ServerScript server = new ServerScript(socket).readRequest();
			this.asked.add(server.requestLine() + " " + server.header("cookie"));
			server.write(server.switching(headers)).drain();
		});
	}

	private String asked() throws InterruptedException {
		return this.asked.poll(20, TimeUnit.SECONDS);
	}

	private void connectOnce(Policies policy, int port) {
		StreamDouble link = client(policy, port).connect();
		TestLink.await(link.connected);
		link.run(() -> link.transport().close());
	}

	@Test
	void aCookieOfTheUpgradeComesBackWithTheNextOne() throws Exception {
		try (JdkPeer peer = peer("Set-Cookie: id=7; Path=/chat", "Set-Cookie: other=1; Path=/elsewhere")) {
			connectOnce(Policies.client().cookies(), peer.port());
			connectOnce(Policies.client().cookies(), peer.port());
			connectOnce(Policies.client(), peer.port());
			assertThat(List.of(asked(), asked(), asked())).containsExactly("GET /chat HTTP/1.1 ",
					"GET /chat HTTP/1.1 id=7", "GET /chat HTTP/1.1 ");
		}
	}

	@Test
	void withoutThePolicyACookieIsNotKept() throws Exception {
		try (JdkPeer peer = peer("Set-Cookie: id=7")) {
			connectOnce(Policies.client(), peer.port());
			connectOnce(Policies.client().cookies(), peer.port());
			assertThat(List.of(asked(), asked())).containsExactly("GET /chat HTTP/1.1 ", "GET /chat HTTP/1.1 ");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "ftp://127.0.0.1/", "mailto:a@b", "wss+unix:///x" })
	void aRedirectThatLeadsNowhereIsNotFollowed(String location) throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			ServerScript server = new ServerScript(socket).readRequest();
			server.write("HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n").drain();
		})) {
			StreamDouble link = client(Policies.client().redirects(), peer.port()).connect();
			StreamFailure failure = TestLink.await(link.closed);
			assertThat(failure.phase()).as(failure.message()).isEqualTo(Phase.REDIRECT);
			assertThat(failure.message()).isEqualTo("redirect 302 to something other than http or https");
			assertThat(failure.unsent()).isTrue();
			assertThat(link.events).containsExactly("timings", "closed");
		}
	}

}
