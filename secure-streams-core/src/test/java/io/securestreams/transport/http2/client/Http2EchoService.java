package io.securestreams.transport.http2.client;

import java.util.List;

import io.securestreams.transport.contract.EchoService;
import io.securestreams.transport.contract.Subject;

/**
 * Netty's HTTP/2 server, sending bodies back as they come.
 */
final class Http2EchoService {

	static final Subject SUBJECT = new Subject(
			"\"protocol\": \"h2\", \"http_method\": \"PUT\", \"http_url\": \"/echo\"", Subject.PING, List.of("h2"),
			true, (directory) -> start());

	private Http2EchoService() {
	}

	private static EchoService start() {
		NettyPeer peer = new NettyPeer(false);
		return EchoService.of(peer.port(), peer);
	}

}
