package io.securestreams.transport.tls;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.Unpooled;
import io.netty.pkitesting.X509Bundle;
import io.securestreams.engine.spi.Address;
import io.securestreams.limits.NetworkLimits;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.raw.RawTransportFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Mutual TLS and resumed sessions, as {@code openssl s_server} sees them on the page it
 * serves.
 */
@Timeout(60)
@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
@EnabledIf("openssl")
class ClientCertificateIT {

	private final SystemBlobs blobs = new SystemBlobs();

	private final TestRuntime test;

	@TempDir
	private Path directory;

	private Process server;

	ClientCertificateIT(String transport) {
		this.test = TestRuntime.create(transport, NetworkLimits.DEFAULTS,
				new BlobIdentities(TlsIdentities.NONE, this.blobs));
	}

	static boolean openssl() {
		try {
			return new ProcessBuilder("openssl", "version").start().waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@BeforeEach
	void makeKeys() throws Exception {
		write("ca.pem", TestPki.CA.getCertificatePEM());
		X509Bundle identity = TestPki.server("localhost");
		write("server.pem", identity.getCertificatePEM());
		write("server.key", identity.getPrivateKeyPEM());
	}

	@AfterEach
	void stop() throws InterruptedException {
		this.test.close();
		if (this.server != null) {
			this.server.destroyForcibly().waitFor();
		}
	}

	@ParameterizedTest
	@CsvSource({ "-tls1_3, EC", "-tls1_2, EC", "-tls1_3, RSA" })
	void presentsACertificateAndResumes(String version, String kind) throws Exception {
		makeClient(kind);
		int port = startServer(version);
		String first = page(port);
		assertThat(first).contains("New, ").contains("CN=device-9");
		// Proof of possession was given in the first session, which the second goes on
		String second = page(port);
		assertThat(second).contains("Reused, ").contains("CN=device-9");
	}

	@ParameterizedTest
	@ValueSource(strings = { "-tls1_3", "-tls1_2" })
	void isRefusedWithoutACertificateTheServerKnows(String version) throws Exception {
		int port = startServer(version);
		assertThat(refusal(null, port)).startsWith("TLS: ");
		makeClient("EC", TestPki.authority("CN=Another CA"));
		assertThat(refusal(0, port)).startsWith("TLS: ");
		// The server goes on, and so may the client
		makeClient("EC");
		assertThat(page(port)).contains("CN=device-9");
	}

	@ParameterizedTest
	@ValueSource(strings = { "-tls1_3", "-tls1_2" })
	void needsNoCertificateWhereTheServerOnlyAsks(String version) throws Exception {
		int port = startServer(version, "-verify");
		assertThat(page(null, port)).contains("New, ").contains("no client certificate available");
		makeClient("EC");
		assertThat(page(port)).contains("CN=device-9");
	}

	@ParameterizedTest
	@ValueSource(strings = { "-tls1_3", "-tls1_2" })
	void doesNotConnectWithAnIndexThatStandsForNothing(String version) throws Exception {
		int port = startServer(version);
		assertThat(refusal(3, port)).contains("client_cert 3 stands for nothing");
	}

	/** Why the connection ended that was not to be. */
	private String refusal(@Nullable Integer index, int port) {
		TestLink link = link(index, port);
		link.onWritable((capacity) -> Unpooled.copiedBuffer("GET / HTTP/1.0\r\n\r\n", StandardCharsets.US_ASCII));
		link.onConnected(() -> link.transport().requestWrite());
		link.connect();
		StreamFailure failure = TestLink.await(link.closed);
		assertThat(failure.phase()).isEqualTo(Phase.TLS);
		assertThat(link.receivedBytes()).isZero();
		return failure.message();
	}

	private void makeClient(String kind) throws Exception {
		makeClient(kind, TestPki.CA);
	}

	/** A key and a certificate as the openssl command makes them. */
	private void makeClient(String kind, X509Bundle issuer) throws Exception {
		write("issuer.pem", issuer.getCertificatePEM());
		write("issuer.key", issuer.getPrivateKeyPEM());
		if (kind.equals("EC")) {
			// SEC1 with a block of parameters before it
			run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-out", "client.key");
		}
		else {
			run("openssl", "genrsa", "-traditional", "-out", "client.key", "2048");
		}
		run("openssl", "req", "-new", "-key", "client.key", "-subj", "/CN=device-9", "-out", "client.csr");
		run("openssl", "x509", "-req", "-in", "client.csr", "-CA", "issuer.pem", "-CAkey", "issuer.key", "-set_serial",
				"9", "-days", "1", "-out", "client.pem");
		this.blobs.setClientIdentity(0, Files.readAllBytes(this.directory.resolve("client.pem")),
				Files.readAllBytes(this.directory.resolve("client.key")));
	}

	private int startServer(String version) throws IOException {
		return startServer(version, "-Verify");
	}

	private int startServer(String version, String verify) throws IOException {
		this.server = new ProcessBuilder("openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "server.pem", "-key",
				"server.key", "-CAfile", "ca.pem", verify, "1", "-verify_return_error", version, "-www")
			.directory(this.directory.toFile())
			.redirectErrorStream(true)
			.start();
		BufferedReader output = new BufferedReader(
				new InputStreamReader(this.server.getInputStream(), StandardCharsets.UTF_8));
		List<String> said = new ArrayList<>();
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			said.add(line);
			if (line.startsWith("ACCEPT ")) {
				return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1).trim());
			}
		}
		throw new AssertionError("openssl s_server: " + said);
	}

	private TestLink link(@Nullable Integer index, int port) {
		TestLink link = new TestLink(this.test.loops().next(),
				TestPolicies.client(TestPolicies.trusting(index, TestPki.CA.getCertificate())),
				new Address.Host("localhost", port), null);
		return link.transport(new RawTransportFactory(this.test.runtime()).client(link));
	}

	private String page(int port) {
		return page(0, port);
	}

	private String page(@Nullable Integer index, int port) {
		TestLink link = link(index, port);
		link.onWritable((capacity) -> Unpooled.copiedBuffer("GET / HTTP/1.0\r\n\r\n", StandardCharsets.US_ASCII));
		link.onConnected(() -> link.transport().requestWrite());
		link.connect();
		TestLink.await(link.closed);
		return new String(link.awaitBytes(link.receivedBytes()), StandardCharsets.ISO_8859_1).replace("CN = ", "CN=");
	}

	private void write(String name, String content) throws IOException {
		Files.writeString(this.directory.resolve(name), content);
	}

	private void run(String... command) throws Exception {
		Process process = new ProcessBuilder(command).directory(this.directory.toFile())
			.redirectErrorStream(true)
			.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
	}

}
