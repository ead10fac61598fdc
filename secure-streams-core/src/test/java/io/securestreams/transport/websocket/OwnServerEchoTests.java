package io.securestreams.transport.websocket;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Our clients and our servers.
 */
class OwnServerEchoTests extends EchoPeerContract {

	private static ServerSite site;

	@BeforeAll
	static void start() throws Exception {
		site = serve();
	}

	static ServerSite serve() throws Exception {
		String keys = "{ \"protocol\": \"ws\", \"http_url\": \"/echo\", \"ws_deflate\": true";
		ServerSite site = new ServerSite("\"plain\": " + keys + " }",
				"\"binary\": " + keys.replace("/echo", "/binary") + ", \"ws_binary\": true }",
				"\"minimal\": " + keys + ", \"ws_subprotocol\": \"lws-minimal\" }");
		site.listen("plain", PieceEcho::new);
		site.listen("minimal", PieceEcho::new);
		site.listen("binary", PieceEcho::new);
		return site;
	}

	@AfterAll
	static void stop() {
		if (site != null) {
			site.close();
		}
	}

	@Override
	String endpoint() {
		return site.endpoint();
	}

	@Override
	String binaryPath() {
		return "/binary";
	}

}
