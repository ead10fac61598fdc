package io.securestreams.transport.websocket;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * A program that serves as a peer.
 */
final class PeerProcess implements AutoCloseable {

	private final Process process;

	private PeerProcess(Process process) {
		this.process = process;
	}

	/** Starts a program in a directory, where its error output goes to {@code log}. */
	static PeerProcess start(Path directory, List<String> command) throws IOException {
		return new PeerProcess(new ProcessBuilder(command).directory(directory.toFile())
			.redirectError(directory.resolve("log").toFile())
			.start());
	}

	/** Runs a program to its end. */
	static boolean succeeds(Path directory, String... command) throws InterruptedException {
		try {
			Process process = new ProcessBuilder(command).directory(directory.toFile())
				.redirectErrorStream(true)
				.redirectOutput(directory.resolve("log").toFile())
				.start();
			boolean ended = process.waitFor(120, TimeUnit.SECONDS);
			process.destroyForcibly();
			return ended && process.exitValue() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Runs a program to its end.
	 * @return its output, with errors
	 */
	static String output(Path directory, String... command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
		try {
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			process.waitFor();
			return output;
		}
		finally {
			process.destroyForcibly();
		}
	}

	/** Copies a script that lies beside this class into a directory. */
	static Path script(Path directory, String name) throws IOException {
		try (InputStream resource = PeerProcess.class.getResourceAsStream(name)) {
			return Files.write(directory.resolve(name), Objects.requireNonNull(resource).readAllBytes());
		}
	}

	/** Where a program is, or {@code null} if it is not installed. */
	static @Nullable String find(String program) {
		for (String directory : (System.getenv("PATH") + ":/usr/sbin").split(":")) {
			Path path = Path.of(directory, program);
			if (Files.isExecutable(path)) {
				return path.toString();
			}
		}
		return null;
	}

	/** Waits for a line {@code PORT n}. */
	int port() throws IOException {
		BufferedReader output = this.process.inputReader();
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			if (line.startsWith("PORT ")) {
				return Integer.parseInt(line.substring(5));
			}
		}
		throw new AssertionError("the peer did not start");
	}

	/** Reads what else it says, to the end. */
	List<String> lines() {
		return this.process.inputReader().lines().toList();
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	@Override
	public void close() {
		this.process.destroyForcibly().onExit().join();
	}

}
