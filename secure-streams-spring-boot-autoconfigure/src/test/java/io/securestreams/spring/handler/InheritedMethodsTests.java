package io.securestreams.spring.handler;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import io.securestreams.spring.annotation.Metadata;
import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.testing.FakeStream;
import io.securestreams.spring.testing.TestPolicies;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for handlers whose methods, or what is said about them, are those of a base class
 * or an interface.
 */
class InheritedMethodsTests {

	private final List<Object> log = new ArrayList<>();

	@Test
	void annotationsOfAnInterfaceCountForItsParametersToo() {
		class Implementation implements Api {

			@Override
			public void connected(@Nullable String path) {
				InheritedMethodsTests.this.log.add("at " + path);
			}

		}
		FakeStream stream = stream(new Implementation());
		stream.metadata().set("path", "/a");
		stream.announce(StreamState.CONNECTED);
		assertThat(this.log).containsExactly("at /a");
	}

	@Test
	void aBaseClassIsToldItsTypes() {
		class Readings extends Base<Reading> {

		}
		FakeStream stream = stream(new Readings());
		stream.message("{\"sensor\":\"a\",\"value\":1}");
		assertThat(this.log).containsExactly(new Reading("a", 1));
	}

	@Test
	void alsoWithinOthers() {
		class ManyReadings extends BaseOfMany<Reading> {

		}
		FakeStream stream = stream(new ManyReadings());
		stream.message("[{\"sensor\":\"a\",\"value\":1}]");
		assertThat(this.log).containsExactly(List.of(new Reading("a", 1)));
	}

	@Test
	void aBaseClassOfTextGetsText() {
		class Texts extends Base<String> {

		}
		FakeStream stream = stream(new Texts());
		stream.message("no JSON");
		assertThat(this.log).containsExactly("no JSON");
	}

	private static FakeStream stream(Object bean) {
		JsonMapper mapper = JsonMapper.builder().build();
		StreamHandlerAdapter adapter = StreamHandlerAdapter.of(bean.getClass(), bean.getClass(),
				new StreamHandlerAdapter.Options(null, 1000,
						(type) -> mapper.readerFor(mapper.constructType(type))::readValue));
		return FakeStream.of(TestPolicies.streamType("mintest"), adapter.adapt(bean, null));
	}

	interface Api {

		@OnState(StreamState.CONNECTED)
		void connected(@Metadata("path") @Nullable String path);

	}

	abstract class Base<T> {

		@OnReceive
		void received(T message) {
			InheritedMethodsTests.this.log.add(message);
		}

	}

	abstract class BaseOfMany<T> {

		@OnReceive
		void received(List<T> messages) {
			InheritedMethodsTests.this.log.add(messages);
		}

	}

	record Reading(String sensor, int value) {

	}

}
