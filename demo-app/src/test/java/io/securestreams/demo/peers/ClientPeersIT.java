package io.securestreams.demo.peers;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The client program, started from its jar, against nginx and {@code openssl s_server}.
 */
class ClientPeersIT {

	private static final int BIG = 10 * 1024 * 1024;

	private static final String PAGE = "Good morning, this is nginx or openssl.\n";

	@TempDir
	static Path directory;

	private static byte[] big = new byte[BIG];

	private static Nginx nginx;

	private static Process openssl;

	private static ServerSocket silent;

	private static Path policy;

	@BeforeAll
	static void startPeers() throws Exception {
		Path documents = Files.createDirectory(directory.resolve("documents"));
		Files.writeString(documents.resolve("page.txt"), PAGE);
		new Random(1).nextBytes(big);
		Files.write(documents.resolve("big.bin"), big);
		PeerCertificates certificates = new PeerCertificates(directory);
		nginx = new Nginx(Files.createDirectory(directory.resolve("nginx")), documents, certificates);
		int opensslPort = PeerPrograms.freePort();
		openssl = PeerPrograms.start(directory.resolve("openssl.log"), List.of(opensslPort),
				List.of("sh", "-c",
						"cd '%s' && exec %s s_server -WWW -quiet -accept 127.0.0.1:%d -cert '%s' -key '%s'".formatted(
								documents, PeerPrograms.find("openssl"), opensslPort, certificates.certificate("good"),
								certificates.key("good"))));
		// Connections are accepted by the kernel, and nobody ever answers
		silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		PeerPolicy streams = new PeerPolicy(certificates.authority());
		for (String protocol : List.of("h1", "h2")) {
			for (String method : List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH")) {
				streams.request(method + "-" + protocol, nginx.port("good"), protocol, method, "echo", "");
			}
			streams.request("form-" + protocol, nginx.port("good"), protocol, "POST", "echo", """
					, "http_www_form_urlencoded": true, "http_auth_header": "authorization:",
					"http_auth_preamble": "bearer \"""")
				.request("moved-" + protocol, nginx.port("good"), protocol, "GET", "redirect", """
						, "allow_redirects": true, "http_cookies": true""");
		}
		policy = streams.http("plain", nginx.port("plain"), "page.txt", "")
			.http("missing", nginx.port("plain"), "no-such-page", "")
			.http("special", nginx.port("plain"), "special", ", \"http_resp_map\": [ { \"530\": 1530 } ]")
			.http("tagged", nginx.port("plain"), "echo-agent",
					", \"metadata\": [ { \"tag\": \"x-tag:\" }, { \"seen\": \"x-seen-tag:\" } ], \"perf\": true")
			.http("big-plain", nginx.port("plain"), "big.bin", "")
			.http("never", silent.getLocalPort(), "", "")
			.http("closed", PeerPrograms.freePort(), "", "")
			.https("good", nginx.port("good"), "page.txt")
			.https("big", nginx.port("good"), "big.bin")
			.http2("good-h2", nginx.port("good"), "page.txt")
			.http2("big-h2", nginx.port("good"), "big.bin")
			.http2("unknown-ca-h2", nginx.port("unknown-ca"), "page.txt")
			.https("wrong-host", nginx.port("wrong-host"), "page.txt")
			.https("expired", nginx.port("expired"), "page.txt")
			.https("self-signed", nginx.port("self-signed"), "page.txt")
			.https("unknown-ca", nginx.port("unknown-ca"), "page.txt")
			.http("platform-trust", nginx.port("good"), "page.txt", ", \"tls\": true")
			.https("openssl", opensslPort, "page.txt")
			.https("big-openssl", opensslPort, "big.bin")
			.raw("raw", nginx.port("plain"))
			.write(directory.resolve("policy.json"));
	}

	@AfterAll
	static void stopPeers() throws Exception {
		if (nginx != null) {
			nginx.close();
		}
		if (openssl != null) {
			PeerPrograms.stop(openssl);
		}
		if (silent != null) {
			silent.close();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "plain", "good", "good-h2", "openssl" })
	void fetchesPage(String stream) throws Exception {
		ClientRun run = client(stream);
		assertThat(run.text()).as(run.errors()).isEqualTo(PAGE);
		assertThat(run.states()).containsSubsequence("CREATING", "CONNECTING", "CONNECTED", "QOS_ACK_REMOTE",
				"DISCONNECTED", "DESTROYING");
		assertThat(run.exitCode()).isZero();
		assertThat(run.events().get(run.events().size() - 1)).hasToString("{\"event\":\"exit\",\"code\":0}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "h1", "h2" })
	void knowsEveryMethod(String protocol) throws Exception {
		for (String method : List.of("GET", "POST", "PUT", "DELETE", "PATCH")) {
			ClientRun run = client(method + "-" + protocol, "--send=something");
			assertThat(run.text()).as(run.errors()).startsWith(method + " ");
			assertThat(run.exitCode()).isZero();
		}
		ClientRun head = client("HEAD-" + protocol);
		assertThat(head.events("rx")).as(head.errors()).isEmpty();
		assertThat(head.exitCode()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "h1", "h2" })
	void sendsFormsAndTokens(String protocol) throws Exception {
		ClientRun run = client("form-" + protocol, "--send=a=1&b=2", "--secure-streams.blobs.auth=t0ken");
		assertThat(run.text()).as(run.errors()).isEqualTo("POST application/x-www-form-urlencoded bearer t0ken .");
		assertThat(run.exitCode()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "h1", "h2" })
	void followsRedirectsWithCookies(String protocol) throws Exception {
		ClientRun run = client("moved-" + protocol);
		assertThat(run.text()).as(run.errors()).isEqualTo("GET   a=1.");
		assertThat(run.exitCode()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "big-plain", "big", "big-h2", "big-openssl" })
	void fetchesTenMegabytesUnchanged(String stream) throws Exception {
		ClientRun run = client(stream);
		assertThat(run.exitCode()).as(run.errors()).isZero();
		assertThat(run.events("rx").stream().mapToLong((event) -> event.path("length").asLong()).sum()).isEqualTo(BIG);
		JsonNode end = run.events("rx").get(run.events("rx").size() - 1);
		assertThat(end.path("end").asBoolean()).isTrue();
		assertThat(end.path("messageLength").asLong()).isEqualTo(BIG);
		assertThat(end.path("messageSha256").asString())
			.isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(big)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "wrong-host", "expired", "self-signed", "unknown-ca", "unknown-ca-h2", "platform-trust" })
	void takesNothingFromAServerItCannotTrust(String stream) throws Exception {
		ClientRun run = client(stream);
		assertThat(run.events("rx")).as(run.errors()).isEmpty();
		assertThat(run.states()).doesNotContain("CONNECTED", "QOS_ACK_REMOTE", "QOS_NACK_REMOTE");
		assertThat(run.states()).filteredOn("UNREACHABLE"::equals).hasSize(3);
		assertThat(run.states()).containsSubsequence("UNREACHABLE", "ALL_RETRIES_FAILED", "DESTROYING");
		assertThat(run.events("failure"))
			.allSatisfy((failure) -> assertThat(failure.path("phase").asString()).isEqualTo("TLS"));
		assertThat(run.exitCode()).isEqualTo(2);
	}

	@Test
	void givesUpOnAClosedPortAfterTheRetriesOfThePolicy() throws Exception {
		ClientRun run = client("closed");
		assertThat(run.states()).as(run.errors())
			.filteredOn((state) -> !state.equals("POLL"))
			.containsExactly("CREATING", "CONNECTING", "UNREACHABLE", "CONNECTING", "UNREACHABLE", "CONNECTING",
					"UNREACHABLE", "ALL_RETRIES_FAILED", "DESTROYING");
		assertThat(run.exitCode()).isEqualTo(2);
	}

	@Test
	void tellsARefusal() throws Exception {
		ClientRun run = client("missing");
		assertThat(run.states()).as(run.errors()).contains("CONNECTED", "QOS_NACK_REMOTE");
		assertThat(run.exitCode()).isEqualTo(4);
	}

	@Test
	void tellsUserStates() throws Exception {
		ClientRun run = client("special");
		assertThat(run.states()).as(run.errors()).containsSubsequence("1530", "CONNECTED", "QOS_NACK_REMOTE");
		assertThat(run.exitCode()).isEqualTo(4);
	}

	@Test
	void givesUpInTimeOnAServerThatNeverAnswers() throws Exception {
		ClientRun run = client("never", "--timeout=1s");
		assertThat(run.states()).as(run.errors()).contains("TIMEOUT").doesNotContain("CONNECTED", "QOS_ACK_REMOTE");
		assertThat(run.exitCode()).isEqualTo(3);
	}

	@Test
	void carriesMetadataBothWays() throws Exception {
		ClientRun run = client("tagged", "--metadata=tag=a=b");
		assertThat(run.events("metadata")).as(run.errors()).singleElement().satisfies((event) -> {
			assertThat(event.path("name").asString()).isEqualTo("seen");
			assertThat(event.path("value").asString()).isEqualTo("a=b");
		});
		assertThat(run.events("perf")).singleElement()
			.satisfies((event) -> assertThat(event.path("prot_specific").path("resp").asInt()).isEqualTo(200));
		assertThat(run.exitCode()).isZero();
	}

	@Test
	void exchangesPlainBytes() throws Exception {
		Path request = Files.writeString(directory.resolve("request"),
				"GET /page.txt HTTP/1.0\r\nHost: localhost\r\n\r\n");
		ClientRun run = client("raw", "--send-file=" + request);
		assertThat(run.text()).as(run.errors()).startsWith("HTTP/1.1 200 OK");
		assertThat(run.states()).contains("CONNECTED").doesNotContain("QOS_ACK_REMOTE");
		assertThat(run.exitCode()).isZero();
	}

	@Test
	void refusesABadPolicy() throws Exception {
		Path bad = Files.writeString(directory.resolve("bad.json"), """
				{ "s": [ { "plain": { "endpoint": "localhost", "port": 70000, "protocol": "h9" } } ] }
				""");
		ClientRun run = ClientRun.of(directory, bad, "--stream=plain");
		assertThat(run.events("error")).as(run.errors()).singleElement().satisfies((error) -> {
			assertThat(error.path("problems").size()).isEqualTo(2);
			assertThat(error.path("problems").get(0).asString()).contains("port", "line 1");
		});
		assertThat(run.events()).hasSize(2);
		assertThat(run.errors()).doesNotContain("\tat ");
		assertThat(run.exitCode()).isEqualTo(5);
	}

	@Test
	void refusesAnUnknownStreamtype() throws Exception {
		ClientRun run = client("nonsense");
		assertThat(run.events("error")).as(run.errors())
			.singleElement()
			.satisfies((error) -> assertThat(error.path("problems").get(0).asString()).contains("nonsense", "plain"));
		assertThat(run.exitCode()).isEqualTo(5);
	}

	private static ClientRun client(String stream, String... more) throws Exception {
		String[] arguments = new String[more.length + 1];
		arguments[0] = "--stream=" + stream;
		System.arraycopy(more, 0, arguments, 1, more.length);
		return ClientRun.of(directory, policy, arguments);
	}

}
