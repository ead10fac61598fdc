package io.securestreams.transport.raw;

import java.io.IOException;
import java.util.List;

import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.contract.EchoService;
import io.securestreams.transport.contract.Subject;

/**
 * A socket of the JDK that sends bytes back.
 */
final class RawEchoService {

	static final Subject SUBJECT = new Subject("\"protocol\": \"raw\"", Subject.HANG_UP, List.of("none"), false,
			(directory) -> start());

	private RawEchoService() {
	}

	private static EchoService start() throws IOException {
		JdkPeer peer = JdkPeer.tcp(JdkPeer::echo);
		return EchoService.of(peer.port(), peer);
	}

}
