package io.securestreams.demo.server;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.securestreams.spring.annotation.Metadata;
import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;

/**
 * One room for everybody, with and without TLS: what one says all hear, with the name of
 * the speaker ({@code ws://localhost:8081/chat?name=Alice}). Who does not read for a long
 * time has to leave, for the policy says {@code "send_overflow": "disconnect"}.
 */
@SecureStreamHandler(value = { "chat", "chat-tls" }, maxMessageSize = 4096)
class ChatRoom {

	private static final List<String> DOORS = List.of("chat", "chat-tls");

	private final SecureStreamHandlerRegistry registry;

	ChatRoom(SecureStreamHandlerRegistry registry) {
		this.registry = registry;
	}

	@OnState(StreamState.CONNECTED)
	void joined(SecureStream stream, @Metadata("name") @Nullable String name) {
		stream.send(bytes("Welcome, " + displayed(name) + "."));
	}

	@OnReceive
	void said(String text, @Metadata("name") @Nullable String name) {
		byte[] line = bytes(displayed(name) + ": " + text);
		for (String door : DOORS) {
			this.registry.findServer(door).ifPresent((server) -> server.broadcast(line));
		}
	}

	private static String displayed(@Nullable String name) {
		return (name != null && !name.isBlank()) ? name : "somebody";
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
