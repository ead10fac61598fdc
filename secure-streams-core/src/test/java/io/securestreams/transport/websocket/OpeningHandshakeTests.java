package io.securestreams.transport.websocket;

import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static io.securestreams.transport.websocket.ClientScript.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * What a server makes of opening handshakes: RFC 6455 section 4.2, RFC 7692 section 7.1.
 */
@Timeout(60)
class OpeningHandshakeTests {

	private static ServerSite site;

	@BeforeAll
	static void start() throws Exception {
		site = new ServerSite("\"any\": { \"protocol\": \"ws\", \"http_url\": \"/any\" }",
				"\"chat\": { \"protocol\": \"ws\", \"http_url\": \"/chat\", \"ws_subprotocol\": \"chat\" }",
				"\"superchat\": { \"protocol\": \"ws\", \"http_url\": \"/chat\", \"ws_subprotocol\": \"superchat\" }",
				"\"small\": { \"protocol\": \"ws\", \"http_url\": \"/small\", \"ws_deflate\": true }");
		for (String streamType : new String[] { "any", "chat", "superchat", "small" }) {
			site.listen(streamType, PieceEcho::new);
		}
	}

	@AfterAll
	static void stop() {
		if (site != null) {
			site.close();
		}
	}

	/** Name, status, request. */
	static Stream<Arguments> refusals() {
		String good = request("/any");
		return Stream.of(arguments("POST", 400, good.replace("GET", "POST")),
				arguments("no Host", 400, good.replace("Host: a\r\n", "")),
				arguments("two Hosts", 400, good.replace("Host: a\r\n", "Host: a\r\nHost: a\r\n")),
				arguments("no key", 400, good.replaceAll("Sec-WebSocket-Key.*\r\n", "")),
				arguments("two keys", 400, request("/any", "Sec-WebSocket-Key: " + ClientScript.KEY)),
				arguments("key of 15 bytes", 400, good.replace(ClientScript.KEY, "AAAAAAAAAAAAAAAAAAAA")),
				arguments("key that is not base64", 400, good.replace(ClientScript.KEY, "????????????????????????")),
				arguments("no version", 426, good.replace("Sec-WebSocket-Version: 13\r\n", "")),
				arguments("version 8", 426, good.replace("Version: 13", "Version: 8")),
				arguments("two versions", 426, request("/any", "Sec-WebSocket-Version: 13")),
				arguments("subprotocol that is no token", 400, request("/any", "Sec-WebSocket-Protocol: a b")),
				arguments("empty subprotocol", 400, request("/any", "Sec-WebSocket-Protocol: chat,,superchat")),
				arguments("malformed extensions", 400, request("/any", "Sec-WebSocket-Extensions: x; =1")),
				arguments("subprotocol nobody speaks", 400, request("/chat", "Sec-WebSocket-Protocol: tea")),
				arguments("no subprotocol where one is needed", 400, request("/chat")),
				arguments("path nobody serves", 404, request("/else")),
				arguments("another protocol", 426, good.replace("Upgrade: websocket", "Upgrade: h2c")),
				arguments("no upgrade", 426, good.replace("Upgrade: websocket\r\n", "")),
				arguments("no Connection", 426, good.replace("Connection: Upgrade\r\n", "")),
				arguments("HTTP/1.0", 426, good.replace("HTTP/1.1", "HTTP/1.0")));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("refusals")
	void refuses(String name, int status, String request) throws Exception {
		try (ClientScript client = ClientScript.connect(site)) {
			client.write(request);
			assertThat(client.readHead()).isEqualTo(status);
			if (status == 426) {
				assertThat(client.header("upgrade")).isEqualTo("websocket");
			}
			if (name.contains("version")) {
				assertThat(client.header("sec-websocket-version")).isEqualTo("13");
			}
		}
	}

	@Test
	void aRefusedClientMayTryAgain() throws Exception {
		try (ClientScript client = ClientScript.connect(site)) {
			client.write(request("/chat"));
			assertThat(client.readHead()).isEqualTo(400);
			client.write(request("/chat", "Sec-WebSocket-Protocol: tea"));
			assertThat(client.readHead()).isEqualTo(400);
			client.write(request("/chat", "Sec-WebSocket-Protocol: chat"));
			assertThat(client.readHead()).isEqualTo(101);
			assertThat(client.text("hello").readText()).isEqualTo("hello");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "-", textBlock = """
			/any?x | upgrade, keep-alive | WebSocket      | -                          | ''
			/any/a | Upgrade             | websocket      | tea, chat                  | ''
			/chat  | UPGRADE             | WEBSOCKET      | chat, superchat            | chat
			/chat  | Upgrade             | websocket      | superchat, chat            | superchat
			/chat  | Upgrade             | h2c, websocket | tea, chat                  | chat
			""")
	void accepts(String path, String connection, String upgrade, String offered, String chosen) throws Exception {
		String request = request(path).replace("Connection: Upgrade", "Connection: " + connection)
			.replace("Upgrade: websocket",
					"Upgrade: " + upgrade + ((offered != null) ? "\r\nSec-WebSocket-Protocol: " + offered : ""));
		try (ClientScript client = ClientScript.connect(site)) {
			client.write(request);
			assertThat(client.readHead()).isEqualTo(101);
			assertThat(client.header("sec-websocket-accept")).isEqualTo(ClientScript.ACCEPT);
			assertThat(client.header("sec-websocket-protocol")).isEqualTo(chosen);
			assertThat(client.header("sec-websocket-extensions")).isEmpty();
			assertThat(client.text("hello").readText()).isEqualTo("hello");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					x                                                               | ''
					permessage-deflate                                              | permessage-deflate
					x, permessage-deflate; client_max_window_bits                   | permessage-deflate
					permessage-deflate; client_max_window_bits=9                    | permessage-deflate
					permessage-deflate; server_no_context_takeover                  | permessage-deflate; server_no_context_takeover
					permessage-deflate; client_no_context_takeover                  | permessage-deflate; client_no_context_takeover
					permessage-deflate; server_max_window_bits=15                   | permessage-deflate; server_max_window_bits=15
					permessage-deflate; server_max_window_bits="9"                  | permessage-deflate; server_max_window_bits=9
					permessage-deflate; server_max_window_bits=16                   | ''
					permessage-deflate; server_max_window_bits                      | ''
					permessage-deflate; client_max_window_bits=7                    | ''
					permessage-deflate; server_no_context_takeover=1                | ''
					permessage-deflate; mystery, permessage-deflate                 | permessage-deflate
					""")
	void agreesOnCompression(String offer, String answer) throws Exception {
		try (ClientScript client = ClientScript.open(site, "/small", "Sec-WebSocket-Extensions: " + offer)) {
			assertThat(client.header("sec-websocket-extensions")).isEqualTo(answer);
			String message = "compress me ".repeat(50);
			ServerScript.Frame frame = client.text(message).read();
			assertThat(frame.first()).isEqualTo(answer.isEmpty() ? 0x81 : 0xC1);
			assertThat(frame.payload().length).isLessThanOrEqualTo(answer.isEmpty() ? message.length() : 100);
		}
	}

}
