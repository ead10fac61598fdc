package io.securestreams.spring.boot.autoconfigure;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

/**
 * Handlers that need a room in one way or another.
 */
final class NeedyHandlers {

	private NeedyHandlers() {
	}

	record Room(String name) {

	}

	static class Answers implements StreamHandler {

		String text() {
			return "here";
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN) {
				stream.answer(200, text().getBytes(StandardCharsets.UTF_8));
			}
		}

	}

	@SecureStreamHandler(value = "pages", scope = SecureStreamHandler.Scope.PER_STREAM)
	static class NeedsConstructor extends Answers {

		NeedsConstructor(Room room) {
		}

	}

	@SecureStreamHandler(value = "pages", scope = SecureStreamHandler.Scope.PER_STREAM)
	static class NeedsField extends Answers {

		@Autowired
		private @Nullable Environment environment;

		@Autowired
		private Room room = new Room("none");

	}

	@SecureStreamHandler(value = "pages", scope = SecureStreamHandler.Scope.PER_STREAM)
	static class NeedsMethod extends Answers {

		@Autowired
		void rooms(Environment environment, Room room) {
		}

	}

	@SecureStreamHandler(value = "pages", scope = SecureStreamHandler.Scope.PER_STREAM)
	static class NeedsProperty extends Answers {

		NeedsProperty(@Value("${room.name}") String name) {
		}

	}

	@SecureStreamHandler(value = "pages", scope = SecureStreamHandler.Scope.PER_STREAM)
	static class NeedsPropertyInField extends Answers {

		@Value("${room.name}")
		private String name = "";

	}

	@Configuration(proxyBeanMethods = false)
	static class NeedsForFactory {

		@Bean
		@SecureStreamHandler(value = "pages", scope = SecureStreamHandler.Scope.PER_STREAM)
		StreamHandler handler(Room room) {
			return new Answers();
		}

	}

}
