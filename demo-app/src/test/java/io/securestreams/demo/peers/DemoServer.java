package io.securestreams.demo.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code java -jar demo-app.jar} as the server program, on any free ports, with little
 * memory.
 */
final class DemoServer implements AutoCloseable {

	private static final Pattern STARTED = Pattern.compile("Started DemoApplication");

	private final Process process;

	private final Path log;

	/**
	 * Starts it.
	 * @param directory for its log and its certificates
	 * @param options more options of the JVM
	 */
	DemoServer(Path directory, String... options) throws IOException, InterruptedException {
		Path jar = Path.of("target", "demo-app.jar");
		if (!Files.exists(jar)) {
			throw new IllegalStateException(jar.toAbsolutePath() + " is missing: run \"./mvnw verify -Ppeers\"");
		}
		this.log = directory.resolve("server.log");
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
						"-XX:MaxDirectMemorySize=64m"));
		command.addAll(List.of(options));
		command.addAll(List.of("-jar", jar.toString(), "--spring.profiles.active=server", "--server.port=0",
				"--secure-streams.vhosts.http.port=0", "--secure-streams.vhosts.https.port=0",
				"--secure-streams.vhosts.members.port=0", "--secure-streams.vhosts.echo.port=0",
				"--demo.certificates=" + directory));
		this.process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(this.log.toFile()).start();
		while (!STARTED.matcher(log()).find()) {
			if (this.process.waitFor(100, TimeUnit.MILLISECONDS)) {
				throw new IllegalStateException("the server ended:\n" + log());
			}
		}
	}

	String log() throws IOException {
		return Files.readString(this.log);
	}

	int port(String streamType) throws IOException {
		Matcher line = Pattern.compile("\\[" + streamType + "-[0-9]+] listening on /127.0.0.1:([0-9]+)").matcher(log());
		if (!line.find()) {
			throw new IllegalStateException("no port of " + streamType + " in:\n" + log());
		}
		return Integer.parseInt(line.group(1));
	}

	@Override
	public void close() {
		PeerPrograms.stop(this.process);
	}

}
