package io.securestreams.spring.boot.actuate.endpoint;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamRole;

/**
 * What can be done to a stream from outside.
 */
enum StreamAction {

	CONNECT(SecureStream::connect), DISCONNECT(SecureStream::disconnect), HANG_UP(SecureStream::hangUp),
	DESTROY(SecureStream::close);

	private final Consumer<SecureStream> effect;

	StreamAction(Consumer<SecureStream> effect) {
		this.effect = effect;
	}

	static StreamAction of(@Nullable String name, StreamRole role) {
		List<StreamAction> allowed = allowed(role);
		for (StreamAction action : allowed) {
			if (action.key().equals(name)) {
				return action;
			}
		}
		String reason = "action: " + name + " (expected: "
				+ String.join(", ", allowed.stream().map(StreamAction::key).toList()) + ")";
		throw new InvalidEndpointRequestException(reason, reason);
	}

	private static List<StreamAction> allowed(StreamRole role) {
		return switch (role) {
			case LISTENER -> List.of(DESTROY);
			case ACCEPTED, SINK -> List.of(DISCONNECT, HANG_UP, DESTROY);
			case CLIENT, SOURCE -> Arrays.asList(values());
		};
	}

	void perform(SecureStream stream) {
		this.effect.accept(stream);
	}

	private String key() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
