package io.securestreams.transport.websocket;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * WebSocket over HTTP/2 (RFC 8441) to haproxy, which passes it on to Tomcat as an upgrade
 * of HTTP/1.1. Haproxy takes nothing but HTTP/2 here, over a unix socket.
 */
class HaproxyEchoIT extends EchoPeerContract {

	@TempDir
	static Path directory;

	private static TomcatServer tomcat;

	private static PeerProcess haproxy;

	@BeforeAll
	static void start() throws Exception {
		String program = PeerProcess.find("haproxy");
		Assumptions.assumeTrue(program != null, "haproxy is not installed");
		tomcat = new TomcatServer(directory);
		Path configuration = Files.writeString(directory.resolve("haproxy.cfg"), """
				global
					maxconn 256
				defaults
					mode http
					timeout connect 10s
					timeout client 60s
					timeout server 60s
					timeout tunnel 300s
				frontend http2
					bind unix@%1$s/haproxy.sock proto h2
					default_backend tomcat
				backend tomcat
					server tomcat 127.0.0.1:%2$d
				""".formatted(directory, tomcat.port()));
		haproxy = PeerProcess.start(directory, List.of(program, "-db", "-f", configuration.toString()));
		Awaitility.await().until(() -> Files.exists(directory.resolve("haproxy.sock")) || !haproxy.isAlive());
	}

	@AfterAll
	static void stop() throws Exception {
		if (haproxy != null) {
			haproxy.close();
		}
		if (tomcat != null) {
			tomcat.close();
		}
	}

	@Override
	String endpoint() {
		return "\"endpoint\": \"+" + directory.resolve("haproxy.sock") + "\", \"ws_over_h2\": true";
	}

}
