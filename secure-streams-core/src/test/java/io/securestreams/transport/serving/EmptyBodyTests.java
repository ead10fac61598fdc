package io.securestreams.transport.serving;

import java.io.ByteArrayInputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.testing.OtherThread;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.securestreams.transport.serving.ServingFixture.talk;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that could have a body and have an empty one, and requests that have none. The
 * client is the JDK's, with HTTP/1.1 and HTTP/2, and a socket for what that does not say.
 */
@Timeout(60)
class EmptyBodyTests {

	private static final String EMPTY = "start true end true length 0";

	private final List<String> events = new CopyOnWriteArrayList<>();

	private static ServingFixture tls() throws Exception {
		return RequestPartsTests.tls(RequestPartsTests.policies("!tls"));
	}

	private static ServingFixture plain() {
		return new ServingFixture("auto", RequestPartsTests.policies("127.0.0.1"));
	}

	private int listen(ServingFixture serving) {
		return listen(serving, () -> new AtTheEnd(this.events));
	}

	private static int listen(ServingFixture serving, Supplier<StreamHandler> handlers) {
		return ((InetSocketAddress) serving.listen("parts", handlers).address()).getPort();
	}

	private static HttpResponse<String> send(int port, Version version, String method, String path, String type,
			BodyPublisher body) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + port + path))
			.timeout(Duration.ofSeconds(20))
			.header("content-type", type)
			.method(method, body)
			.build();
		HttpResponse<String> response = RequestPartsTests.client(version).send(request, BodyHandlers.ofString());
		assertThat(response.version()).isEqualTo(version);
		return response;
	}

	/** Nothing, of a length that is known beforehand or not. */
	private static BodyPublisher nothing(boolean known) {
		return known ? BodyPublishers.noBody()
				: BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[0]));
	}

	private static String last(String method, String path, String fields) {
		return method + " " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields + "\r\n";
	}

	@ParameterizedTest
	@CsvSource({ "HTTP_1_1,POST,true", "HTTP_1_1,PUT,true", "HTTP_1_1,PATCH,true", "HTTP_1_1,POST,false",
			"HTTP_1_1,DELETE,false", "HTTP_2,POST,true", "HTTP_2,PUT,true", "HTTP_2,PATCH,true", "HTTP_2,POST,false",
			"HTTP_2,DELETE,false" })
	void emptyBodiesAreOneEmptyMessage(Version version, String method, boolean known) throws Exception {
		try (ServingFixture serving = tls()) {
			HttpResponse<String> response = send(listen(serving), version, method, "/end", "text/plain",
					nothing(known));
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("end of 0 bytes");
		}
		assertThat(this.events).containsExactly("SERVER_TXN " + method, EMPTY);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "Content-Length: 0\r\n" })
	void theMethodOrTheFramingSaysThatThereIsABody(String fields) throws Exception {
		try (ServingFixture serving = plain()) {
			int port = listen(serving);
			assertThat(talk("127.0.0.1", port, last("POST", "/end", fields))).startsWith("HTTP/1.1 200 ")
				.endsWith("end of 0 bytes");
			assertThat(this.events).containsExactly("SERVER_TXN POST", EMPTY);
		}
	}

	@Test
	void anyMethodMayAnnounceABody() throws Exception {
		try (ServingFixture serving = plain()) {
			int port = listen(serving);
			assertThat(talk("127.0.0.1", port, last("DELETE", "/end", "Content-Length: 0\r\n")))
				.endsWith("end of 0 bytes");
			assertThat(talk("127.0.0.1", port, last("OPTIONS", "/end", "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n"))
				.endsWith("end of 0 bytes");
			assertThat(this.events).containsExactly("SERVER_TXN DELETE", EMPTY, "SERVER_TXN OPTIONS", EMPTY);
		}
	}

	/** The JDK's client, for one, may say so of every GET. */
	@ParameterizedTest
	@ValueSource(strings = { "GET", "HEAD" })
	void retrievalsThatAnnounceNothingHaveNoPayload(String method) throws Exception {
		try (ServingFixture serving = plain()) {
			int port = listen(serving);
			assertThat(talk("127.0.0.1", port, last(method, "/now", "Content-Length: 0\r\n")))
				.startsWith("HTTP/1.1 200 ");
			assertThat(this.events).containsExactly("SERVER_TXN " + method);
		}
	}

	@Test
	void requestsFollowOneAnother() throws Exception {
		String post = "POST /end HTTP/1.1\r\nHost: a\r\n";
		try (ServingFixture serving = plain()) {
			int port = listen(serving);
			String answers = talk("127.0.0.1", port,
					post + "\r\n" + post + "Content-Length: 2\r\n\r\nab" + post
							+ "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + post + "Content-Length: 0\r\n\r\n"
							+ last("GET", "/now", ""));
			assertThat(answers.split("HTTP/1.1 200 ")).hasSize(6);
			assertThat(answers).containsSubsequence("end of 0 bytes", "end of 2 bytes", "end of 0 bytes",
					"end of 0 bytes", "now");
			assertThat(this.events).containsExactly("SERVER_TXN POST", EMPTY, "SERVER_TXN POST",
					"start true end false length 2", "start false end true length 0", "SERVER_TXN POST", EMPTY,
					"SERVER_TXN POST", EMPTY, "SERVER_TXN GET");
		}
	}

	@ParameterizedTest
	@CsvSource({ "HTTP_1_1,GET", "HTTP_1_1,HEAD", "HTTP_2,GET", "HTTP_2,HEAD" })
	void requestsWithoutABodyHaveNoPayload(Version version, String method) throws Exception {
		try (ServingFixture serving = tls()) {
			HttpRequest.Builder request = HttpRequest
				.newBuilder(URI.create("https://localhost:" + listen(serving) + "/now"))
				.timeout(Duration.ofSeconds(20));
			request = method.equals("GET") ? request.GET() : request.method(method, BodyPublishers.noBody());
			HttpResponse<String> response = RequestPartsTests.client(version)
				.send(request.build(), BodyHandlers.ofString());
			assertThat(response.statusCode()).isEqualTo(200);
		}
		assertThat(this.events).containsExactly("SERVER_TXN " + method);
	}

	@ParameterizedTest
	@ValueSource(strings = { "DELETE", "OPTIONS", "GET", "HEAD" })
	void requestsThatAnnounceNoBodyHaveNoPayload(String method) throws Exception {
		try (ServingFixture serving = plain()) {
			int port = listen(serving);
			assertThat(talk("127.0.0.1", port, last(method, "/now", ""))).startsWith("HTTP/1.1 200 ");
		}
		assertThat(this.events).containsExactly("SERVER_TXN " + method);
	}

	@ParameterizedTest
	@CsvSource({ "HTTP_1_1,true", "HTTP_1_1,false", "HTTP_2,true", "HTTP_2,false" })
	void statusAloneIsNoAnswerBeforeTheEnd(Version version, boolean known) throws Exception {
		try (ServingFixture serving = tls()) {
			int port = listen(serving, () -> new ServingFixture.Answer(this.events));
			assertThat(send(port, version, "POST", "/x", "text/plain", nothing(known)).body()).isEqualTo("parts /x ");
		}
	}

	@ParameterizedTest
	@CsvSource({ "HTTP_1_1,true", "HTTP_1_1,false", "HTTP_2,true", "HTTP_2,false" })
	void statusAloneIsTheAnswerAfterTheEnd(Version version, boolean known) throws Exception {
		try (ServingFixture serving = tls()) {
			HttpResponse<String> response = send(listen(serving), version, "POST", "/status", "text/plain",
					nothing(known));
			assertThat(response.statusCode()).isEqualTo(202);
			assertThat(response.body()).isEmpty();
		}
		assertThat(this.events).containsExactly("SERVER_TXN POST", EMPTY);
	}

	@ParameterizedTest
	@CsvSource({ "HTTP_1_1,true", "HTTP_1_1,false", "HTTP_2,true", "HTTP_2,false" })
	void bodiesThatHaveBeenRefusedAreNotDelivered(Version version, boolean known) throws Exception {
		try (ServingFixture serving = tls()) {
			int port = listen(serving);
			assertThat(send(port, version, "POST", "/refuse", "text/plain", nothing(known)).statusCode())
				.isEqualTo(405);
			// Nor does the next request have anything to do with them
			assertThat(send(port, version, "POST", "/end", "text/plain", nothing(known)).statusCode()).isEqualTo(200);
		}
		assertThat(this.events).containsExactly("SERVER_TXN POST", "SERVER_TXN POST", EMPTY);
	}

	@ParameterizedTest
	@EnumSource(Version.class)
	void pauseHoldsTheEmptyMessage(Version version) throws Exception {
		try (ServingFixture serving = tls()) {
			assertThat(send(listen(serving), version, "POST", "/pause", "text/plain", BodyPublishers.noBody())
				.statusCode()).isEqualTo(200);
		}
		assertThat(this.events).containsExactly("SERVER_TXN POST", "resumed", EMPTY);
	}

	@ParameterizedTest
	@CsvSource({ "HTTP_1_1,true", "HTTP_1_1,false", "HTTP_2,true", "HTTP_2,false" })
	void multipartBodiesAreNotEmpty(Version version, boolean known) throws Exception {
		try (ServingFixture serving = tls()) {
			assertThat(send(listen(serving), version, "POST", "/end", "multipart/form-data; boundary=b", nothing(known))
				.statusCode()).isEqualTo(400);
		}
		assertThat(this.events).containsExactly("SERVER_TXN POST");
	}

	@Test
	void requestsThatNobodyServesHaveNoPayload() throws Exception {
		try (ServingFixture serving = plain()) {
			int port = listen(serving);
			assertThat(talk("127.0.0.1", port, "POST /end HTTP/1.1\r\nHost: a\r\n\r\n" + last("TRACE", "/end", "")))
				.contains("end of 0 bytes")
				.contains("HTTP/1.1 405 ");
			assertThat(this.events).containsExactly("SERVER_TXN POST", EMPTY);
		}
	}

	/** Answers at the end of the body, unless the path says otherwise. */
	private static final class AtTheEnd implements StreamHandler {

		private final List<String> events;

		private int size;

		private String answer = "";

		AtTheEnd(List<String> events) {
			this.events = events;
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state != StreamState.SERVER_TXN) {
				return;
			}
			this.events.add(state + " " + stream.metadata().get("method"));
			this.size = 0;
			switch (String.valueOf(stream.metadata().get("path"))) {
				case "/now" -> {
					this.answer = "now";
					stream.acknowledge();
					stream.requestTx();
				}
				case "/refuse" -> stream.answer(405);
				case "/status" -> stream.answer(202);
				case "/pause" -> {
					stream.pauseReceiving();
					OtherThread.run(() -> {
						this.events.add("resumed");
						stream.resumeReceiving();
					});
				}
				default -> {
				}
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.events.add("start " + payload.isStart() + " end " + payload.isEnd() + " length " + payload.length());
			this.size += payload.length();
			if (payload.isEnd() && !"/status".equals(stream.metadata().get("path"))) {
				this.answer = "end of " + this.size + " bytes";
				stream.acknowledge();
				stream.requestTx();
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			slot.write(this.answer).end();
		}

	}

}
