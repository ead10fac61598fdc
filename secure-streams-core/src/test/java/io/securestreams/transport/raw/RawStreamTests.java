package io.securestreams.transport.raw;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.BoundListener;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class RawStreamTests extends RawTestSupport {

	RawStreamTests(String transport) {
		super(transport);
	}

	@Test
	void echoesOverTcp() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo)) {
			TestLink link = client(TestPolicies.client(), new Address.Host("127.0.0.1", peer.port()));
			sayHello(link);
			link.connect();
			assertThat(link.awaitText(5)).isEqualTo("hello");
			assertThat(TestLink.await(link.connected)).isEqualTo("127.0.0.1");
			link.run(() -> link.transport().close());
			peer.awaitServed();
			assertThat(link.events).containsExactly("connected", "received");
		}
	}

	@Test
	void echoesOverTls() throws Exception {
		try (JdkPeer peer = JdkPeer.tls(TestPki.server("localhost"), JdkPeer::echo)) {
			TestLink link = client(TestPolicies.client(TestPolicies.trusting(TestPki.CA.getCertificate())),
					new Address.Host("localhost", peer.port()));
			sayHello(link);
			link.connect();
			assertThat(link.awaitText(5)).isEqualTo("hello");
			link.run(() -> link.transport().close());
			peer.awaitServed();
		}
	}

	@Test
	void servesTcp() throws Exception {
		Server server = Server.bind(TestPolicies.server("127.0.0.1"));
		try (Socket socket = new Socket("127.0.0.1", server.port())) {
			assertThat(chat(socket, "hello")).isEqualTo("hello");
			TestLink link = TestLink.await(server.accepted());
			assertThat(link.events).startsWith("connected", "received");
			assertThat(TestLink.await(link.connected)).isEqualTo("127.0.0.1");
		}
		assertThat(TestLink.await(server.accepted().join().closed).phase()).isEqualTo(Phase.CONNECTION);
		server.close();
	}

	@Test
	void servesTls() throws Exception {
		Server server = Server
			.bind(TestPolicies.server("127.0.0.1", 0, TestPolicies.serving(TestPki.server("localhost"))));
		try (Socket socket = TestPki.jdkContext(null).getSocketFactory().createSocket("127.0.0.1", server.port())) {
			assertThat(chat(socket, "hello")).isEqualTo("hello");
		}
		assertThat(TestLink.await(server.accepted().join().closed).message())
			.isEqualTo("the peer closed the connection");
		server.close();
	}

	@Test
	void reportsFailedHandshakeOfAcceptedStream() throws Exception {
		Server server = Server
			.bind(TestPolicies.server("127.0.0.1", 0, TestPolicies.serving(TestPki.server("localhost"))));
		try (Socket socket = new Socket("127.0.0.1", server.port())) {
			socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			TestLink link = TestLink.await(server.accepted());
			assertThat(TestLink.await(link.closed).phase()).isEqualTo(Phase.TLS);
			assertThat(link.closed.join().message()).isEqualTo("the peer does not speak TLS");
			assertThat(link.events).doesNotContain("connected");
		}
		server.close();
	}

	@Test
	void closesRefusedConnections() throws Exception {
		BoundListener listener = TestLink
			.await(factory.listen(TestPolicies.server("127.0.0.1"), (executor, transport, peer) -> null)
				.toCompletableFuture());
		try (Socket socket = new Socket("127.0.0.1", ((InetSocketAddress) listener.address()).getPort())) {
			assertThat(socket.getInputStream().read()).isEqualTo(-1);
		}
		TestLink.await(listener.close().toCompletableFuture());
	}

	@Test
	void talksOverUnixSocketPath() throws Exception {
		Path directory = Files.createTempDirectory("raw");
		Path path = directory.resolve("sock");
		for (int i = 0; i < 2; i++) {
			overUnixSocket("+" + path, new Address.Unix(path.toString(), false), path.toString());
		}
		Files.deleteIfExists(path);
		Files.delete(directory);
	}

	@Test
	void speaksTlsOverUnixSocketAsLocalhost() throws Exception {
		Path directory = Files.createTempDirectory("raw");
		Path path = directory.resolve("sock");
		for (String name : new String[] { "localhost", "other.test" }) {
			Server server = Server.bind(TestPolicies.server("+" + path, 0, TestPolicies.serving(TestPki.server(name))));
			TestLink link = client(TestPolicies.client(TestPolicies.trusting(TestPki.CA.getCertificate())),
					new Address.Unix(path.toString(), false));
			sayHello(link);
			link.connect();
			if (name.equals("localhost")) {
				assertThat(link.awaitText(5)).isEqualTo("hello");
				link.run(() -> link.transport().close());
			}
			else {
				assertThat(TestLink.await(link.closed).phase()).isEqualTo(Phase.TLS);
			}
			TestLink.await(server.accepted().join().closed);
			server.close();
		}
		Files.deleteIfExists(path);
		Files.delete(directory);
	}

	@Test
	void talksOverAbstractUnixSocket() throws Exception {
		Assumptions.assumeTrue(isEpoll(), "needs the epoll library");
		String name = "raw-test-" + ProcessHandle.current().pid();
		overUnixSocket("+@" + name, new Address.Unix(name, true), "@" + name);
	}

	@Test
	void connectsAgainAfterTheEnd() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> socket.getInputStream().read())) {
			TestLink link = client(TestPolicies.client(), new Address.Host("127.0.0.1", peer.port()));
			for (int i = 1; i <= 3; i++) {
				link.run(() -> {
					link.client().connect();
					link.transport().close();
					link.client().connect();
					link.transport().requestWrite();
				});
				TestLink.await(link.connected);
				link.run(() -> link.transport().close());
			}
			assertThat(link.closed).isNotDone();
		}
	}

	private static void overUnixSocket(String endpoint, Address address, String name) throws Exception {
		Server server = Server.bind(TestPolicies.server(endpoint));
		TestLink link = client(TestPolicies.client(), address);
		sayHello(link);
		link.connect();
		assertThat(link.awaitText(5)).isEqualTo("hello");
		assertThat(TestLink.await(link.connected)).isEqualTo(name);
		TestLink accepted = TestLink.await(server.accepted());
		assertThat(TestLink.await(accepted.connected)).isEqualTo(name);
		link.run(() -> link.transport().close());
		TestLink.await(accepted.closed);
		server.close();
	}

	private static String chat(Socket socket, String text) throws IOException {
		byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
		socket.getOutputStream().write(bytes);
		socket.getOutputStream().flush();
		return new String(socket.getInputStream().readNBytes(bytes.length), StandardCharsets.US_ASCII);
	}

}
