package io.securestreams.transport.websocket;

import java.net.InetAddress;
import java.net.Socket;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

import io.netty.pkitesting.X509Bundle;
import io.securestreams.engine.spi.Address;
import io.securestreams.limits.NetworkLimits;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.TestRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client certificate is a credential like any other: a redirect does not take it to
 * another origin.
 */
@Timeout(60)
class ClientCertificateRedirectTests {

	private static final X509Bundle DEVICE = TestPki.client("device-7");

	@Test
	void isNotShownToAnotherOrigin() throws Exception {
		TlsIdentities identities = new TlsIdentities() {

			@Override
			public KeyManagerFactory clientIdentity(int index) {
				try {
					return DEVICE.toKeyManagerFactory();
				}
				catch (Exception ex) {
					throw new IllegalStateException(ex);
				}
			}

		};
		try (TestRuntime runtime = TestRuntime.create("auto", NetworkLimits.DEFAULTS, identities);
				JdkPeer second = asking((socket) -> {
					ServerScript server = ServerScript.open(socket);
					assertThat(client(socket)).isEqualTo("nobody");
					server.drain();
				});
				JdkPeer first = asking((socket) -> {
					ServerScript server = new ServerScript(socket).readRequest();
					assertThat(client(socket)).isEqualTo("CN=device-7");
					server.write("HTTP/1.1 302 Found\r\nLocation: https://localhost:" + second.port()
							+ "/\r\nContent-Length: 0\r\n\r\n");
					server.drain();
				})) {
			StreamDouble link = new StreamDouble(runtime.loops().next(),
					Policies.client().redirects().tls(TestPolicies.trusting(0, TestPki.CA.getCertificate())).build(),
					new Address.Host("localhost", first.port()));
			link.transport(Factories.of(runtime, WebSocketLimits.DEFAULTS).webSocket().client(link)).connect();
			TestLink.await(link.connected);
			link.run(() -> link.transport().close());
			first.awaitServed();
			second.awaitServed();
		}
	}

	private static JdkPeer asking(JdkPeer.Script script) throws Exception {
		SSLServerSocket server = (SSLServerSocket) TestPki.jdkContext(TestPki.server("localhost"))
			.getServerSocketFactory()
			.createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
		server.setWantClientAuth(true);
		return JdkPeer.of(server, script);
	}

	private static String client(Socket socket) {
		try {
			return ((SSLSocket) socket).getSession().getPeerPrincipal().getName();
		}
		catch (SSLPeerUnverifiedException ex) {
			return "nobody";
		}
	}

}
