package io.securestreams.transport.serving;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assumptions;

/**
 * Programs that are clients.
 */
final class PeerProgram {

	private PeerProgram() {
	}

	/** Skips the test if a program is not installed. */
	static void require(String program) {
		boolean found = false;
		for (String directory : (System.getenv("PATH") + ":/usr/sbin").split(":")) {
			found |= Files.isExecutable(Path.of(directory, program));
		}
		Assumptions.assumeTrue(found, () -> program + " is not installed");
	}

	/** Runs a shell command and returns what it prints, errors included. */
	static String run(Path directory, String command) throws IOException, InterruptedException {
		Process process = start(directory, List.of("bash", "-c", "set -o pipefail; " + command));
		try (InputStream output = process.getInputStream()) {
			String printed = new String(output.readAllBytes(), StandardCharsets.ISO_8859_1);
			if (!process.waitFor(60, TimeUnit.SECONDS)) {
				throw new AssertionError("still running: " + command);
			}
			return printed;
		}
		finally {
			process.destroyForcibly();
		}
	}

	static Process start(Path directory, List<String> command) throws IOException {
		return new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
	}

}
