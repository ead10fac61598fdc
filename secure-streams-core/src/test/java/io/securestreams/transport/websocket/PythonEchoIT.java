package io.securestreams.transport.websocket;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * Against the package {@code websockets} of Python, as the system has it.
 */
class PythonEchoIT extends EchoPeerContract {

	private static final String PYTHON = "/usr/bin/python3";

	@TempDir
	static Path directory;

	private static PeerProcess server;

	private static int port;

	@BeforeAll
	static void start() throws Exception {
		Assumptions.assumeTrue(PeerProcess.succeeds(directory, PYTHON, "-c", "import websockets"),
				"python3-websockets is not installed");
		server = PeerProcess.start(directory,
				List.of(PYTHON, PeerProcess.script(directory, "echo-server.py").toString()));
		port = server.port();
	}

	@AfterAll
	static void stop() {
		if (server != null) {
			server.close();
		}
	}

	@Override
	String endpoint() {
		return at(port);
	}

}
