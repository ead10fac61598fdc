package io.securestreams.transport.serving;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;

import javax.net.ssl.TrustManagerFactory;

import io.netty.pkitesting.X509Bundle;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.stream.platform.ServerIdentity;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.stream.platform.VirtualHost;
import io.securestreams.stream.platform.VirtualHost.ClientAuth;
import io.securestreams.transport.TestPki;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.securestreams.transport.serving.ServingFixture.server;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Listeners against curl, openssl, nc and wrk.
 */
@Timeout(120)
class ServingPeersIT {

	@TempDir
	Path directory;

	private static int port(StreamServer server) {
		return ((InetSocketAddress) server.address()).getPort();
	}

	private ServingFixture start(ClientAuth clientAuth, StreamPolicy... policies) throws Exception {
		X509Bundle server = TestPki.server("localhost");
		KeyStore issuers = KeyStore.getInstance(KeyStore.getDefaultType());
		issuers.load(null, null);
		issuers.setCertificateEntry("issuer", TestPki.CA.getCertificate());
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(issuers);
		ServerIdentity identity = new ServerIdentity(server.toKeyManagerFactory(), trust);
		write("ca.pem", TestPki.CA.getCertificatePEM());
		write("client", TestPki.client("alice"));
		write("stranger", TestPki.authority("CN=stranger"));
		return new ServingFixture("auto",
				(builder) -> builder.virtualHost(new VirtualHost("tls", "127.0.0.1", 0, "own", clientAuth))
					.tlsIdentities(new TlsIdentities() {
						@Override
						public @Nullable ServerIdentity serverIdentity(String name) {
							return identity;
						}
					}),
				policies);
	}

	private void write(String name, String pem) throws Exception {
		Files.writeString(this.directory.resolve(name), pem);
	}

	private void write(String name, X509Bundle identity) throws Exception {
		write(name + ".pem", identity.getCertificatePEM());
		write(name + ".key", identity.getPrivateKeyPEM());
	}

	private String run(String command) throws Exception {
		return PeerProgram.run(this.directory, command);
	}

	@ParameterizedTest
	@CsvSource({ "--http1.1,1.1", "--http2-prior-knowledge,2", "--http1.0,1.1" })
	void curlWithoutTls(String option, String version) throws Exception {
		PeerProgram.require("curl");
		int port = ServingFixture.freePort();
		try (ServingFixture serving = new ServingFixture("auto", server("pages", port).build(),
				server("api", port).url("/api").build())) {
			serving.listen("pages");
			InetSocketAddress address = (InetSocketAddress) serving.listen("api").address();
			String url = "http://" + address.getHostString() + ":" + port;
			String curl = "curl -sS " + option + " -w ' %{http_code} %{http_version} %{num_connects}\n' ";
			assertThat(run(curl + url + "/a")).startsWith("pages /a  200 " + version);
			assertThat(run(curl + url + "/api/x?y")).startsWith("api /api/x  200 " + version);
			if (option.equals("--http1.1")) {
				// curl 7.88 cannot do that with prior knowledge of HTTP/2
				assertThat(run(curl + url + "/a " + url + "/api " + url + "/b").lines())
					.containsExactly("pages /a  200 1.1 1", "api /api  200 1.1 0", "pages /b  200 1.1 0");
			}
			assertThat(run(curl + "-d some=form " + url + "/api")).startsWith("api /api some=form 200 " + version);
			assertThat(run(curl + "-I " + url + "/api")).contains("200");
			assertThat(run(curl + "-H 'Expect: 100-continue' -d body " + url + "/api"))
				.startsWith("api /api body 200 ");
			assertThat(run("curl -sS " + option + " -X TRACE -o /dev/null -w '%{http_code}' " + url))
				.matches("405|200");
		}
	}

	@ParameterizedTest
	@CsvSource({ "--http1.1,1.1", "--http2,2" })
	void curlWithClientCertificates(String option, String version) throws Exception {
		PeerProgram.require("curl");
		try (ServingFixture serving = start(ClientAuth.NEED, server("pages", 0).endpoint("!tls", 0).build())) {
			String url = "https://localhost:" + port(serving.listen("pages")) + "/x";
			String curl = "curl -sS " + option + " --cacert ca.pem -w ' %{http_code} %{http_version}' ";
			assertThat(run(curl + "--cert client.pem --key client.key " + url)).isEqualTo("pages /x  200 " + version);
			assertThat(run(curl + url + "; true")).endsWith(" 000 0");
			assertThat(run(curl + "--cert stranger.pem --key stranger.key " + url + "; true")).endsWith(" 000 0");
			assertThat(run(curl + "--cert client.pem --key client.key " + url)).contains(" 200 ");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "tls1_2", "tls1_3" })
	void openssl(String version) throws Exception {
		PeerProgram.require("openssl");
		try (ServingFixture serving = start(ClientAuth.WANT, server("pages", 0).endpoint("!tls", 0).build())) {
			int port = port(serving.listen("pages"));
			String client = "openssl s_client -" + version + " -connect 127.0.0.1:" + port
					+ " -servername localhost -CAfile ca.pem -verify_return_error -ign_eof ";
			String request = "printf 'GET /o HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' | ";
			assertThat(run(request + client + "-alpn http/1.1 -cert client.pem -key client.key 2>&1")).contains(
					"ALPN protocol: http/1.1", "Verify return code: 0 (ok)", "pages /o ",
					"Acceptable client certificate CA names");
			assertThat(run("echo | " + client.replace("-ign_eof", "") + "-alpn h2 2>&1; true"))
				.contains("ALPN protocol: h2");
			assertThat(run("echo | openssl s_client -tls1_1 -connect 127.0.0.1:" + port + " 2>&1; true"))
				.doesNotContain("Cipher is ECDHE");
			// Garbage instead of a handshake, then business as usual
			assertThat(run("head -c 5000 /dev/urandom | timeout 20 openssl s_client -connect 127.0.0.1:" + port
					+ " >/dev/null 2>&1; head -c 5000 /dev/urandom 2>/dev/null > /dev/tcp/127.0.0.1/" + port + "; "
					+ "printf 'GET / HTTP/1.1\\r\\n\\r\\n' > /dev/tcp/127.0.0.1/" + port + "; true"))
				.isEmpty();
			assertThat(run(request + client + " 2>&1")).contains("pages /o ");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "--http1.1", "--http2-prior-knowledge" })
	void curlSendsForms(String option) throws Exception {
		PeerProgram.require("curl");
		try (ServingFixture serving = new ServingFixture("auto", RequestPartsTests.policies("127.0.0.1"))) {
			int port = port(serving.listen("parts", () -> new RequestPartsTests.Report(true)));
			run("head -c 20971520 /dev/urandom > big.bin; : > empty; printf x > x.txt");
			String hash = run("sha256sum < big.bin").substring(0, 64);
			assertThat(run("curl -sS " + option + " -F 'meta={}' -F 'file=@big.bin' -F 'file=@empty;type=text/x-own'"
					+ " -F 'other=@x.txt;filename=\"odd\\\"; name=x\"' http://127.0.0.1:" + port + "/up")
				.lines()).satisfiesExactly((line) -> assertThat(line).isEqualTo("group"),
						(line) -> assertThat(line).startsWith("form-meta meta/null/null ").contains(" content 2 "),
						(line) -> assertThat(line).startsWith("form-file file/big.bin/application/octet-stream ")
							.endsWith(" content 20971520 " + hash),
						(line) -> assertThat(line).startsWith("form-file file/empty/text/x-own ")
							.contains(" content 0 "),
						(line) -> assertThat(line).matches("parts other/odd(\"|%22); name=x/text/plain .*"),
						(line) -> assertThat(line).isEqualTo("end"));
			assertThat(
					run("curl -sS " + option + " -o /dev/null -w '%{http_code}' -H 'Content-Type: multipart/form-data; "
							+ "boundary=b' --data-binary $'--b\r\n\r\nhalf' http://127.0.0.1:" + port + "/up"))
				.isEqualTo("400");
		}
	}

	@Test
	void netcat() throws Exception {
		PeerProgram.require("nc");
		try (ServingFixture serving = new ServingFixture("auto", server("pages", 0).endpoint("127.0.0.1", 0).build())) {
			int port = port(serving.listen("pages"));
			assertThat(run("printf 'GET /1 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"
					+ "GET /2 HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' | nc -q 5 127.0.0.1 " + port))
				.containsSubsequence("200 OK", "pages /1 ", "200 OK", "pages /2 ");
			assertThat(run("(head -c 3000 /dev/urandom; printf '\\r\\n\\r\\n') | nc -q 5 127.0.0.1 " + port))
				.contains("HTTP/1.1 400 ");
		}
	}

	@Test
	void wrk() throws Exception {
		PeerProgram.require("wrk");
		try (ServingFixture serving = new ServingFixture("auto", server("pages", 0).endpoint("127.0.0.1", 0).build())) {
			int port = port(serving.listen("pages"));
			String report = run("wrk -t 1 -c 64 -d 3s http://127.0.0.1:" + port + "/x");
			assertThat(report).contains("requests in").doesNotContain("Socket errors", "Non-2xx");
		}
	}

}
