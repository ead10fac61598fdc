package io.securestreams.spring.handler;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.aop.framework.ProxyFactory;

import io.securestreams.spring.annotation.Metadata;
import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.OnWritable;
import io.securestreams.stream.Payload;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for what {@link InvalidHandlerException} says.
 */
class InvalidHandlerTests {

	private static final String NAME = InvalidHandlerTests.class.getName();

	@Test
	void nothingToCall() {
		assertProblem(String.class, "java.lang.String does not handle any event",
				"a class that implements StreamHandler, or has methods with @OnState, @OnUserState, @OnReceive, "
						+ "@OnWritable or @OnPerf");
	}

	@Test
	void bothForms() {
		class Both implements StreamHandler {

			@OnReceive
			void text(String text) {
			}

		}
		assertProblem(Both.class, NAME + "$1Both implements StreamHandler and has annotated methods as well",
				"one of the two");
	}

	@Test
	void aWayToDataIsNoJson() {
		class Streaming {

			@OnReceive
			void data(java.io.InputStream data) {
			}

		}
		assertProblem(Streaming.class, NAME
				+ "$1Streaming.data(InputStream) has parameter 1 \"InputStream data\", which payload cannot become",
				"one of Payload, byte[], ByteBuffer, String or a JSON type, SecureStream, HttpAnswer, @Metadata(\"name\") String");
	}

	@Test
	void foreignParameter() {
		class Foreign {

			@OnState
			void joined(StreamState state, List<String> names) {
			}

		}
		assertProblem(Foreign.class,
				NAME + "$1Foreign.joined(StreamState, List) has parameter 2 \"List<String> names\", "
						+ "which @OnState methods do not have",
				"StreamState, long ordinal, SecureStream, HttpAnswer, @Metadata(\"name\") String");
	}

	@Test
	void slotWhileReceiving() {
		class Slot {

			@OnReceive
			void receive(TxSlot slot) {
			}

		}
		assertProblem(Slot.class,
				NAME + "$1Slot.receive(TxSlot) has parameter 1 \"TxSlot slot\", " + "which payload cannot become",
				"one of Payload, byte[], ByteBuffer, String or a JSON type, SecureStream, HttpAnswer, @Metadata(\"name\") String");
	}

	@Test
	void twoPayloads() {
		class Two {

			@OnReceive
			void receive(String text, byte[] bytes) {
			}

		}
		assertProblem(Two.class,
				NAME + "$1Two.receive(String, byte[]) has parameter 2 \"byte[] bytes\", a second one for the payload",
				"one of Payload, byte[], ByteBuffer, String or a JSON type, SecureStream, HttpAnswer, @Metadata(\"name\") String");
	}

	@Test
	void noPayload() {
		class None {

			@OnReceive
			void receive() {
			}

		}
		assertProblem(None.class, NAME + "$1None.receive() has no parameter for the payload",
				"one of Payload, byte[], ByteBuffer, String or a JSON type, SecureStream, HttpAnswer, @Metadata(\"name\") String");
	}

	@Test
	void jsonWithoutJackson() {
		class Json {

			@OnReceive
			void receive(List<String> names) {
			}

		}
		assertProblem(Json.class,
				NAME + "$1Json.receive(List) has parameter 1 \"List<String> names\", which only JSON can become, "
						+ "but there is no tools.jackson.databind.json.JsonMapper bean, or no @Primary one of several",
				"spring-boot-starter-jackson among the dependencies, or one of Payload, byte[], ByteBuffer, String");
	}

	@Test
	void metadataThatIsNoText() {
		class Number {

			@OnReceive
			void receive(Payload payload, @Metadata("size") int size) {
			}

		}
		assertProblem(Number.class,
				NAME + "$1Number.receive(Payload, int) has parameter 2 \"int size\", which metadata cannot become",
				"String");
	}

	@Test
	void returnValue() {
		class Answer {

			@OnReceive
			String receive(String text) {
				return text;
			}

		}
		assertProblem(Answer.class, NAME + "$1Answer.receive(String) with @OnReceive returns String", "void");
	}

	@Test
	void staticMethod() {
		assertProblem(Static.class, NAME + "$Static.state() with @OnState is static", "an instance method");
	}

	@Test
	void twoAnnotations() {
		class Two {

			@OnState
			@OnWritable
			void both() {
			}

		}
		assertProblem(Two.class, NAME + "$2Two.both() has @OnState and @OnWritable", "one of them");
	}

	@Test
	void secondReceiver() {
		class Two {

			@OnReceive
			void a(String text) {
			}

			@OnReceive
			void b(byte[] bytes) {
			}

		}
		assertProblem(Two.class, NAME + "$3Two.b(byte[]) is a second @OnReceive method", "one in each class");
	}

	@Test
	void privateMethodBehindAProxy() {
		ProxyFactory factory = new ProxyFactory(new Private());
		factory.setProxyTargetClass(true);
		InvalidHandlerException failure = failure(Private.class, factory.getProxy().getClass(), null);
		assertThat(failure.problem())
			.isEqualTo(NAME + "$Private.text(String) cannot be called through the bean's proxy");
	}

	@Test
	void limitBelowOne() {
		assertThatIllegalArgumentException().isThrownBy(() -> new StreamHandlerAdapter.Options(null, 0, null))
			.withMessage("maxMessageSize: 0 (expected: 1 or more)");
	}

	private static void assertProblem(Class<?> type, String problem, String expected) {
		InvalidHandlerException failure = failure(type, type, null);
		assertThat(failure.problem()).isEqualTo(problem);
		assertThat(failure.expected()).isEqualTo(expected);
		assertThat(failure).hasMessage(problem + " (expected: " + expected + ")");
	}

	private static InvalidHandlerException failure(Class<?> type, Class<?> beanType, @Nullable JsonReading json) {
		InvalidHandlerException failure = catchThrowableOfType(InvalidHandlerException.class,
				() -> StreamHandlerAdapter.of(type, beanType, new StreamHandlerAdapter.Options(null, 10, json)));
		assertThat(failure).isNotNull();
		return failure;
	}

	static class Static {

		@OnState
		static void state() {
		}

	}

	static class Private {

		@OnReceive
		private void text(String text) {
		}

	}

}
