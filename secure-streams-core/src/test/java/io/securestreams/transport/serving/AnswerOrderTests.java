package io.securestreams.transport.serving;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamClosedException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Plain threads answer requests, with their calls in every order and at any time: the
 * answer that leaves is the one that was given to the request, whole and once. What comes
 * too late touches nothing.
 */
@Timeout(120)
class AnswerOrderTests {

	private static final List<List<String>> ORDERS = orders(List.of("acknowledge", "metadata", "length", "send"));

	private final List<Throwable> failures = new CopyOnWriteArrayList<>();

	private static List<List<String>> orders(List<String> calls) {
		if (calls.isEmpty()) {
			return List.of(List.of());
		}
		List<List<String>> all = new ArrayList<>();
		for (String first : calls) {
			List<String> others = new ArrayList<>(calls);
			others.remove(first);
			orders(others).forEach((rest) -> {
				List<String> order = new ArrayList<>(List.of(first));
				order.addAll(rest);
				all.add(order);
			});
		}
		return all;
	}

	@ParameterizedTest
	@EnumSource(Version.class)
	void theAnswerIsTheOneThatWasGiven(Version version) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(4);
		List<SecureStream> answered = new CopyOnWriteArrayList<>();
		try (ServingFixture serving = serve()) {
			int port = ((InetSocketAddress) serving
				.listen("site", () -> new Elsewhere((stream) -> threads.execute(() -> answer(stream, answered))))
				.address()).getPort();
			HttpClient client = RequestPartsTests.client(version);
			for (int round = 0; round < 8; round++) {
				List<CompletableFuture<HttpResponse<String>>> pending = new ArrayList<>();
				for (int i = 0; i < ORDERS.size(); i++) {
					pending.add(get(client, port, "/" + (round * ORDERS.size() + i)));
				}
				for (int i = 0; i < ORDERS.size(); i++) {
					HttpResponse<String> response = pending.get(i).get(30, TimeUnit.SECONDS);
					String path = "/" + (round * ORDERS.size() + i);
					List<String> order = ORDERS.get(i);
					assertThat(response.body()).as("%s", order).isEqualTo("for " + path);
					assertThat(response.statusCode()).as("%s", order).isEqualTo(status(path));
					if (order.indexOf("metadata") < Math.max(order.indexOf("acknowledge"), order.indexOf("send"))) {
						assertThat(response.headers().firstValue("x-tag")).as("%s", order).hasValue(path);
					}
				}
				lateCallsFail(answered);
			}
		}
		finally {
			threads.shutdown();
		}
		assertThat(this.failures).isEmpty();
	}

	private static void lateCallsFail(List<SecureStream> answered) {
		for (SecureStream stream : answered) {
			if (stream.isClosed()) {
				assertThatExceptionOfType(StreamClosedException.class).isThrownBy(() -> stream.answer(500));
				stream.metadata().set("tag", "late");
				stream.requestTx(1);
				assertThat(stream.send(new byte[1]).toCompletableFuture()).isCompletedExceptionally();
			}
		}
		answered.clear();
	}

	static ServingFixture serve() throws Exception {
		return RequestPartsTests
			.tls(ServingFixture.server("site", 0).endpoint("!tls", 0).metadata("tag", "x-tag:").url("/").build());
	}

	private static CompletableFuture<HttpResponse<String>> get(HttpClient client, int port, String path) {
		return client.sendAsync(HttpRequest.newBuilder(URI.create("https://localhost:" + port + path))
			.timeout(Duration.ofSeconds(30))
			.build(), BodyHandlers.ofString());
	}

	private static int status(String path) {
		return 200 + Integer.parseInt(path.substring(1)) % 4 * 100;
	}

	private void answer(SecureStream stream, List<SecureStream> answered) {
		try {
			String path = String.valueOf(stream.metadata().get("path"));
			byte[] body = ("for " + path).getBytes(StandardCharsets.UTF_8);
			for (String call : ORDERS.get(Integer.parseInt(path.substring(1)) % ORDERS.size())) {
				switch (call) {
					case "acknowledge" -> stream.acknowledge(status(path));
					case "metadata" -> stream.metadata().set("tag", path);
					case "length" -> stream.requestTx(body.length);
					default -> stream.send(body);
				}
				LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(300_000));
			}
			answered.add(stream);
		}
		catch (RuntimeException ex) {
			this.failures.add(ex);
		}
	}

	/** Has requests answered by somebody else. */
	private record Elsewhere(Consumer<SecureStream> desk) implements StreamHandler {

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN) {
				this.desk.accept(stream);
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
		}

	}

}
