package io.securestreams.transport.websocket;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every case of the Autobahn test suite that its Maven artifact has, against client
 * streams and against server streams; in the profile {@code autobahn}. Compression is not
 * among them. Reports are left under {@code target/autobahn}.
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

	/**
	 * Cases for the server, in groups that run side by side: name, streamtype, cases.
	 * With a plus sign before its name a group, and those after it, wait for those
	 * before. A streamtype sends either text or binary messages.
	 */
	private static final List<List<String>> GROUPS = List.of(List.of("server-basics", "text", "1.1.*,2.*,3.*,4.*,5.*"),
			List.of("server-utf8", "text", "6.*"), List.of("server-close", "text", "7.*,10.*"),
			List.of("+server-text", "text", "9.1.*,9.3.*,9.5.*,9.7.*"),
			List.of("server-binary", "binary", "1.2.*,9.2.*,9.4.*,9.6.*,9.8.*"));

	/** About twice what it takes. */
	private static final int FUZZING_MINUTES = 9;

	static boolean isInstalled() {
		return Files.isDirectory(LIBRARY);
	}

	/**
	 * Some cases are a matter of a second to the fuzzing client, which gets into trouble
	 * on a machine that is busy otherwise: it has a second chance.
	 */
	@Test
	@Timeout(2 * 60 * FUZZING_MINUTES + 60)
	void serversPassEveryCase() throws Exception {
		try (ServerSite site = new ServerSite("\"text\": { \"protocol\": \"ws\", \"http_url\": \"/text\" }",
				"\"binary\": { \"protocol\": \"ws\", \"http_url\": \"/binary\", \"ws_binary\": true }")) {
			site.listen("text", PieceEcho::new);
			site.listen("binary", PieceEcho::new);
			List<List<String>> again = GROUPS;
			if (fuzz(site, GROUPS)) {
				again = badCases(GROUPS);
				assertThat(count(GROUPS)).isGreaterThanOrEqualTo(301);
			}
			if (!again.isEmpty()) {
				assertThat(fuzz(site, again)).as("done in time, see " + REPORTS.resolve("client.log")).isTrue();
				assertThat(badCases(again)).isEmpty();
			}
		}
	}

	/** Runs the fuzzing client once; whether it came to its end. */
	private static boolean fuzz(ServerSite site, List<List<String>> groups) throws Exception {
		List<String> arguments = new ArrayList<>(List.of(REPORTS.toAbsolutePath().toString()));
		for (List<String> group : groups) {
			Files.createDirectories(reports(group));
			arguments.addAll(List.of(group.get(0), "ws://" + ServerSite.HOST + ":" + site.port + "/" + group.get(1),
					group.get(2)));
		}
		Process client = jython("fuzzing-client.py", arguments).redirectOutput(REPORTS.resolve("client.out").toFile())
			.redirectError(REPORTS.resolve("client.log").toFile())
			.start();
		try {
			return client.waitFor(FUZZING_MINUTES, TimeUnit.MINUTES) && client.exitValue() == 0;
		}
		finally {
			client.destroyForcibly().waitFor();
		}
	}

	/** Those groups that have bad cases, with these only. */
	private static List<List<String>> badCases(List<List<String>> groups) {
		List<List<String>> bad = new ArrayList<>();
		for (List<String> group : groups) {
			Map<String, String> cases = new TreeMap<>();
			judge(reports(group), cases);
			if (!cases.isEmpty()) {
				System.out.println("Autobahn, " + group.get(0) + ": " + cases);
				bad.add(List.of(group.get(0), group.get(1), String.join(",", cases.keySet())));
			}
		}
		return bad;
	}

	private static int count(List<List<String>> groups) {
		return groups.stream().mapToInt((group) -> results(reports(group)).size()).sum();
	}

	@Test
	@Timeout(1200)
	void clientsPassEveryCase() throws Exception {
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
			Map<String, String> bad = new TreeMap<>();
			judge(REPORTS, bad);
			assertThat(bad).isEmpty();
		}
		finally {
			server.destroyForcibly().waitFor();
		}
	}

	private static Path reports(List<String> group) {
		return REPORTS.resolve(group.get(0).replace("+", ""));
	}

	private static Process startServer() throws IOException {
		return jython("fuzzing-server.py", List.of(REPORTS.toAbsolutePath().toString()))
			.redirectError(REPORTS.resolve("server.log").toFile())
			.start();
	}

	private static ProcessBuilder jython(String script, List<String> arguments) throws IOException {
		Files.createDirectories(REPORTS);
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
						LIBRARY + File.separator + "*", "-Dpython.console.encoding=UTF-8", "org.python.util.jython",
						PeerProcess.script(REPORTS, script).toString()));
		command.addAll(arguments);
		return new ProcessBuilder(command);
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

	private static JsonNode results(Path reports) {
		return JsonMapper.shared().readTree(reports.resolve("index.json").toFile()).get(AGENT);
	}

	/** Prints a summary of a report, and collects the cases that are not good. */
	private static void judge(Path reports, Map<String, String> bad) {
		JsonNode results = results(reports);
		Map<String, Integer> summary = new TreeMap<>();
		results.properties().forEach((entry) -> {
			String behavior = entry.getValue().get("behavior").asString();
			String closing = entry.getValue().get("behaviorClose").asString();
			summary.merge(behavior, 1, Integer::sum);
			if (!GOOD.contains(behavior) || !GOOD.contains(closing)) {
				bad.put(entry.getKey(), behavior + ", closing " + closing);
			}
		});
		System.out.println("Autobahn, " + reports.getFileName() + ": " + results.size() + " cases, " + summary);
	}

	/**
	 * A client that sends back what comes.
	 */
	private static final class Echo extends PieceEcho implements AutoCloseable {

		private final SecureStream stream;

		Echo(SecureStreams streams, String streamType, String path) {
			this.stream = streams.create(streamType, this);
			this.stream.metadata().set("path", path);
			this.stream.connect();
		}

		@Override
		public void close() {
			this.stream.close();
		}

	}

}
