package io.securestreams.spring.template;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.spring.template.TransactionException.Outcome;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.UnknownMetadataException;
import io.securestreams.stream.UnknownStreamTypeException;
import io.securestreams.stream.adapter.MessageSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Transactions with the JDK's HTTP server.
 */
@Timeout(60)
class SecureStreamTemplateTests {

	private static final byte[] LARGE = new byte[3_000_000];

	private static final CountDownLatch release = new CountDownLatch(1);

	private static HttpServer server;

	private static ExecutorService threads;

	private static SecureStreams engine;

	private static SecureStreamTemplate template;

	@TempDir
	private Path directory;

	@BeforeAll
	static void start() throws Exception {
		new Random(1).nextBytes(LARGE);
		threads = Executors.newCachedThreadPool();
		server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.setExecutor(threads);
		server.createContext("/page", (exchange) -> {
			exchange.getResponseHeaders().add("X-Kind", "greeting");
			answer(exchange, 200, ("hello " + exchange.getRequestURI().getPath()).getBytes(StandardCharsets.UTF_8));
		});
		server.createContext("/echo", (exchange) -> {
			try (InputStream body = exchange.getRequestBody()) {
				answer(exchange, 200, body.readAllBytes());
			}
		});
		server.createContext("/missing", (exchange) -> answer(exchange, 404, new byte[] { '?' }));
		server.createContext("/large", (exchange) -> answer(exchange, 200, LARGE));
		server.createContext("/cut", (exchange) -> {
			exchange.sendResponseHeaders(200, 100);
			exchange.getResponseBody().write(new byte[50]);
			exchange.getResponseBody().flush();
			// Closing short of the announced length breaks the connection off
			exchange.close();
		});
		server.createContext("/never", (exchange) -> {
			await(release);
			exchange.close();
		});
		server.start();
		engine = SecureStreams.builder().policy(PolicyJson.read(policy(), "test").policy()).eventLoopThreads(1).build();
		template = new SecureStreamTemplate(engine, Duration.ofSeconds(30), 1_000_000, threads);
	}

	@AfterAll
	static void stop() {
		release.countDown();
		engine.close();
		server.stop(0);
		threads.shutdown();
	}

	@AfterEach
	void noStreamIsLeftBehind() {
		Awaitility.await().untilAsserted(() -> assertThat(engine.streams()).isEmpty());
	}

	@Test
	void sendsAFile() throws IOException {
		Path file = this.directory.resolve("file");
		Files.write(file, Arrays.copyOf(LARGE, 900_000));
		assertThat(template.exchange("echo", TransactionRequest.of(file)).body()).isEqualTo(Files.readAllBytes(file));
	}

	@Test
	void sendsAStreamOfUnknownLength() {
		MessageSource source = () -> new ByteArrayInputStream(LARGE, 0, 500_000);
		assertThat(template.exchange("echo", TransactionRequest.of(source)).body())
			.isEqualTo(Arrays.copyOf(LARGE, 500_000));
	}

	@Test
	void saysWhatCannotBeRead() {
		assertThatExceptionOfType(UncheckedIOException.class)
			.isThrownBy(() -> TransactionRequest.of(this.directory.resolve("none")))
			.withCauseInstanceOf(NoSuchFileException.class);
		MessageSource broken = () -> {
			throw new IOException("no medium");
		};
		assertThatExceptionOfType(TransactionException.class)
			.isThrownBy(() -> template.exchange("echo", TransactionRequest.of(broken)))
			.withMessageContaining("no medium")
			.satisfies((ex) -> assertThat(ex.outcome()).isEqualTo(Outcome.UNUSABLE));
	}

	private static Throwable onAnEventLoop(ThrowingCallable call) throws Exception {
		CompletableFuture<Throwable> thrown = new CompletableFuture<>();
		engine.create("page", new StreamHandler() {
			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				if (state == StreamState.CREATING) {
					thrown.complete(catchThrowable(call));
					stream.close();
				}
			}
		});
		return thrown.get(20, TimeUnit.SECONDS);
	}

	@Test
	void nobodyWaitsOnAnEventLoop() throws Exception {
		Path file = this.directory.resolve("file");
		assertThat(onAnEventLoop(() -> template.exchange("page"))).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("exchangeAsync, dispatch = EXECUTOR");
		assertThat(onAnEventLoop(() -> template.send("echo", "x"))).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("sendAsync");
		assertThat(onAnEventLoop(() -> template.download("page", file))).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("downloadAsync");
		assertThat(engine.streams()).hasSizeLessThanOrEqualTo(1);
	}

	@Test
	void nobodyWaitsForAFutureOnAnEventLoop() throws Exception {
		CompletableFuture<TransactionResponse> never = template.exchangeAsync("never");
		assertThat(onAnEventLoop(never::join)).isInstanceOf(IllegalStateException.class);
		assertThat(onAnEventLoop(never::get)).isInstanceOf(IllegalStateException.class);
		assertThat(onAnEventLoop(() -> never.get(1, TimeUnit.SECONDS))).isInstanceOf(IllegalStateException.class);
		assertThat(onAnEventLoop(() -> never.thenApply(TransactionResponse::text).join()))
			.isInstanceOf(IllegalStateException.class);
		never.cancel(true);
		CompletableFuture<TransactionResponse> done = template.exchangeAsync("page");
		done.join();
		assertThat(onAnEventLoop(done::join)).isNull();
	}

	private static String policy() throws IOException {
		StringBuilder policy = new StringBuilder(
				"{ \"retry\": [ { \"twice\": { \"backoff\": [ 1 ], \"conceal\": 1 } } ], \"s\": [");
		for (String name : new String[] { "page", "missing", "large", "cut", "never" }) {
			policy.append(streamType(name, server.getAddress().getPort(), "GET", "")).append(",");
		}
		policy.append(streamType("echo", server.getAddress().getPort(), "POST", "")).append(",");
		policy.append(streamType("impatient", server.getAddress().getPort(), "GET", ", \"timeout_ms\": 50"))
			.append(",");
		policy.append(streamType("closed", closedPort(), "GET", "")).append(",");
		return policy.append("{ \"raw\": { \"endpoint\": \"localhost\", \"port\": 1, \"protocol\": \"raw\" } } ] }")
			.toString();
	}

	private static String streamType(String name, int port, String method, String more) {
		String path = name.equals("impatient") ? "never" : name;
		return "{ \"" + name + "\": { \"endpoint\": \"127.0.0.1\", \"port\": " + port
				+ ", \"protocol\": \"h1\", \"http_method\": \"" + method + "\", \"http_url\": \"" + path
				+ "${more}\", \"opportunistic\": true, \"retry\": \"twice\", "
				+ "\"metadata\": [ { \"more\": \"\" }, { \"kind\": \"x-kind:\" } ]" + more + " } }";
	}

	private static int closedPort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
		exchange.sendResponseHeaders(status, (body.length > 0) ? body.length : -1);
		exchange.getResponseBody().write(body);
		exchange.close();
	}

	@Test
	void anInterruptEndsTheWaitAndTheStream() throws Exception {
		CompletableFuture<Throwable> thrown = new CompletableFuture<>();
		Thread waiting = new Thread(() -> {
			Throwable failure = catchThrowable(() -> template.exchange("never"));
			thrown.complete(Thread.currentThread().isInterrupted() ? failure : null);
		});
		waiting.start();
		Awaitility.await().until(() -> !engine.streams().isEmpty());
		waiting.interrupt();
		assertThat(thrown.get()).isInstanceOfSatisfying(TransactionException.class, (failure) -> {
			assertThat(failure.outcome()).isEqualTo(Outcome.CLOSED);
			assertThat(failure).hasMessageContaining("the waiting thread was interrupted");
		});
		Awaitility.await().until(() -> engine.streams().isEmpty());
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static TransactionException failure(String streamType) {
		return catchThrowableOfType(TransactionException.class, () -> template.exchange(streamType));
	}

	@Test
	void exchangeGivesWhatCameBack() {
		TransactionResponse response = template.exchange("page");
		assertThat(response.text()).isEqualTo("hello /page");
		assertThat(response.metadata()).containsEntry("kind", "greeting");
	}

	@Test
	void metadataIsSetBeforeConnecting() {
		assertThat(template.exchange("page", TransactionRequest.with("more", "/one")).text())
			.isEqualTo("hello /page/one");
	}

	@Test
	void manyAtOnceHaveTheirOwnOutcome() {
		CompletableFuture<?>[] all = Stream.iterate(0, (number) -> number + 1)
			.limit(200)
			.map((number) -> template.exchangeAsync("page", TransactionRequest.with("more", "/" + number))
				.thenAccept((response) -> assertThat(response.text()).isEqualTo("hello /page/" + number)))
			.toArray(CompletableFuture<?>[]::new);
		CompletableFuture.allOf(all).join();
	}

	@Test
	void bodyIsSentAndEchoed() {
		assertThat(template.exchange("echo", TransactionRequest.of("some text")).text()).isEqualTo("some text");
		template.send("echo", "more text");
		template.send("echo", new byte[] { 1, 2, 3 });
	}

	@Test
	void emptyBodyIsABody() {
		assertThat(template.exchange("echo", TransactionRequest.of("")).text()).isEmpty();
	}

	@Test
	void refusalIsTold() {
		TransactionException failure = failure("missing");
		assertThat(failure.outcome()).isEqualTo(Outcome.REJECTED);
		assertThat(failure).hasMessage("streamtype \"missing\": REJECTED, the peer has refused: status 404");
	}

	@Test
	void peerOutOfReachIsToldAfterTheRetries() {
		TransactionException failure = failure("closed");
		assertThat(failure.outcome()).isEqualTo(Outcome.UNREACHABLE);
		assertThat(failure.failure()).isNotNull();
		assertThat(failure.failure().phase()).isEqualTo(StreamFailure.Phase.CONNECT);
		assertThat(failure)
			.hasMessageStartingWith("streamtype \"closed\": UNREACHABLE, all retries have failed: CONNECT ");
	}

	@Test
	void truncatedResponseIsNotTakenForAResponse() {
		assertThat(failure("cut").outcome()).isEqualTo(Outcome.LOST);
	}

	@Test
	void timeoutOfTheRequestCounts() {
		TransactionException failure = catchThrowableOfType(TransactionException.class,
				() -> template.exchange("never", TransactionRequest.EMPTY.within(Duration.ofMillis(20))));
		assertThat(failure.outcome()).isEqualTo(Outcome.TIMEOUT);
	}

	@Test
	void timeoutOfThePolicyCounts() {
		assertThat(failure("impatient").outcome()).isEqualTo(Outcome.TIMEOUT);
	}

	@Test
	void responseThatIsTooLongIsNotKept() {
		TransactionException failure = failure("large");
		assertThat(failure.outcome()).isEqualTo(Outcome.UNUSABLE);
		assertThat(failure).hasMessageContaining("more than 1000000 bytes");
	}

	@Test
	void cancellingClosesTheStream() {
		CompletableFuture<TransactionResponse> future = template.exchangeAsync("never");
		Awaitility.await().untilAsserted(() -> assertThat(engine.streams()).hasSize(1));
		future.cancel(false);
		Awaitility.await().untilAsserted(() -> assertThat(engine.streams()).isEmpty());
	}

	@Test
	void downloadWritesTheFile() throws Exception {
		Path file = this.directory.resolve("large.bin");
		Files.writeString(file, "old");
		assertThat(template.download("large", file)).isEqualTo(file.toAbsolutePath());
		assertThat(file).hasBinaryContent(LARGE);
		assertThat(names()).containsExactly("large.bin");
	}

	@Test
	void downloadOfNothingIsAnEmptyFile() throws Exception {
		Path file = template.download("echo", TransactionRequest.of(""), this.directory.resolve("empty"));
		assertThat(file).isEmptyFile();
	}

	@Test
	void downloadThatFailsLeavesTheOldFileAndNoOther() throws Exception {
		Path file = this.directory.resolve("file");
		Files.writeString(file, "old");
		for (String streamType : new String[] { "cut", "missing", "closed" }) {
			assertThatExceptionOfType(TransactionException.class).isThrownBy(() -> template.download(streamType, file));
		}
		assertThat(file).hasContent("old");
		assertThat(names()).containsExactly("file");
	}

	@Test
	void downloadIntoNowhereFails() {
		TransactionException failure = catchThrowableOfType(TransactionException.class,
				() -> template.download("page", this.directory.resolve("no/such/directory/file")));
		assertThat(failure.outcome()).isEqualTo(Outcome.UNUSABLE);
	}

	@Test
	void unknownNamesAreToldAtOnce() {
		assertThatExceptionOfType(UnknownStreamTypeException.class).isThrownBy(() -> template.exchangeAsync("pag"));
		assertThatExceptionOfType(UnknownMetadataException.class)
			.isThrownBy(() -> template.exchange("page", TransactionRequest.with("nam", "x")));
	}

	@Test
	void protocolWithoutAcknowledgementIsRefused() {
		assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(() -> template.exchangeAsync("raw"))
			.withMessageContaining("nothing is acknowledged with protocol \"raw\"");
	}

	@Test
	void requestsAndResponsesDoNotPrintTheirValues() {
		assertThat(TransactionRequest.of("secret").andWith("name", "secret")).asString().doesNotContain("secret");
		assertThat(template.exchange("page")).asString().doesNotContain("hello", "greeting");
	}

	private Stream<String> names() throws IOException {
		try (Stream<Path> files = Files.list(this.directory)) {
			return files.map((file) -> file.getFileName().toString()).toList().stream();
		}
	}

}
