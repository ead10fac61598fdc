package io.securestreams.transport.contract;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import static org.awaitility.Awaitility.await;

/**
 * A program of the system that takes part in a test.
 */
public final class Program implements AutoCloseable {

	private final Process process;

	private final Path log;

	private Program(Process process, Path log) {
		this.process = process;
		this.log = log;
	}

	/** Where a program is, or {@code null} if it is not installed. */
	public static @Nullable String find(String name) {
		for (String directory : (System.getenv("PATH") + ":/usr/sbin:/sbin").split(":")) {
			Path path = Path.of(directory, name);
			if (Files.isExecutable(path)) {
				return path.toString();
			}
		}
		return null;
	}

	public static Program start(Path log, List<String> command) throws IOException {
		return new Program(new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start(),
				log);
	}

	/** Runs a class of the tests in a JVM of its own, and returns what it printed. */
	public static String java(List<String> launcher, Map<String, String> environment, Class<?> main,
			String... arguments) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(launcher);
		command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), main.getName()));
		command.addAll(List.of(arguments));
		Path output = Files.createTempFile("java", ".log");
		try {
			ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(output.toFile());
			builder.environment().putAll(environment);
			Process process = builder.start();
			if (!process.waitFor(50, TimeUnit.SECONDS)) {
				process.destroyForcibly().waitFor();
				return "not over in time: " + Files.readString(output);
			}
			return Files.readString(output);
		}
		finally {
			Files.delete(output);
		}
	}

	public static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			return socket.getLocalPort();
		}
	}

	/** Waits until it listens on 127.0.0.1. */
	public Program listening(int port) {
		await().atMost(20, TimeUnit.SECONDS).until(() -> {
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
				return true;
			}
			catch (IOException ex) {
				return false;
			}
		});
		return this;
	}

	public boolean isAlive() {
		return this.process.isAlive();
	}

	public String log() throws IOException {
		return Files.readString(this.log);
	}

	@Override
	public void close() {
		this.process.descendants().forEach(ProcessHandle::destroyForcibly);
		this.process.destroyForcibly().onExit().join();
	}

}
