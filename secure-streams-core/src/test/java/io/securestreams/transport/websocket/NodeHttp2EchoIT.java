package io.securestreams.transport.websocket;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

import io.netty.pkitesting.X509Bundle;
import io.securestreams.transport.TestPki;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * WebSocket over HTTP/2 (RFC 8441) in TLS to the module {@code http2} of Node.js, which
 * takes nothing else here; frames by its package {@code ws}.
 */
class NodeHttp2EchoIT extends EchoPeerContract {

	@TempDir
	static Path directory;

	private static PeerProcess server;

	private static int port;

	@BeforeAll
	static void start() throws Exception {
		String node = PeerProcess.find("node");
		Assumptions.assumeTrue(node != null && PeerProcess.find("npm") != null, "node and npm are not installed");
		Assumptions.assumeTrue(PeerProcess.succeeds(directory, "npm", "install", "--no-audit", "--no-fund",
				"--ignore-scripts", "ws@8"), "npm cannot fetch ws");
		X509Bundle identity = TestPki.server("localhost");
		Files.writeString(directory.resolve("certificate.pem"), identity.getCertificatePathPEM());
		Files.writeString(directory.resolve("key.pem"), identity.getPrivateKeyPEM());
		Path script = PeerProcess.script(directory, "echo-http2-server.mjs");
		server = PeerProcess.start(directory, List.of(node, script.toString()));
		port = server.port();
	}

	@AfterAll
	static void stop() {
		if (server != null) {
			server.close();
		}
	}

	@Override
	String sections() {
		try {
			return "\"certs\": [ { \"test-ca\": \""
					+ Base64.getEncoder().encodeToString(TestPki.CA.getCertificate().getEncoded())
					+ "\" } ], \"trust_stores\": [ { \"name\": \"test\", \"stack\": [ \"test-ca\" ] } ],";
		}
		catch (java.security.cert.CertificateEncodingException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	String endpoint() {
		return "\"endpoint\": \"localhost\", \"port\": " + port
				+ ", \"tls\": true, \"tls_trust_store\": \"test\", \"ws_over_h2\": true";
	}

}
