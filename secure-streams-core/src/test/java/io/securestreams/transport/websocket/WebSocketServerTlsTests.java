package io.securestreams.transport.websocket;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.security.cert.CertPathBuilderException;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLHandshakeException;

import io.securestreams.transport.TestPki;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * WebSockets in TLS, with the JDK's client.
 */
@Timeout(60)
class WebSocketServerTlsTests {

	@Test
	void echoesOverTls() throws Exception {
		String large = new Random(7).ints(3 * 1024 * 1024, ' ', 0x7f)
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString();
		try (TlsSite site = new TlsSite()) {
			Receiver receiver = new Receiver();
			WebSocket socket = HttpClient.newBuilder()
				.sslContext(TestPki.jdkContext(null))
				.build()
				.newWebSocketBuilder()
				.buildAsync(URI.create(site.url()), receiver)
				.get(20, TimeUnit.SECONDS);
			socket.sendText("grüße", true).get(20, TimeUnit.SECONDS);
			assertThat(receiver.texts.poll(20, TimeUnit.SECONDS)).isEqualTo("grüße");
			for (int i = 0; i < 3; i++) {
				socket.sendText(large.substring(i * 1024 * 1024, (i + 1) * 1024 * 1024), i == 2)
					.get(20, TimeUnit.SECONDS);
			}
			assertThat(receiver.texts.poll(20, TimeUnit.SECONDS)).isEqualTo(large);
			socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(20, TimeUnit.SECONDS);
			assertThat(receiver.closed.get(20, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
		}
	}

	@Test
	void clientsThatDoNotTrustUsDoNotComeIn() throws Exception {
		try (TlsSite site = new TlsSite()) {
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> HttpClient.newHttpClient()
					.newWebSocketBuilder()
					.buildAsync(URI.create(site.url()), new Receiver())
					.get(20, TimeUnit.SECONDS))
				.withRootCauseInstanceOf(CertPathBuilderException.class)
				.havingCause()
				.isInstanceOf(SSLHandshakeException.class);
		}
	}

	/** Keeps what it is told. */
	private static final class Receiver implements WebSocket.Listener {

		final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

		final CompletableFuture<Integer> closed = new CompletableFuture<>();

		private final StringBuilder characters = new StringBuilder();

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
			this.characters.append(data);
			if (last) {
				this.texts.add(this.characters.toString());
				this.characters.setLength(0);
			}
			socket.request(1);
			return null;
		}

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
			this.closed.complete(code);
			return null;
		}

	}

}
