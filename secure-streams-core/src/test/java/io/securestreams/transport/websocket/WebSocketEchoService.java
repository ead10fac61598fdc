package io.securestreams.transport.websocket;

import java.nio.file.Path;
import java.util.List;

import org.apache.catalina.LifecycleException;

import io.securestreams.transport.contract.EchoService;
import io.securestreams.transport.contract.Subject;

/**
 * Tomcat, sending messages back as they come.
 */
final class WebSocketEchoService {

	static final Subject SUBJECT = new Subject("\"protocol\": \"ws\", \"ws_binary\": true, \"http_url\": \"/echo\"",
			Subject.PING, List.of("http/1.1"), false, WebSocketEchoService::start);

	private WebSocketEchoService() {
	}

	private static EchoService start(Path directory) throws LifecycleException {
		TomcatServer server = new TomcatServer(directory);
		return EchoService.of(server.port(), server);
	}

}
