package io.securestreams.demo.peers;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Starts and stops the programs the client is tried against.
 */
final class PeerPrograms {

	private PeerPrograms() {
	}

	/**
	 * Finds a program; Debian keeps some out of an ordinary user's path.
	 * @param name what it is called
	 * @return where it is
	 */
	static String find(String name) {
		return Stream.concat(Stream.of(System.getenv("PATH").split(File.pathSeparator)), Stream.of("/usr/sbin"))
			.map((directory) -> Path.of(directory, name))
			.filter(Files::isExecutable)
			.findFirst()
			.map(Path::toString)
			.orElseThrow(() -> new IllegalStateException(
					name + " is not installed. The profile \"peers\" needs it: see CONTRIBUTING.md"));
	}

	/**
	 * Starts a program and waits until it listens.
	 * @param log takes its output
	 * @param ports what it must listen on
	 * @param command the command line
	 * @return the running program
	 */
	static Process start(Path log, List<Integer> ports, List<String> command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectInput(ProcessBuilder.Redirect.PIPE)
			.redirectOutput(log.toFile())
			.start();
		for (int port : ports) {
			while (!listens(port)) {
				if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
					throw new IllegalStateException(command + " ended:\n" + Files.readString(log));
				}
			}
		}
		return process;
	}

	/**
	 * Runs a command of the shell.
	 * @param directory where
	 * @param command the command
	 * @return what it prints, errors included
	 */
	static String run(Path directory, String command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder("bash", "-c", "set -o pipefail; " + command).directory(directory.toFile())
			.redirectErrorStream(true)
			.start();
		try (InputStream output = process.getInputStream()) {
			return new String(output.readAllBytes(), StandardCharsets.UTF_8);
		}
		finally {
			process.destroyForcibly();
		}
	}

	static boolean succeeds(Path directory, String command) throws IOException, InterruptedException {
		return run(directory, "(" + command + ") > /dev/null 2>&1 && echo well").equals("well\n");
	}

	static void stop(Process process) {
		process.destroy();
		try {
			if (!process.waitFor(5, TimeUnit.SECONDS)) {
				process.destroyForcibly();
			}
		}
		catch (InterruptedException ex) {
			process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

	static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean listens(int port) {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
