package io.securestreams.transport.serving;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.factory.StreamServer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * What a handler is told of a request, and what its client gets, is the same on both
 * versions of HTTP: states, ordinals, slots, payload and failures. The client is the
 * JDK's.
 */
@Timeout(120)
class ServerContractTests {

	private static final String TEXT = "0123456789".repeat(7);

	private static final List<String> CASES = List.of("GET /whole", "GET /text", "GET /sent", "GET /sent-before",
			"GET /created", "GET /slots", "GET /length", "GET /length-before", "GET /longer", "GET /shorter",
			"GET /empty", "GET /nothing", "GET /reject", "GET /not-here", "GET /none", "GET /header", "GET /again",
			"GET /throw", "GET /throw-in-slot", "GET /fail", "POST /close", "POST /disconnect", "HEAD /text",
			"HEAD /slots", "HEAD /length", "HEAD /empty", "POST /echo", "POST /refuse", "POST /pause", "POST /whole",
			"PUT /count", "TRACE /text", "GET /bad-sent", "GET /a/../text", "GET /%74ext", "GET /b%00c", "GET //text");

	static Stream<Arguments> cases() {
		return CASES.stream()
			.flatMap((request) -> Stream.of(3, 65_536)
				.flatMap((slot) -> Stream.of(true, false).map((onLoop) -> arguments(request, slot, onLoop))));
	}

	@ParameterizedTest(name = "{0}, slots of {1}, on the event loop {2}")
	@MethodSource("cases")
	void isTheSameOnBothVersions(String request, int slot, boolean onLoop) throws Exception {
		List<String> first = exchange(Version.HTTP_1_1, request, slot, onLoop);
		List<String> second = exchange(Version.HTTP_2, request, slot, onLoop);
		assertThat(second).isEqualTo(first);
		assertThat(first).isNotEmpty();
		if (request.equals("GET /bad-sent")) {
			assertThat(first).endsWith("500  0 ", "SendFailedException");
		}
		else if (request.contains("/sent")) {
			assertThat(first).endsWith("sent with slot 0");
		}
	}

	private static final ExecutorService elsewhere = Executors.newSingleThreadExecutor();

	private static final Map<Version, HttpClient> clients = Map.of(Version.HTTP_1_1,
			RequestPartsTests.client(Version.HTTP_1_1), Version.HTTP_2, RequestPartsTests.client(Version.HTTP_2));

	private static volatile Supplier<StreamHandler> scripts = () -> {
		throw new IllegalStateException("no test");
	};

	private static ServingFixture serving;

	private static StreamServer server;

	@BeforeAll
	static void start() throws Exception {
		serving = RequestPartsTests
			.tls(ServingFixture.server("site", 0).endpoint("!tls", 0).metadata("tag", "x-tag:").url("/").build());
		server = serving.listen("site", () -> scripts.get());
	}

	@AfterAll
	static void stop() {
		serving.close();
		elsewhere.shutdown();
	}

	private static List<String> exchange(Version version, String request, int slot, boolean onLoop) throws Exception {
		List<String> events = new CopyOnWriteArrayList<>();
		List<CompletableFuture<Long>> futures = new CopyOnWriteArrayList<>();
		scripts = () -> new Script(events, futures, slot, onLoop ? null : elsewhere);
		String answer = answer(((InetSocketAddress) server.address()).getPort(), version, request);
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> server.clients().isEmpty());
		List<String> all = new ArrayList<>(events);
		all.add(answer);
		for (CompletableFuture<Long> future : futures) {
			all.add(future
				.handle((ordinal, failure) -> (failure != null) ? failure.getClass().getSimpleName()
						: "sent with slot " + ordinal)
				.get(20, TimeUnit.SECONDS));
		}
		return all;
	}

	private static String answer(int port, Version version, String request) throws Exception {
		String method = request.substring(0, request.indexOf(' '));
		String path = request.substring(method.length() + 1);
		boolean body = method.equals("POST") || method.equals("PUT");
		HttpRequest asked = HttpRequest.newBuilder(URI.create("https://localhost:" + port + path))
			.timeout(Duration.ofSeconds(20))
			.method(method, body ? BodyPublishers.ofString(TEXT) : BodyPublishers.noBody())
			.build();
		try {
			HttpResponse<String> response = clients.get(version).send(asked, BodyHandlers.ofString());
			assertThat(response.version()).isEqualTo(version);
			return response.statusCode() + " " + response.headers().firstValue("x-tag").orElse("") + " "
					+ response.headers().firstValue("content-length").orElse("") + " " + response.body();
		}
		catch (IOException ex) {
			return "no answer";
		}
	}

	private static final Set<String> HERE = Set.of("/refuse", "/close", "/disconnect", "/throw", "/again");

	/** Does what the path says, here or elsewhere. */
	private static final class Script implements StreamHandler {

		private final List<String> events;

		private final List<CompletableFuture<Long>> futures;

		private final int slot;

		private final @Nullable ExecutorService elsewhere;

		private final StringBuilder received = new StringBuilder();

		private String path = "";

		private int size = TEXT.length();

		private int sent;

		Script(List<String> events, List<CompletableFuture<Long>> futures, int slot,
				@Nullable ExecutorService elsewhere) {
			this.events = events;
			this.futures = futures;
			this.slot = slot;
			this.elsewhere = elsewhere;
		}

		/** What races with the end of the request or its answer is done here. */
		private void act(Runnable action) {
			if (this.elsewhere != null && !HERE.contains(this.path)) {
				this.elsewhere.execute(action);
			}
			else {
				action.run();
			}
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			this.events.add(state + " " + ordinal);
			if (state == StreamState.SERVER_TXN) {
				this.path = String.valueOf(stream.metadata().get("path"));
				this.events.add(stream.metadata().get("method") + " " + this.path);
				act(() -> asked(stream));
			}
			else if (state == StreamState.DESTROYING && stream.lastFailure() != null) {
				this.events.add(stream.lastFailure().phase() + " " + stream.lastFailure().message());
			}
		}

		private void asked(SecureStream stream) {
			stream.metadata().set("tag", this.path);
			switch (this.path) {
				case "/whole" -> stream.answer(202);
				case "/text" -> stream.answer(200, bytes("text"));
				case "/sent" -> {
					stream.acknowledge();
					sent(stream, "sent");
				}
				case "/bad-sent" -> {
					stream.metadata().set("tag", "a\u0001b");
					stream.acknowledge();
					sent(stream, "never");
				}
				case "/sent-before" -> {
					sent(stream, "sent before");
					stream.acknowledge(201);
				}
				case "/created" -> stream.answer(201, bytes(TEXT.repeat(1000)));
				case "/slots", "/throw-in-slot" -> {
					stream.acknowledge();
					stream.requestTx();
				}
				case "/length" -> {
					stream.acknowledge();
					stream.requestTx(this.size);
				}
				case "/length-before" -> {
					stream.requestTx(this.size);
					stream.acknowledge();
				}
				case "/longer" -> announce(stream, 5);
				case "/shorter" -> announce(stream, 80);
				case "/empty" -> {
					this.size = 0;
					announce(stream, 0);
				}
				case "/nothing" -> stream.answer(200, new byte[0]);
				case "/reject" -> stream.reject();
				case "/none" -> {
					stream.acknowledge(204);
					sent(stream, "nobody gets this");
				}
				case "/refuse" -> stream.answer(405, bytes("not so"));
				case "/header" -> {
					stream.metadata().set("tag", "a\u0001b");
					stream.answer(200, bytes("text"));
				}
				case "/again" -> again(stream);
				case "/throw" -> throw new IllegalStateException("expected by the test");
				case "/fail" -> stream.fail(new IllegalStateException("expected by the test"));
				case "/close" -> stream.close();
				case "/disconnect" -> stream.disconnect();
				case "/pause" -> {
					stream.pauseReceiving();
					stream.resumeReceiving();
				}
				case "/echo", "/count" -> {
				}
				default -> stream.answer(404, bytes("not here"));
			}
		}

		/** What becomes of it is told in the end. */
		private void sent(SecureStream stream, String text) {
			this.futures.add(stream.send(bytes(text)).toCompletableFuture());
		}

		private static void announce(SecureStream stream, int length) {
			stream.requestTx(length);
			stream.acknowledge();
		}

		private void again(SecureStream stream) {
			stream.answer(200, bytes("once"));
			try {
				stream.acknowledge(500);
			}
			catch (IllegalStateException ex) {
				this.events.add("refused");
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			if (payload.isStart()) {
				this.events.add("start");
			}
			this.received.append(payload.text());
			if (payload.isEnd()) {
				this.events.add("end of " + this.received);
				String answer = this.path.equals("/count") ? String.valueOf(this.received.length())
						: this.received.toString();
				if (!this.path.equals("/whole") && !this.path.equals("/refuse")) {
					act(() -> stream.answer(200, bytes(answer)));
				}
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot room) {
			int length = Math.min(this.slot, Math.min(room.capacity(), this.size - this.sent));
			this.events.add("slot " + room.ordinal() + " of " + room.capacity());
			room.write(TEXT.substring(this.sent, this.sent + length));
			this.sent += length;
			if (this.path.equals("/throw-in-slot")) {
				throw new IllegalStateException("expected by the test");
			}
			if (this.sent == this.size) {
				room.end();
			}
		}

		private static byte[] bytes(String text) {
			return text.getBytes(StandardCharsets.UTF_8);
		}

	}

}
