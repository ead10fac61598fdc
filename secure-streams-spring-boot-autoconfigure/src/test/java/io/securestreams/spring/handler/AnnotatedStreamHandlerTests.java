package io.securestreams.spring.handler;

import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import io.securestreams.spring.annotation.Metadata;
import io.securestreams.spring.annotation.OnPerf;
import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.OnUserState;
import io.securestreams.spring.annotation.OnWritable;
import io.securestreams.spring.testing.FakePayload;
import io.securestreams.spring.testing.FakeStream;
import io.securestreams.spring.testing.TestPolicies;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamOverflowException;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

/**
 * Tests for annotated handlers on the event loop.
 */
class AnnotatedStreamHandlerTests {

	private final List<String> log = new ArrayList<>();

	@Test
	void statesReachTheMethodsThatWantThem() {
		FakeStream stream = stream("mintest", new Object() {

			@OnState({ StreamState.CONNECTED, StreamState.UNREACHABLE })
			void some(SecureStream stream, StreamState state, long ordinal) {
				log.add(stream.id() + " " + state + " " + ordinal);
			}

			@OnState
			void zAll(StreamState state) {
				log.add("all " + state);
			}

			@OnState(StreamState.DESTROYING)
			private void none() {
				log.add("bye");
			}

		});
		stream.announce(StreamState.CONNECTED);
		stream.announce(StreamState.UNREACHABLE, 1);
		stream.announce(StreamState.POLL);
		stream.announce(StreamState.DESTROYING);
		assertThat(this.log).containsExactly("mintest#1 CONNECTED 0", "all CONNECTED", "mintest#1 UNREACHABLE 1",
				"all UNREACHABLE", "all POLL", "bye", "all DESTROYING");
	}

	@Test
	void userStatesSlotsAndTimings() {
		FakeStream stream = stream("mintest", new Object() {

			@OnUserState
			void user(int state, @Metadata("path") String path) {
				log.add("user " + state + " " + path);
			}

			@OnWritable
			void write(TxSlot slot) {
				slot.write("x");
			}

			@OnPerf
			void perf(ConnectionTimings timings, SecureStream stream) {
				log.add("perf " + timings.status() + " " + stream.id());
			}

		});
		stream.metadata().set("path", "/a");
		stream.handler().onUserState(stream, 1001);
		TxSlot slot = mock();
		stream.handler().onWritable(stream, slot);
		stream.handler().onPerf(stream, new ConnectionTimings(null, 0, 0, 0, 0, 0, List.of(), null, 200));
		assertThat(this.log).containsExactly("user 1001 /a", "perf 200 mintest#1");
		verify(slot).write("x");
	}

	@Test
	void eventsWithoutMethodAreIgnored() {
		FakeStream stream = stream("mintest", new Object() {

			@OnUserState
			void user(int state) {
			}

		});
		stream.announce(StreamState.CONNECTED);
		stream.message("x");
		stream.handler().onWritable(stream, mock());
		stream.handler().onPerf(stream, new ConnectionTimings(null, 0, 0, 0, 0, 0, List.of(), null, 200));
	}

	private static HttpAnswer answer(int status) {
		return HttpAnswer.of(status, status < 300, () -> Map.of("retry-after", List.of("7")));
	}

	@Test
	void errorPagesAreToldFromWhatWasAskedFor() {
		FakeStream stream = stream("mintest", new Object() {

			@OnReceive
			void page(HttpAnswer answer, String text) {
				log.add(answer.status() + " " + answer.isSuccess() + " " + answer.header("Retry-After") + " " + text);
			}

			@OnState(StreamState.QOS_NACK_REMOTE)
			void refused(HttpAnswer answer) {
				log.add("refused " + answer);
			}

		});
		stream.answered(answer(200));
		stream.message("page");
		stream.answered(answer(503));
		stream.message("sorry");
		stream.announce(StreamState.QOS_NACK_REMOTE);
		assertThat(this.log).containsExactly("200 true 7 page", "503 false 7 sorry", "refused status 503");
	}

	@Test
	void withoutHttpThereIsNoAnswer() {
		FakeStream stream = stream("mintest", new Object() {

			@OnReceive
			void page(@Nullable HttpAnswer answer, String text) {
				log.add(answer + " " + text);
			}

		});
		stream.message("x");
		assertThat(this.log).containsExactly("null x");
	}

	@Test
	void whatJsonIsReadFromIsNoErrorPage() {
		FakeStream stream = stream("mintest", new Object() {

			@OnReceive
			void point(Map<String, Integer> point) {
				log.add(point.toString());
			}

		});
		stream.answered(answer(404));
		stream.message("<html>not found</html>");
		stream.answered(answer(200));
		stream.message("{\"x\": 1}");
		assertThat(this.log).containsExactly("{x=1}");
	}

	@Test
	void textIsDecodedWhenTheMessageIsComplete() {
		FakeStream stream = stream("mintest", new Texts());
		byte[] euro = "€".getBytes(StandardCharsets.UTF_8);
		stream.metadata().set("path", "/a");
		stream.handler().onReceive(stream, part(new byte[] { euro[0] }, true, false));
		stream.handler().onReceive(stream, part(new byte[] { euro[1] }, false, false));
		stream.handler().onReceive(stream, part(new byte[] { euro[2] }, false, true));
		stream.message("one");
		assertThat(this.log).containsExactly("€ /a", "one /a");
	}

	@Test
	void anEmptyLastPartCompletesTheMessage() {
		FakeStream stream = stream("mintest", new Texts());
		stream.receive("a", true, false);
		stream.receive("", false, true);
		stream.receive("", true, true);
		assertThat(this.log).containsExactly("a null", " null");
	}

	@Test
	void truncatedMessagesAreNotDelivered() {
		FakeStream stream = stream("mintest", new Texts());
		stream.receive("lost", true, false);
		stream.receive("whole", true, true);
		stream.receive("lost", true, false);
		stream.announce(StreamState.DISCONNECTED);
		stream.receive("tail", false, true);
		assertThat(this.log).containsExactly("whole null");
	}

	@Test
	void timingJsonIsNotPartOfAMessage() {
		FakeStream stream = stream("mintest", new Texts());
		stream.receive("a", true, false);
		stream.handler().onReceive(stream, FakePayload.perf("{}"));
		stream.receive("b", false, true);
		assertThat(this.log).containsExactly("ab null");
	}

	@Test
	void aMessageOfExactlyTheLimitFitsAndALongerOneIsRefused() {
		FakeStream stream = stream("mintest", new Texts(), 4);
		stream.receive("ab", true, false);
		stream.receive("cd", false, true);
		stream.receive("abc", true, false);
		assertThatExceptionOfType(StreamOverflowException.class).isThrownBy(() -> stream.receive("de", false, false))
			.withMessage("message of streamtype \"mintest\" is longer than maxMessageSize 4");
		stream.receive("tail", false, true);
		stream.message("next");
		assertThat(this.log).containsExactly("abcd null", "next null");
	}

	@Test
	void streamsWithoutMessagesDeliverWhatArrives() {
		FakeStream stream = stream("bytes", new Texts());
		stream.receive("a", false, false);
		stream.receive("b", false, false);
		assertThat(this.log).containsExactly("a null", "b null");
	}

	@Test
	void bytesAndBuffers() {
		FakeStream bytes = stream("mintest", new Object() {

			@OnReceive
			void bytes(byte[] message) {
				log.add("bytes " + message.length);
			}

		});
		FakeStream buffer = stream("mintest", new Object() {

			@OnReceive
			void buffer(SecureStream stream, ByteBuffer message) {
				log.add("buffer " + message.remaining());
			}

		});
		bytes.message("abc");
		buffer.message("abcd");
		assertThat(this.log).containsExactly("bytes 3", "buffer 4");
	}

	@Test
	void payloadArrivesInParts() {
		FakeStream stream = stream("mintest", new Object() {

			@OnReceive
			void part(Payload payload) {
				log.add(payload.text() + " " + payload.isStart() + " " + payload.isEnd());
			}

		});
		stream.receive("a", true, false);
		stream.receive("b", false, true);
		assertThat(this.log).containsExactly("a true false", "b false true");
	}

	@Test
	void jsonIsReadIntoTheTypeOfTheParameter() {
		FakeStream one = stream("mintest", new Object() {

			@OnReceive
			void reading(Reading reading) {
				log.add(reading.toString());
			}

		});
		FakeStream many = stream("mintest", new Object() {

			@OnReceive
			void readings(Map<String, Reading> readings) {
				log.add(readings.toString());
			}

		});
		one.receive("{\"sensor\":\"a\",", true, false);
		one.receive("\"value\":1}", false, true);
		many.message("{\"x\":{\"sensor\":\"b\",\"value\":2}}");
		assertThat(this.log).containsExactly("Reading[sensor=a, value=1]", "{x=Reading[sensor=b, value=2]}");
	}

	@Test
	void whatAMethodThrowsIsThrown() {
		FakeStream stream = stream("mintest", new Object() {

			@OnState(StreamState.CONNECTED)
			void unchecked() {
				throw new IllegalStateException("no");
			}

			@OnState(StreamState.POLL)
			void checked() throws IOException {
				throw new IOException("no");
			}

		});
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> stream.announce(StreamState.CONNECTED));
		assertThatExceptionOfType(UndeclaredThrowableException.class)
			.isThrownBy(() -> stream.announce(StreamState.POLL))
			.withCauseInstanceOf(IOException.class);
	}

	@Test
	void metadataThatMethodsReadIsKnown() {
		assertThat(adapter(new Texts(), 10).metadata()).containsExactly("path");
	}

	@Test
	void destructionFollowsTheLastEventEvenIfThatFails() {
		StreamHandler handler = adapter(new Texts(), 10).adapt(new Texts(), () -> this.log.add("destroyed"));
		FakeStream stream = FakeStream.of(TestPolicies.streamType("mintest"), handler);
		stream.announce(StreamState.CONNECTED);
		stream.message("a");
		assertThat(this.log).containsExactly("a null");
		stream.announce(StreamState.DESTROYING);
		assertThat(this.log).containsExactly("a null", "destroyed");
	}

	private FakeStream stream(String streamType, Object bean) {
		return stream(streamType, bean, 1024);
	}

	private FakeStream stream(String streamType, Object bean, int maxMessageSize) {
		return FakeStream.of(TestPolicies.streamType(streamType), adapter(bean, maxMessageSize).adapt(bean, null));
	}

	private static StreamHandlerAdapter adapter(Object bean, int maxMessageSize) {
		JsonMapper mapper = JsonMapper.builder().build();
		return StreamHandlerAdapter.of(bean.getClass(), bean.getClass(), new StreamHandlerAdapter.Options(null,
				maxMessageSize, (type) -> mapper.readerFor(mapper.constructType(type))::readValue));
	}

	private static Payload part(byte[] bytes, boolean start, boolean end) {
		return new FakePayload(io.netty.buffer.Unpooled.wrappedBuffer(bytes), start, end, false, false, false, "");
	}

	record Reading(String sensor, int value) {

	}

	private final class Texts {

		@OnReceive
		void text(String text, @Metadata("path") @Nullable String path) {
			AnnotatedStreamHandlerTests.this.log.add(text + " " + path);
		}

	}

}
