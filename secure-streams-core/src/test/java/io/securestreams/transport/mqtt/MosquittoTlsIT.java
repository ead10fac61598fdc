package io.securestreams.transport.mqtt;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.SystemBlobs.Blob;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.contract.Program;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Mosquitto asks who is there: by a certificate, or by a file of passwords.
 */
@Timeout(120)
class MosquittoTlsIT {

	private final SystemBlobs blobs = new SystemBlobs().set(Blob.MQTT_CLIENT_ID, "thing");

	@TempDir
	private Path directory;

	private int tlsPort;

	private @Nullable Mosquitto broker;

	@BeforeEach
	void start() throws Exception {
		Assumptions.assumeTrue(Mosquitto.isInstalled(), "no mosquitto, or none of its clients");
		this.tlsPort = Program.freePort();
		X509Bundle identity = TestPki.server("localhost");
		this.broker = new Mosquitto(this.directory, "listener " + this.tlsPort + " 127.0.0.1",
				"cafile " + write("ca.pem", TestPki.CA.getCertificatePEM()),
				"certfile " + write("server.pem", identity.getCertificatePEM()),
				"keyfile " + write("server.key", identity.getPrivateKeyPEM()), "require_certificate true",
				"use_identity_as_username true");
		await().until(() -> this.broker.hasLogged(" running"));
	}

	@AfterEach
	void stop() {
		if (this.broker != null) {
			this.broker.close();
		}
	}

	@ParameterizedTest
	@CsvSource({ "3, 0", "3, 1", "3, 2", "5, 0", "5, 1", "5, 2" })
	void aCertificateIsWhoTheClientIs(int version, int qos) throws Exception {
		present(TestPki.client("device-7"));
		try (SecureStreams streams = tls(version, qos)) {
			MqttStreamTests.Recorder recorder = new MqttStreamTests.Recorder();
			SecureStream stream = streams.create("x", recorder);
			for (int i = 0; i < 50; i++) {
				stream.send(("message " + i).getBytes(StandardCharsets.UTF_8));
			}
			for (int i = 0; i < 50; i++) {
				assertThat(recorder.take()).isEqualTo("message " + i);
			}
			await().until(() -> stream.snapshot().counters().acknowledged() == 50);
		}
		assertThat(this.broker.hasLogged("u'device-7'")).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "3, stranger", "5, stranger", "3, nothing", "5, nothing" })
	void aCertificateThatTheBrokerDoesNotKnowIsAnAttemptThatFails(int version, String presented) throws Exception {
		if (presented.equals("stranger")) {
			present(new CertificateBuilder().ecp256()
				.subject("CN=stranger")
				.addExtendedKeyUsageClientAuth()
				.buildIssuedBy(TestPki.authority("CN=Another CA")));
		}
		try (SecureStreams streams = tls(version, 1)) {
			MqttStreamTests.Recorder recorder = new MqttStreamTests.Recorder();
			Queue<String> failures = new ConcurrentLinkedQueue<>();
			SecureStream stream = streams.create("x", new MqttStreamTests.Recorder() {
				@Override
				public void onState(SecureStream self, StreamState state, long ordinal) {
					recorder.onState(self, state, ordinal);
					if (state == StreamState.UNREACHABLE) {
						failures.add(String.valueOf(self.lastFailure()));
					}
				}
			});
			await().until(() -> failures.size() >= 3);
			assertThat(failures).allMatch((failure) -> failure.startsWith("TLS "));
			assertThat(recorder.states).startsWith("CREATING 0", "CONNECTING 0", "UNREACHABLE 0")
				.doesNotContain("CONNECTED 0", "AUTH_FAILED 0", "DISCONNECTED 0");
			// The next attempt takes the new one
			present(TestPki.client("device-8"));
			await().until(() -> stream.state() == StreamState.CONNECTED);
		}
		assertThat(this.broker.hasLogged("u'stranger'")).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 3, 5 })
	void aWrongPasswordIsToldUntilItIsTheRightOne(int version) throws Exception {
		this.blobs.set(Blob.MQTT_USERNAME, "user").set(Blob.MQTT_PASSWORD, "wrong-secret");
		try (SecureStreams streams = engine("\"port\": " + this.broker.port() + ", \"mqtt_version\": " + version)) {
			MqttStreamTests.Recorder recorder = new MqttStreamTests.Recorder();
			SecureStream stream = streams.create("x", recorder);
			await()
				.until(() -> recorder.states.stream().filter((state) -> state.startsWith("AUTH_FAILED")).count() == 2);
			assertThat(String.valueOf(stream.lastFailure())).startsWith("AUTH").doesNotContain("wrong-secret");
			assertThat(recorder.states).doesNotContain("CONNECTED 0");
			this.blobs.set(Blob.MQTT_PASSWORD, "secret");
			stream.send("in".getBytes(StandardCharsets.UTF_8));
			assertThat(recorder.take()).isEqualTo("in");
		}
	}

	private void present(X509Bundle client) {
		this.blobs.setClientIdentity(0, client.getCertificatePEM().getBytes(StandardCharsets.US_ASCII),
				client.getPrivateKeyPEM().getBytes(StandardCharsets.US_ASCII));
	}

	private SecureStreams tls(int version, int qos) {
		return engine("\"port\": " + this.tlsPort + ", \"tls\": true, \"tls_trust_store\": \"t\","
				+ " \"client_cert\": 0, \"mqtt_version\": " + version + ", \"mqtt_qos\": " + qos);
	}

	private SecureStreams engine(String keys) {
		try {
			return SecureStreams.builder()
				.eventLoopThreads(1)
				.socks5(null)
				.blobs(this.blobs)
				.policy(PolicyJson
					.read("""
							{ "retry": [ { "r": { "backoff": [50], "conceal": 65535, "jitterpc": 1 } } ],
							  "certs": [ { "ca": "%s" } ], "trust_stores": [ { "name": "t", "stack": [ "ca" ] } ],
							  "s": [ { "x": { "endpoint": "localhost", "protocol": "mqtt", "retry": "r", "nailed_up": true,
							    "mqtt_topic": "t", "mqtt_subscribe": "t", %s } } ] }
							"""
						.formatted(Base64.getEncoder().encodeToString(TestPki.CA.getCertificate().getEncoded()), keys),
							"test")
					.policy())
				.build();
		}
		catch (CertificateEncodingException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Path write(String name, String content) throws IOException {
		return Files.writeString(this.directory.resolve(name), content);
	}

}
