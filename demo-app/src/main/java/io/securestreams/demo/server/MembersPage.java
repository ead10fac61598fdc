package io.securestreams.demo.server;

import java.nio.charset.StandardCharsets;

import io.securestreams.spring.annotation.Metadata;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;

/**
 * Greets whoever has a certificate; nobody else gets here, for the vhost says
 * {@code client-auth: need}.
 */
@SecureStreamHandler("members")
class MembersPage {

	@OnState(StreamState.SERVER_TXN)
	void asked(SecureStream stream, @Metadata("peer_subject") String subject) {
		stream.metadata().set("type", "text/plain; charset=utf-8");
		stream.answer(200, ("Good morning, " + subject + ".\n").getBytes(StandardCharsets.UTF_8));
	}

}
