package io.securestreams.transport.serving;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.securestreams.transport.serving.ServingFixture.last;
import static io.securestreams.transport.serving.ServingFixture.talk;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handlers that throw: the client is told that it is the server's fault, as long as it
 * has not been told anything else.
 */
@Timeout(60)
class BrokenHandlerTests {

	@ParameterizedTest
	@CsvSource({ "CREATING", "CONNECTING", "CONNECTED", "SERVER_TXN", "receive", "write", "later" })
	void clientLearnsOfIt(String when) throws Exception {
		try (ServingFixture serving = new ServingFixture("auto",
				ServingFixture.server("pages", 0).endpoint("127.0.0.1", 0).build())) {
			InetSocketAddress address = (InetSocketAddress) serving.listen("pages", () -> new Broken(when)).address();
			String post = last("/").replace("GET", "POST").replace("Host: a", "Host: a\r\nContent-Length: 1") + "x";
			assertThat(talk("127.0.0.1", address.getPort(), post)).startsWith("HTTP/1.1 500 ")
				.contains("connection: close");
		}
	}

	@ParameterizedTest
	@CsvSource({ "CREATING", "CONNECTING", "CONNECTED", "SERVER_TXN", "receive", "write", "later" })
	void clientOfHttp2LearnsOfIt(String when) throws Exception {
		try (ServingFixture serving = RequestPartsTests
			.tls(ServingFixture.server("pages", 0).endpoint("!tls", 0).build())) {
			InetSocketAddress address = (InetSocketAddress) serving.listen("pages", () -> new Broken(when)).address();
			HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + address.getPort() + "/"))
				.POST(BodyPublishers.ofString("x"))
				.build();
			HttpClient client = RequestPartsTests.client(HttpClient.Version.HTTP_2);
			HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
			assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
			assertThat(response.statusCode()).isEqualTo(500);
		}
	}

	/** Fails when it is told to, at the latest in its slot. */
	private static final class Broken implements StreamHandler {

		private final String when;

		Broken(String when) {
			this.when = when;
		}

		private void reached(String event) {
			if (event.equals(this.when)) {
				throw new IllegalStateException("handler");
			}
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			reached(state.name());
			if (state == StreamState.SERVER_TXN && !this.when.equals("later")) {
				stream.acknowledge();
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			reached("receive");
			if (payload.isEnd() && this.when.equals("later")) {
				new Thread(() -> stream.fail(new IllegalStateException("worker"))).start();
			}
			else if (payload.isEnd()) {
				stream.requestTx();
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			slot.write("half");
			reached("write");
		}

	}

}
