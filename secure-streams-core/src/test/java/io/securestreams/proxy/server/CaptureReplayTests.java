package io.securestreams.proxy.server;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.wire.PayloadFlag;
import io.securestreams.testing.LinkCapture;
import io.securestreams.transport.JdkPeer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What clients of libwebsockets sent to its proxy is sent to ours, each read after as
 * much of the answer as the client had seen, and ours says the same. Allowed to differ
 * are:
 * <ul>
 * <li>where frames are cut, and that the end of a body need not be an empty frame;</li>
 * <li>when metadata comes, and that all of it does: theirs tells one item before
 * CONNECTED, and others late or never;</li>
 * <li>ordinals of acknowledgements, which theirs does not have; PERF, which theirs cuts
 * short; TXCR_UPDATE, which theirs sends for HTTP/2;</li>
 * <li>a comma at the start of the list in CREATE_RESULT, and "(null)" in it;</li>
 * <li>UNREACHABLE before ALL_RETRIES_FAILED where theirs says it after that;</li>
 * <li>what becomes of links on which theirs has a defect: {@link #DEFECTS}.</li>
 * </ul>
 */
@Timeout(60)
class CaptureReplayTests {

	/** Captures that show what ours does better, or peers that are not there. */
	private static final Map<String, String> DEFECTS = Map.of("app-big-header", "a long header ends the link",
			"app-cut-short-retried", "a body starts again without DISCONNECTED", "app-post-no-hint",
			"the request goes without its body", "app-rideshare", "parts are not told apart", "h2-txcr",
			"needs a certificate", "app-tx-credit", "needs a certificate", "app-ws-reconnect",
			"the peer ends each connection");

	/**
	 * Payload that has no end, that is one of several attempts', or that has timings in
	 * it, which theirs puts there; or whose proxy was killed.
	 */
	private static final List<String> UNCOMPARED = List.of("app-destroy-mid-transfer", "client-killed-mid-transfer",
			"get-503", "app-perf-second-connection", "proxy-restart");

	private static final String HTTP = """
			"protocol": "h1", "opportunistic": true, "metadata": [ { "uptag": "X-Upload-Tag:" },
			  { "ctype": "Content-Type:" }, { "srv": "server:" }, { "test": "x-test:" } ], "http_url": \
			""";

	/** By the start of the capture's name: what its streamtype was. */
	private static final Map<String, String> STREAMTYPES = Map.ofEntries(
			Map.entry("app-destroy-mid-transfer", HTTP + "\"drip/100000\""),
			Map.entry("app-early-timeout", get("small")),
			Map.entry("app-metadata-order",
					"\"protocol\": \"h1\", \"opportunistic\": true, \"http_url\": \"small\", \"metadata\": "
							+ "[ { \"a\": \"X-A:\" }, { \"b\": \"X-B:\" }, { \"c\": \"X-C:\" } ]"),
			Map.entry("app-post-20k", HTTP + "\"post\", \"http_method\": \"POST\""),
			Map.entry("app-sink", "\"local_sink\": true"), Map.entry("app-timeout-cancel", get("delay/1")),
			Map.entry("app-two-large-transactions", get("bytes/30000")), Map.entry("app-ws", ws()),
			Map.entry("client-killed-mid-transfer", HTTP + "\"drip/200000\""),
			Map.entry("dropped-after-request", get("drop")), Map.entry("get-204-empty", get("status0/204")),
			Map.entry("get-404", get("status/404")), Map.entry("get-503", get("status/503")),
			Map.entry("get-chunked", get("chunked/3000")), Map.entry("get-cut-short", get("half/1000")),
			Map.entry("get-large", get("bytes/70000")),
			Map.entry("metadata-both",
					"\"protocol\": \"h1\", \"opportunistic\": true, \"http_url\": \"small?who=${servername}\", \"metadata\": "
							+ "[ { \"servername\": \"X-Servername:\" }, { \"srv\": \"server:\" }, { \"test\": \"x-test:\" } ]"),
			Map.entry("perf", get("delay/0.2") + ", \"perf\": true"),
			Map.entry("post",
					"\"protocol\": \"h1\", \"opportunistic\": true, \"http_method\": \"POST\", "
							+ "\"http_url\": \"post\", \"metadata\": [ { \"ctype\": \"Content-Type:\" } ]"),
			Map.entry("proxy-restart", ws()),
			Map.entry("respmap", get("status/404") + ", \"http_resp_map\": [ { \"404\": 1404 } ]"),
			Map.entry("rxflow",
					"\"protocol\": \"h1\", \"opportunistic\": true, \"http_url\": \"bytes/150000\", \"proxy_buflen\": 16384, "
							+ "\"proxy_buflen_rxflow_on_above\": 10000, \"proxy_buflen_rxflow_off_below\": 4000, "
							+ "\"client_buflen\": 65536"),
			Map.entry("timeout", get("delay/3")), Map.entry("ws-echo", ws() + ", \"nailed_up\": true"),
			Map.entry("ws-spam", ws()));

	private final JdkPeer peer = peer();

	private final Site site = site();

	@TempDir
	Path directory;

	private SecureStreams engine;

	private static String get(String path) {
		return HTTP + "\"" + path + "\"";
	}

	private static String ws() {
		return "\"protocol\": \"ws\", \"ws_binary\": true";
	}

	private static JdkPeer peer() {
		try {
			return JdkPeer.tcp(new CapturedPeer());
		}
		catch (java.io.IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

	private static Site site() {
		try {
			return new Site();
		}
		catch (java.io.IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

	@BeforeEach
	void start() {
		this.engine = SecureStreams.builder().eventLoopThreads(1).socks5(null).build();
	}

	@AfterEach
	void stop() throws Exception {
		this.engine.close();
		this.site.close();
		this.peer.close();
	}

	static List<LinkCapture> links() {
		return LinkCapture.all("links")
			.stream()
			.filter((capture) -> DEFECTS.keySet().stream().noneMatch(capture.name()::startsWith))
			.filter((capture) -> !capture.name().startsWith("app-ws-fragmented")
					&& !capture.name().startsWith("app-ws-huge"))
			.filter((capture) -> capture.sent(true).length > 0 && capture.sent(false).length > 0)
			.toList();
	}

	private void use(LinkCapture capture) {
		String keys = STREAMTYPES.entrySet()
			.stream()
			.filter((entry) -> capture.name().startsWith(entry.getKey()))
			.max((a, b) -> Integer.compare(a.getKey().length(), b.getKey().length()))
			.map(Map.Entry::getValue)
			.orElse(get("small"));
		int port = capture.name().startsWith("unreachable") ? 1
				: keys.contains("\"ws\"") ? this.site.webSocketPort() : this.peer.port();
		String where = keys.contains("local_sink") ? keys
				: "\"endpoint\": \"127.0.0.1\", \"port\": " + port + ", \"retry\": \"default\", " + keys;
		String name = capture.name().startsWith("unknown-stream") ? "other" : streamType(capture);
		this.engine.updatePolicy((current) -> PolicyJson.read("""
				{ "retry": [ { "default": { "backoff": [ 30, 60 ], "conceal": 2, "jitterpc": 1 } } ],
				  "s": [ { "%s": { %s } } ] }
				""".formatted(name, where), capture.name()).policy());
	}

	private static String streamType(LinkCapture capture) {
		byte[] sent = capture.sent(true);
		for (int at = 0; at + 3 <= sent.length;) {
			int length = (sent[at + 1] & 0xff) << 8 | sent[at + 2] & 0xff;
			if ((sent[at] & 0xff) == 0xaa) {
				return new String(sent, at + 12, length - 9, StandardCharsets.UTF_8);
			}
			at += 3 + length;
		}
		throw new AssertionError(capture);
	}

	/**
	 * States and the answer to the streamtype, in a form that does not know the allowed
	 * differences.
	 */
	private static List<String> told(List<String> words) {
		List<String> told = new ArrayList<>();
		for (String word : words) {
			boolean metadata = word.contains("=");
			if (!metadata && !word.equals("Perf") && !word.equals("TxCredit") && !word.equals("eof")) {
				told.add(word.startsWith("created ") ? "created"
						: word.startsWith("refused") ? "refused" : word.replaceFirst(" \\d+$", ""));
			}
		}
		int last = told.size() - 1;
		if (last > 0 && told.get(last).equals("UNREACHABLE") && told.get(last - 1).equals("ALL_RETRIES_FAILED")) {
			told.set(last, "ALL_RETRIES_FAILED");
			told.set(last - 1, "UNREACHABLE");
		}
		return told;
	}

	@ParameterizedTest
	@MethodSource("links")
	void oursSaysWhatTheirsSaid(LinkCapture capture) throws Exception {
		use(capture);
		ProxyServer server = this.engine.serveProxy(ProxyServerSettings.builder()
			.addresses(List.of(ProxyAddress.parse("unix:" + this.directory.resolve("p"))))
			.build());
		LinkClient theirs = LinkClient.recorded();
		List<String> heard = new ArrayList<>();
		boolean ended = false;
		try (LinkClient client = LinkClient.to(server)) {
			for (LinkCapture.Read read : capture.reads()) {
				if (!read.fromClient()) {
					theirs.hear(read.bytes());
					ended |= read.isEnd();
				}
				else if (read.isEnd()) {
					break;
				}
				else {
					listen(client, heard, told(theirs.pending()).size());
					client.raw(read.bytes());
				}
			}
			listen(client, heard, told(theirs.pending()).size());
			assertThat(told(heard)).isEqualTo(told(theirs.pending()));
			List<String> metadata = theirs.pending().stream().filter((word) -> word.contains("=")).toList();
			assertThat(heard).containsAll(metadata);
			checkPayload(capture, client, theirs);
			if (ended && !capture.name().startsWith("proxy-restart")) {
				assertThat(client.until("eof")).endsWith("eof");
			}
		}
	}

	private static void listen(LinkClient client, List<String> heard, int count) throws Exception {
		while (told(heard).size() < count) {
			String word = client.next();
			heard.add(word);
			assertThat(word).as("after %s", heard).isNotEqualTo("eof");
		}
	}

	private static void checkPayload(LinkCapture capture, LinkClient client, LinkClient theirs) throws Exception {
		int length = theirs.received.readableBytes();
		if (UNCOMPARED.stream().anyMatch(capture.name()::startsWith)) {
			return;
		}
		while (client.received.readableBytes() < length) {
			assertThat(client.read()).isTrue();
		}
		if (!capture.name().startsWith("smd")) {
			// Messages of the system have the time in them
			assertThat(client.received).isEqualTo(theirs.received);
		}
		if (capture.name().startsWith("ws-echo")) {
			// Theirs makes an empty message of each length that it is told
			return;
		}
		for (int mark : new int[] { PayloadFlag.SOM, PayloadFlag.EOM }) {
			assertThat(client.flags.stream().filter((flags) -> (flags & mark) != 0).count())
				.isEqualTo(theirs.flags.stream().filter((flags) -> (flags & mark) != 0).count());
		}
	}

}
