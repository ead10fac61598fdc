package io.securestreams.demo.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One run of {@code java -jar demo-app.jar} as the client program.
 *
 * @param exitCode how it ended
 * @param events what it printed to standard output, all of it JSON lines
 * @param errors what it printed to standard error
 */
record ClientRun(int exitCode, List<JsonNode> events, String errors) {

	private static final JsonMapper json = new JsonMapper();

	static ClientRun of(Path directory, Path policy, String... arguments) throws IOException, InterruptedException {
		Path jar = Path.of("target", "demo-app.jar");
		if (!Files.exists(jar)) {
			throw new IllegalStateException(jar.toAbsolutePath() + " is missing: run \"./mvnw verify -Ppeers\"");
		}
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-XX:+UseSerialGC", "-jar", jar.toString(), "--spring.profiles.active=client",
						"--secure-streams.policy.location=file:" + policy));
		command.addAll(List.of(arguments));
		Path out = directory.resolve("client.out");
		Path err = directory.resolve("client.err");
		Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
		try {
			if (!process.waitFor(60, TimeUnit.SECONDS)) {
				throw new IllegalStateException("the client does not end:\n" + Files.readString(out));
			}
		}
		finally {
			process.destroyForcibly();
		}
		List<JsonNode> events = Files.readAllLines(out, StandardCharsets.UTF_8).stream().map(json::readTree).toList();
		return new ClientRun(process.exitValue(), events, Files.readString(err));
	}

	List<JsonNode> events(String name) {
		return this.events.stream().filter((event) -> event.path("event").asString().equals(name)).toList();
	}

	List<String> states() {
		return events("state").stream().map((event) -> event.path("state").asString()).toList();
	}

	/**
	 * Returns the whole payload in the order it arrived, as far as it is shown.
	 * @return the text
	 */
	String text() {
		StringBuilder text = new StringBuilder();
		events("rx").forEach((event) -> text.append(event.path("text").asString()));
		return text.toString();
	}

}
