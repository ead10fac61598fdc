package io.securestreams.transport.websocket;

import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * Against the WebSocket server of Tomcat.
 */
class TomcatEchoTests extends EchoPeerContract {

	@TempDir
	static Path directory;

	private static TomcatServer server;

	@BeforeAll
	static void start() throws Exception {
		server = new TomcatServer(directory);
	}

	@AfterAll
	static void stop() throws Exception {
		server.close();
	}

	@Override
	String endpoint() {
		return at(server.port());
	}

}
