package io.securestreams.transport.websocket;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Our clients and our servers over HTTP/2.
 */
class OwnServerHttp2EchoTests extends EchoPeerContract {

	private static ServerSite site;

	@BeforeAll
	static void start() throws Exception {
		site = OwnServerEchoTests.serve();
	}

	@AfterAll
	static void stop() {
		if (site != null) {
			site.close();
		}
	}

	@Override
	String endpoint() {
		return site.endpoint() + ", \"ws_over_h2\": true";
	}

	@Override
	String binaryPath() {
		return "/binary";
	}

}
