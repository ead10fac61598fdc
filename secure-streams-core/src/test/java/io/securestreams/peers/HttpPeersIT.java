package io.securestreams.peers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.securestreams.peers.PeerStreams.Outcome;
import io.securestreams.peers.PeerStreams.Peer;
import io.securestreams.stream.platform.SystemBlobs.Blob;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Everything a policy can say about HTTP, on HTTP/1.1 and HTTP/2, with servers of other
 * people: Python directly and behind nginx, and Node.js.
 */
@EnabledIf("io.securestreams.peers.PeerServers#areInstalled")
class HttpPeersIT {

	private static final JsonMapper json = new JsonMapper();

	@TempDir
	static Path directory;

	private static PeerServers servers;

	private final PeerStreams streams = new PeerStreams();

	@BeforeAll
	static void startPeers() throws Exception {
		Files.write(directory.resolve("file"), new byte[1024 * 1024]);
		servers = new PeerServers(directory);
	}

	@AfterAll
	static void stopPeers() {
		servers.close();
	}

	@AfterEach
	void closeStreams() {
		this.streams.close();
	}

	static Stream<Peer> all() {
		return Stream.concat(python(),
				Stream.of(new Peer("node h1", "h1", servers.nodePlain, false),
						new Peer("node h1 tls", "h1", servers.nodeTls, true),
						new Peer("node h2", "h2", servers.nodeTls, true)));
	}

	static Stream<Peer> python() {
		return Stream.of(new Peer("python h1", "h1", servers.python, false),
				new Peer("nginx h1", "h1", servers.nginxPlain, false),
				new Peer("nginx h1 tls", "h1", servers.nginxTls, true),
				new Peer("nginx h2", "h2", servers.nginxTls, true));
	}

	private static JsonNode seen(Outcome outcome) {
		assertThat(outcome.states).as(outcome.text() + outcome.failure).contains("QOS_ACK_REMOTE");
		return json.readTree(outcome.text());
	}

	private static String keys(String method, String url, String more) {
		return "\"http_method\": \"%s\", \"http_url\": \"%s\"%s".formatted(method, url, more);
	}

	@ParameterizedTest
	@MethodSource("all")
	void methods(Peer peer) throws Exception {
		for (String method : List.of("GET", "DELETE")) {
			JsonNode seen = seen(this.streams.exchange(peer, keys(method, "echo", "")));
			assertThat(seen.path("method").asString()).isEqualTo(method);
			assertThat(seen.path("headers").has("content-length")).isFalse();
		}
		for (String method : List.of("POST", "PUT", "PATCH")) {
			Outcome outcome = this.streams.exchange(peer, keys(method, "echo", ""), "the body");
			JsonNode seen = seen(outcome);
			assertThat(seen.path("method").asString()).isEqualTo(method);
			assertThat(seen.path("body").asString()).isEqualTo("the body");
			assertThat(seen.path("headers").path("content-length").asString()).isEqualTo("8");
			assertThat(outcome.states).containsExactly("CREATING", "POLL", "CONNECTING", "CONNECTED", "QOS_ACK_REMOTE",
					"DISCONNECTED");
		}
		Outcome head = this.streams.exchange(peer, keys("HEAD", "echo", ""));
		assertThat(head.states).contains("QOS_ACK_REMOTE");
		assertThat(head.messages).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("all")
	void bodiesWithoutLength(Peer peer) throws Exception {
		Outcome outcome = this.streams.exchange(peer, keys("POST", "echo", ", \"http_no_content_length\": true"),
				"of some length");
		assertThat(seen(outcome).path("body").asString()).isEqualTo("of some length");
	}

	@ParameterizedTest
	@MethodSource("all")
	void redirects(Peer peer) throws Exception {
		for (int status : List.of(301, 302, 303, 307, 308)) {
			String url = "redirect?status=" + status;
			Outcome refused = this.streams.exchange(peer, keys("POST", url, ""), "body");
			assertThat(refused.states).contains("UNREACHABLE").doesNotContain("CONNECTED");
			JsonNode seen = seen(this.streams.exchange(peer,
					keys("POST", url, ", \"allow_redirects\": true, \"http_cookies\": true"), "body"));
			boolean same = status > 303;
			assertThat(seen.path("method").asString()).isEqualTo(same ? "POST" : "GET");
			assertThat(seen.path("body").asString()).isEqualTo(same ? "body" : "");
			assertThat(seen.path("headers").has("content-length")).isEqualTo(same);
			assertThat(seen.path("headers").path("cookie").asString()).isEqualTo("seen=redirect");
		}
	}

	@ParameterizedTest
	@MethodSource("all")
	void cookies(Peer peer) throws Exception {
		String cookies = ", \"http_cookies\": true";
		seenNothing(this.streams.exchange(peer, keys("GET", "cookies", cookies)));
		JsonNode with = seen(this.streams.exchange(peer, keys("GET", "echo", cookies)));
		assertThat(with.path("headers").path("cookie").asString()).isEqualTo("a=1; b=2");
		JsonNode without = seen(this.streams.exchange(peer, keys("GET", "echo", "")));
		assertThat(without.path("headers").has("cookie")).isFalse();
	}

	private static void seenNothing(Outcome outcome) {
		assertThat(outcome.states).as(outcome.failure).contains("QOS_ACK_REMOTE");
	}

	@ParameterizedTest
	@MethodSource("all")
	void forms(Peer peer) throws Exception {
		JsonNode seen = seen(this.streams.exchange(peer,
				keys("POST", "form", ", \"http_www_form_urlencoded\": true, \"http_no_content_length\": false"),
				"a=1&b=x%20y"));
		assertThat(seen.path("form").path("a").asString()).isEqualTo("1");
		assertThat(seen.path("form").path("b").asString()).isEqualTo("x y");
		assertThat(seen.path("headers").path("content-type").asString()).isEqualTo("application/x-www-form-urlencoded");
	}

	@ParameterizedTest
	@MethodSource("python")
	void multipartOut(Peer peer) throws Exception {
		String others = """
				, { "second": { "endpoint": "localhost", "port": 1, "protocol": "%s", "http_method": "POST",
				  "http_url": "x", "http_multipart_name": "file", "http_multipart_filename": "f.txt",
				  "http_multipart_content_type": "text/csv" } }""".formatted(peer.protocol());
		Outcome outcome = this.streams.exchange(peer,
				keys("POST", "form-data", ", \"http_multipart_name\": \"meta\", \"rideshare\": \"second\""), others,
				Map.of(), "the first", "1,2,3");
		JsonNode parts = seen(outcome).path("parts");
		assertThat(parts.size()).isEqualTo(2);
		assertThat(parts.get(0).path("name").asString()).isEqualTo("meta");
		assertThat(parts.get(0).path("body").asString()).isEqualTo("the first");
		assertThat(parts.get(1).path("name").asString()).isEqualTo("file");
		assertThat(parts.get(1).path("filename").asString()).isEqualTo("f.txt");
		assertThat(parts.get(1).path("type").asString()).isEqualTo("text/csv");
		assertThat(parts.get(1).path("body").asString()).isEqualTo("1,2,3");
		assertThat(outcome.slots).containsExactly("test", "second");
	}

	@ParameterizedTest
	@MethodSource("all")
	void multipartIn(Peer peer) throws Exception {
		Outcome apart = this.streams.exchange(peer, keys("GET", "parts", ", \"http_multipart_ss_in\": true"));
		seenNothing(apart);
		assertThat(apart.messages).hasSize(2);
		assertThat(apart.messages.get(0)).containsIgnoringCase("content-type: text/plain").endsWith("first part");
		assertThat(apart.marks.toString()).isEqualTo("<..>");
		Outcome whole = this.streams.exchange(peer, keys("GET", "parts", ""));
		assertThat(whole.messages).hasSize(1);
		assertThat(whole.marks.toString()).isEqualTo(".");
	}

	@ParameterizedTest
	@MethodSource("all")
	void outcomes(Peer peer) throws Exception {
		Outcome mapped = this.streams.exchange(peer,
				keys("GET", "status?status=404", ", \"http_resp_map\": [ { \"404\": 1404 } ]"));
		assertThat(mapped.states).containsSubsequence("1404", "CONNECTED", "QOS_NACK_REMOTE", "DISCONNECTED");
		Outcome expected = this.streams.exchange(peer, keys("GET", "status?status=404", ", \"http_expect\": 404"));
		assertThat(expected.states).contains("QOS_ACK_REMOTE");
		Outcome other = this.streams.exchange(peer, keys("GET", "echo", ", \"http_expect\": 204"));
		assertThat(other.states).contains("QOS_NACK_REMOTE");
		for (int status : List.of(503, 429)) {
			Outcome busy = this.streams.exchange(peer, keys("GET", "status?status=" + status, ""));
			assertThat(busy.states).contains("UNREACHABLE")
				.doesNotContain("CONNECTED", "QOS_NACK_REMOTE", "QOS_ACK_REMOTE");
			assertThat(busy.failure).contains("BUSY");
		}
	}

	@ParameterizedTest
	@MethodSource("all")
	void headersOfBlobsAndMetadata(Peer peer) throws Exception {
		this.streams.auth("t0k");
		this.streams.blobs.set(Blob.DEVICE_SERIAL, "SN-1".getBytes());
		this.streams.blobs.set(Blob.FIRMWARE_VERSION, "1.2".getBytes());
		this.streams.blobs.set(Blob.DEVICE_TYPE, "spaceship".getBytes());
		String identity = """
				, "http_auth_header": "authorization:", "http_auth_preamble": "bearer ", "http_dsn_header": "X-Serial:",
				"http_fwv_header": "x-firmware:", "http_devtype_header": "x-type:",
				"metadata": [ { "tag": "X-Tag:" }, { "unset": "x-unset:" }, { "type": "content-type:" } ]""";
		Outcome outcome = this.streams.exchange(peer, keys("GET", "echo", identity), "", Map.of("tag", "a \u00fc b"));
		JsonNode headers = seen(outcome).path("headers");
		assertThat(headers.path("authorization").asString()).isEqualTo("bearer t0k");
		assertThat(headers.path("x-serial").asString()).isEqualTo("SN-1");
		assertThat(headers.path("x-firmware").asString()).isEqualTo("1.2");
		assertThat(headers.path("x-type").asString()).isEqualTo("spaceship");
		assertThat(headers.path("x-tag").asString()).startsWith("a ").endsWith(" b");
		assertThat(headers.has("x-unset")).isFalse();
		assertThat(outcome.received).containsEntry("type", "application/json");
		JsonNode hex = seen(this.streams.exchange(peer,
				keys("GET", "echo", ", \"http_auth_header\": \"authorization:\", \"auth_hexify\": true")));
		assertThat(hex.path("headers").path("authorization").asString()).isEqualTo("74306b");
		JsonNode direct = seen(this.streams.exchange(peer, keys("GET", "echo", ", \"direct_proto_str\": true"), "",
				Map.of("x-direct:", "yes")));
		assertThat(direct.path("headers").path("x-direct").asString()).isEqualTo("yes");
	}

	@ParameterizedTest
	@MethodSource("all")
	void bodiesThatWaitForContinue(Peer peer) throws Exception {
		JsonNode seen = seen(
				this.streams.exchange(peer, keys("POST", "echo", ", \"metadata\": [ { \"expect\": \"expect:\" } ]"), "",
						Map.of("expect", "100-continue"), "the body"));
		assertThat(seen.path("body").asString()).isEqualTo("the body");
	}

	@ParameterizedTest
	@MethodSource("all")
	void timings(Peer peer) throws Exception {
		Outcome outcome = this.streams.exchange(peer, keys("GET", "echo", ", \"perf\": true"));
		seenNothing(outcome);
		assertThat(outcome.timings).singleElement()
			.satisfies((timings) -> assertThat(timings.peer()).isEqualTo("127.0.0.1"));
		assertThat(outcome.perf).singleElement().satisfies((text) -> {
			JsonNode perf = json.readTree(text);
			assertThat(perf.path("peer").asString()).isEqualTo("127.0.0.1");
			assertThat(perf.has("dns_us")).isTrue();
			assertThat(perf.has("sockconn_us")).isTrue();
			assertThat(perf.path("tls_us").asLong() > 0).isEqualTo(peer.tls());
			assertThat(perf.path("txn_resp_us").asLong()).isPositive();
			assertThat(perf.path("prot_specific").path("resp").asInt()).isEqualTo(200);
		});
	}

	@Test
	void thePeerSendsAsMuchAsItIsGrantedByHand() throws Exception {
		Peer nginx = new Peer("nginx h2", "h2", servers.nginxTls, true);
		this.streams.exchange(nginx, keys("GET", "files/file", ""));
		assertThat(this.streams.byHand(1000, 1024 * 1024)).containsExactly(1000, 1024 * 1024);
	}

	@Test
	void aHundredStreamsShareAConnection() throws Exception {
		Peer nginx = new Peer("nginx h2", "h2", servers.nginxTls, true);
		String file = keys("GET", "files/file", ", \"metadata\": [ { \"connection\": \"x-connection:\" } ]");
		List<Outcome> outcomes = new ArrayList<>(Arrays.asList(this.streams.exchange(nginx, file)));
		outcomes.addAll(this.streams.together(100));
		assertThat(outcomes).hasSize(101)
			.allSatisfy((outcome) -> assertThat(outcome.text()).hasSize(1024 * 1024))
			.extracting((outcome) -> outcome.received.get("connection"))
			.containsOnly(outcomes.get(0).received.get("connection"));
	}

}
