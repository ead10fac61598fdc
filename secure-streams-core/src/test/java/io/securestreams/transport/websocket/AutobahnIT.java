package io.securestreams.transport.websocket;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every case of the Autobahn test suite that its Maven artifact has, against client
 * streams; in the profile {@code autobahn}. Compression is not among them. A report is
 * left under {@code target/autobahn}.
 */
@EnabledIf("isInstalled")
class AutobahnIT {

	private static final String AGENT = "secure-streams";

	private static final Set<String> GOOD = Set.of("OK", "NON-STRICT", "INFORMATIONAL");

	/** Filled by the profile. */
	private static final Path LIBRARY = Path.of("target", "autobahn-lib");

	private static final Path REPORTS = Path.of("target", "autobahn");

	private static final String STREAM = """
			{ "endpoint": "127.0.0.1", "port": %d, "protocol": "ws", "http_url": "${path}", "opportunistic": true,
			  "metadata": [ { "path": "" } ], "ws_binary": %b }
			""";

	static boolean isInstalled() {
		return Files.isDirectory(LIBRARY);
	}

	@Test
	@Timeout(900)
	void passesEveryCase() throws Exception {
		Files.createDirectories(REPORTS);
		Process server = startServer();
		try {
			BufferedReader output = server.inputReader();
			int port = port(output);
			Thread reader = new Thread(() -> output.lines().forEach((line) -> {
			}));
			reader.setDaemon(true);
			reader.start();
			String policy = "{ \"s\": [ { \"text\": " + STREAM.formatted(port, false) + " }, { \"binary\": "
					+ STREAM.formatted(port, true) + " } ] }";
			try (SecureStreams streams = SecureStreams.builder()
				.policy(PolicyJson.read(policy, "test").policy())
				.build()) {
				runAll(streams);
			}
			assertGood();
		}
		finally {
			server.destroyForcibly().waitFor();
		}
	}

	private static Process startServer() throws IOException {
		Path script = REPORTS.resolve("fuzzing-server.py");
		try (InputStream resource = AutobahnIT.class.getResourceAsStream("fuzzing-server.py")) {
			Files.write(script, resource.readAllBytes());
		}
		return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				LIBRARY + File.separator + "*", "-Dpython.console.encoding=UTF-8", "org.python.util.jython",
				script.toString(), REPORTS.toAbsolutePath().toString())
			.redirectError(REPORTS.resolve("server.log").toFile())
			.start();
	}

	private static int port(BufferedReader output) throws IOException {
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			if (line.startsWith("PORT ")) {
				return Integer.parseInt(line.substring(5));
			}
		}
		throw new AssertionError("the fuzzing server did not start, see " + REPORTS.resolve("server.log"));
	}

	private static void runAll(SecureStreams streams) throws Exception {
		int count = Integer.parseInt(ask(streams, "/getCaseCount"));
		assertThat(count).isGreaterThanOrEqualTo(301);
		for (int i = 1; i <= count; i++) {
			String id = JsonMapper.shared().readTree(ask(streams, "/getCaseInfo?case=" + i)).get("id").asString();
			try (Echo echo = new Echo(streams, id.matches("1\\.2\\..*|9\\.[2468]\\..*") ? "binary" : "text",
					"/runCase?case=" + i + "&agent=" + AGENT)) {
				echo.ended.get(120, TimeUnit.SECONDS);
			}
			ask(streams, "/getCaseStatus?case=" + i + "&agent=" + AGENT);
		}
		ask(streams, "/updateReports?agent=" + AGENT);
	}

	/** The message the server sends before it closes, empty for none. */
	private static String ask(SecureStreams streams, String path) throws Exception {
		StringBuilder answer = new StringBuilder();
		CompletableFuture<String> whole = new CompletableFuture<>();
		SecureStream stream = streams.create("text", new StreamHandler() {
			@Override
			public void onReceive(SecureStream stream, Payload payload) {
				answer.append(payload.text());
			}

			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				if (state == StreamState.DISCONNECTED) {
					whole.complete(answer.toString());
				}
				else if (state == StreamState.UNREACHABLE) {
					whole.completeExceptionally(new AssertionError(stream.lastFailure()));
				}
			}
		});
		stream.metadata().set("path", path);
		stream.connect();
		try {
			return whole.get(120, TimeUnit.SECONDS);
		}
		finally {
			stream.close();
		}
	}

	private static void assertGood() {
		JsonNode results = JsonMapper.shared().readTree(REPORTS.resolve("index.json").toFile()).get(AGENT);
		Map<String, Integer> summary = new TreeMap<>();
		Map<String, String> bad = new TreeMap<>();
		results.properties().forEach((entry) -> {
			String behavior = entry.getValue().get("behavior").asString();
			String closing = entry.getValue().get("behaviorClose").asString();
			summary.merge(behavior, 1, Integer::sum);
			if (!GOOD.contains(behavior) || !GOOD.contains(closing)) {
				bad.put(entry.getKey(), behavior + ", closing " + closing);
			}
		});
		System.out.println("Autobahn: " + results.size() + " cases, " + summary);
		assertThat(bad).isEmpty();
	}

	/**
	 * Sends back what comes.
	 */
	private static final class Echo implements StreamHandler, AutoCloseable {

		final CompletableFuture<Void> ended = new CompletableFuture<>();

		private final Queue<Piece> pieces = new ArrayDeque<>();

		private final SecureStream stream;

		Echo(SecureStreams streams, String streamType, String path) {
			this.stream = streams.create(streamType, this);
			this.stream.metadata().set("path", path);
			this.stream.connect();
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			switch (state) {
				case DISCONNECTED, UNREACHABLE, DESTROYING -> {
					this.ended.complete(null);
					this.pieces.forEach((piece) -> piece.bytes().release());
					this.pieces.clear();
				}
				default -> {
				}
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.pieces.add(new Piece(payload.content().retain(), payload.isStart(), payload.isEnd()));
			stream.requestTx();
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			Piece piece = this.pieces.peek();
			if (piece == null) {
				return;
			}
			if (piece.bytes().readableBytes() > slot.capacity()) {
				slot.transfer(piece.bytes().readRetainedSlice(slot.capacity()));
				if (piece.start()) {
					slot.start();
					this.pieces.remove();
					((ArrayDeque<Piece>) this.pieces).addFirst(new Piece(piece.bytes(), false, piece.end()));
				}
			}
			else {
				this.pieces.remove();
				if (piece.start()) {
					slot.start();
				}
				if (piece.end()) {
					slot.end();
				}
				slot.transfer(piece.bytes());
			}
			if (!this.pieces.isEmpty()) {
				stream.requestTx();
			}
		}

		@Override
		public void close() {
			this.stream.close();
		}

		private record Piece(ByteBuf bytes, boolean start, boolean end) {

		}

	}

}
