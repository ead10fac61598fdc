package io.securestreams.demo.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import io.securestreams.demo.DemoApplication;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The server with all its handlers on an executor: whatever thread an answer comes from,
 * it is that to its own request.
 */
@SpringBootTest(classes = DemoApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "secure-streams.vhosts.http.port=0", "secure-streams.vhosts.https.port=0",
				"secure-streams.vhosts.members.port=0", "secure-streams.vhosts.echo.port=0",
				"secure-streams.handlers.dispatch=executor" })
@ActiveProfiles("server")
@DirtiesContext
class ExecutorServerTests {

	private static final int UPLOADS = 200;

	@TempDir
	static Path certificates;

	@Autowired
	private SecureStreamHandlerRegistry registry;

	@DynamicPropertySource
	static void properties(DynamicPropertyRegistry properties) {
		properties.add("demo.certificates", certificates::toString);
	}

	private Socket connect() throws IOException {
		Socket socket = new Socket("127.0.0.1",
				((InetSocketAddress) this.registry.server("upload").address()).getPort());
		socket.setSoTimeout(30_000);
		return socket;
	}

	@Test
	void uploadsOnOneConnectionGetTheirOwnAnswers() throws Exception {
		try (Socket socket = connect()) {
			for (int i = 0; i < UPLOADS; i++) {
				upload(socket, i);
			}
		}
	}

	@Test
	void uploadsOnNewConnectionsGetTheirOwnAnswers() throws Exception {
		for (int i = 0; i < UPLOADS; i++) {
			try (Socket socket = connect()) {
				upload(socket, i);
			}
		}
	}

	private static void upload(Socket socket, int number) throws Exception {
		byte[] body = ("body of " + number + " ".repeat(number)).getBytes(StandardCharsets.US_ASCII);
		ByteArrayOutputStream request = new ByteArrayOutputStream();
		request.writeBytes(("POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length + "\r\n\r\n")
			.getBytes(StandardCharsets.US_ASCII));
		request.writeBytes(body);
		socket.getOutputStream().write(request.toByteArray());
		String expected = body.length + " bytes, SHA-256 "
				+ HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body)) + "\n";
		InputStream in = socket.getInputStream();
		String head = head(in);
		assertThat(head).startsWith("HTTP/1.1 200 ").contains("\r\ncontent-length: " + expected.length() + "\r\n");
		assertThat(new String(in.readNBytes(expected.length()), StandardCharsets.US_ASCII)).isEqualTo(expected);
	}

	private static String head(InputStream in) throws IOException {
		StringBuilder head = new StringBuilder();
		while (head.indexOf("\r\n\r\n") < 0) {
			int next = in.read();
			if (next < 0) {
				throw new IOException("end after: " + head);
			}
			head.append((char) next);
		}
		return head.toString();
	}

}
