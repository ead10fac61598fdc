package io.securestreams.spring.handler;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.securestreams.spring.annotation.Metadata;
import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.OnWritable;
import io.securestreams.spring.testing.FakePayload;
import io.securestreams.spring.testing.FakeStream;
import io.securestreams.spring.testing.TestPolicies;
import io.securestreams.stream.DetachedSlot;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

/**
 * Tests for handlers on an executor.
 */
class ExecutorDispatchTests {

	private final List<String> log = new ArrayList<>();

	private final ManualExecutor executor = new ManualExecutor();

	@Test
	void callsArriveInOrderOnTheExecutor() {
		FakeStream stream = stream(new Recorder(), null);
		stream.announce(StreamState.CONNECTED);
		stream.message("a");
		stream.handler().onUserState(stream, 1000);
		stream.announce(StreamState.DISCONNECTED);
		assertThat(this.log).isEmpty();
		assertThat(this.executor.tasks).hasSize(1);
		this.executor.runAll();
		assertThat(this.log).containsExactly("CONNECTED", "a", "1000", "DISCONNECTED");
	}

	@Test
	void readingPausesUntilThePayloadIsHandled() {
		FakeStream stream = stream(new Recorder(), null);
		stream.message("a");
		assertThat(stream.calls()).containsExactly("suspend");
		this.executor.runAll();
		assertThat(stream.calls()).containsExactly("suspend", "unsuspend");
	}

	@Test
	void eachPayloadSuspendsReadingForItself() {
		FakeStream stream = stream(new Recorder(), null);
		stream.message("a");
		stream.message("b");
		this.executor.runAll();
		assertThat(this.log).containsExactly("a", "b");
		assertThat(stream.calls()).containsExactly("suspend", "suspend", "unsuspend", "unsuspend");
	}

	@Test
	void thePauseOfAHandlerStays() {
		FakeStream stream = stream(new StreamHandler() {

			@Override
			public void onReceive(SecureStream same, Payload payload) {
				same.pauseReceiving();
			}

		}, null);
		stream.message("a");
		this.executor.runAll();
		assertThat(stream.calls()).containsExactly("suspend", "pause", "unsuspend");
	}

	@Test
	void upgradesWaitForTheirHandler() {
		for (Object handler : new Object[] { new Recorder(), new Annotated() }) {
			this.log.clear();
			FakeStream stream = stream(handler, null);
			stream.announce(StreamState.SERVER_UPGRADE);
			assertThat(stream.calls()).containsExactly("suspend");
			assertThat(this.log).isEmpty();
			this.executor.runAll();
			assertThat(this.log).containsExactly("SERVER_UPGRADE");
			assertThat(stream.calls()).containsExactly("suspend", "unsuspend");
		}
	}

	@Test
	void payloadIsKept() {
		FakeStream stream = stream(new Recorder(), null);
		FakePayload payload = FakePayload.of("abc", true, true);
		stream.handler().onReceive(stream, payload);
		payload.content().setByte(0, 'x');
		payload.content().release();
		this.executor.runAll();
		assertThat(this.log).containsExactly("abc");
	}

	@Test
	void anEmptyMessageIsAMessage() {
		FakeStream stream = stream(new StreamHandler() {

			@Override
			public void onReceive(SecureStream stream, Payload payload) {
				log.add(payload.length() + " " + payload.isStart() + " " + payload.isEnd());
			}

		}, null);
		stream.message("");
		FakeStream annotated = stream(new Annotated(), null);
		annotated.message("");
		this.executor.runAll();
		assertThat(this.log).containsExactly("0 true true", " null");
	}

	@Test
	void slotsWaitForTheirTurn() {
		for (Object handler : new Object[] { new Recorder(), new Annotated() }) {
			this.log.clear();
			DetachedSlot own = mock();
			TxSlot slot = mock();
			given(slot.detach()).willReturn(own);
			FakeStream stream = stream(handler, null);
			stream.announce(StreamState.CONNECTED);
			stream.handler().onWritable(stream, slot);
			stream.announce(StreamState.DISCONNECTED);
			assertThat(this.log).isEmpty();
			then(own).shouldHaveNoInteractions();
			this.executor.runAll();
			assertThat(this.log).containsExactly("CONNECTED", "writable", "DISCONNECTED");
			then(own).should().write("out");
			then(own).should().submit();
		}
	}

	@Test
	void aSlotWhoseHandlerThrowsIsNotSent() {
		DetachedSlot own = mock();
		TxSlot slot = mock();
		given(slot.detach()).willReturn(own);
		FakeStream stream = stream(new StreamHandler() {

			@Override
			public void onWritable(SecureStream stream, TxSlot slot) {
				throw new IllegalStateException("on purpose");
			}

		}, null);
		stream.handler().onWritable(stream, slot);
		this.executor.runAll();
		then(own).should().discard();
		then(own).should(never()).submit();
		assertThat(stream.calls()).containsExactly("fail");
	}

	@Test
	void aHandlerThatThrowsLosesItsConnectionAndReadingGoesOn() {
		FakeStream stream = stream(new Recorder(), null);
		stream.message("throw");
		stream.announce(StreamState.DISCONNECTED);
		this.executor.runAll();
		assertThat(stream.calls()).containsExactly("suspend", "hold", "fail", "unsuspend", "go on");
		assertThat(this.log).containsExactly("DISCONNECTED");
	}

	@Test
	void destructionWaitsForTheLastEvent() {
		FakeStream stream = stream(new Recorder(), () -> this.log.add("destroyed"));
		stream.announce(StreamState.DESTROYING);
		assertThat(this.log).isEmpty();
		this.executor.runAll();
		assertThat(this.log).containsExactly("DESTROYING", "destroyed");
	}

	@Test
	void annotatedMethodsGetTheMetadataOfTheMoment() {
		FakeStream stream = stream(new Annotated(), null);
		stream.metadata().set("path", "/1");
		stream.receive("on", true, false);
		assertThat(stream.calls()).isEmpty();
		stream.receive("e", false, true);
		assertThat(stream.calls()).containsExactly("suspend");
		stream.metadata().set("path", "/2");
		stream.announce(StreamState.DISCONNECTED);
		this.executor.runAll();
		assertThat(this.log).containsExactly("one /1", "DISCONNECTED");
	}

	@ParameterizedTest
	@EnumSource(StreamState.class)
	void anAttemptWaitsForTheStatesBeforeIt(StreamState state) {
		List<String> calls = switch (state) {
			case CREATING, POLL, CONNECTING, UNREACHABLE, AUTH_FAILED, DISCONNECTED, ALL_RETRIES_FAILED ->
				List.of("hold", "go on");
			case SERVER_UPGRADE -> List.of("suspend", "unsuspend");
			default -> List.of();
		};
		for (Object bean : List.of(new Recorder(), new Annotated())) {
			FakeStream stream = stream(bean, null);
			stream.announce(state);
			assertThat(stream.calls()).isEqualTo(calls.stream().limit(1).toList());
			this.executor.runAll();
			assertThat(stream.calls()).isEqualTo(calls);
		}
	}

	@ParameterizedTest
	@EnumSource(value = StreamState.class, names = { "CREATING", "SINK_JOIN" })
	void aHandlerThatThrowsAtTheBeginningHasNoStream(StreamState state) {
		StreamHandler handler = new StreamHandler() {

			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				throw new IllegalStateException("expected by the test");
			}

		};
		FakeStream stream = stream(handler, null);
		stream.announce(state);
		this.executor.runAll();
		assertThat(stream.calls()).containsSubsequence("fail", "close").doesNotContainSubsequence("go on", "close");
	}

	@Test
	void whetherASourceMayJoinIsSaidAtOnce() {
		for (Object bean : List.of(new Recorder(), new Annotated())) {
			stream(bean, null).announce(StreamState.SINK_JOIN);
			assertThat(this.log).containsExactly("SINK_JOIN");
			this.log.clear();
		}
	}

	@Test
	void streamsOfServersMakeNoAttempts() {
		StreamHandler recorder = new Recorder();
		FakeStream stream = FakeStream.of(TestPolicies.streamType("chat"),
				adapter(recorder, this.executor).adapt(recorder, null));
		stream.announce(StreamState.CREATING);
		stream.announce(StreamState.CONNECTING);
		assertThat(stream.calls()).isEmpty();
	}

	@Test
	void annotatedMethodsKeepPayload() {
		FakeStream stream = stream(new Object() {

			@OnReceive
			void part(Payload payload) {
				log.add(payload.text() + payload.isEnd());
			}

		}, null);
		FakePayload payload = FakePayload.of("abc", true, false);
		stream.handler().onReceive(stream, payload);
		payload.content().release();
		this.executor.runAll();
		assertThat(this.log).containsExactly("abcfalse");
	}

	@Test
	@Timeout(10)
	void nothingIsLostWhenTheExecutorTakesNoMoreTasks() throws Exception {
		CountDownLatch done = new CountDownLatch(1);
		Executor closed = (task) -> {
			throw new RejectedExecutionException("shut down");
		};
		StreamHandler handler = new StreamHandler() {

			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				done.countDown();
			}

		};
		FakeStream stream = FakeStream.of(TestPolicies.streamType("mintest"),
				adapter(handler, closed).adapt(handler, null));
		stream.announce(StreamState.DESTROYING);
		done.await();
	}

	private FakeStream stream(Object bean, Runnable destruction) {
		return FakeStream.of(TestPolicies.streamType("mintest"), adapter(bean, this.executor).adapt(bean, destruction));
	}

	private static StreamHandlerAdapter adapter(Object bean, Executor executor) {
		return StreamHandlerAdapter.of(bean.getClass(), bean.getClass(),
				new StreamHandlerAdapter.Options(executor, 100, null));
	}

	private final class Recorder implements StreamHandler {

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			ExecutorDispatchTests.this.log.add(state.name());
		}

		@Override
		public void onUserState(SecureStream stream, int userState) {
			ExecutorDispatchTests.this.log.add(String.valueOf(userState));
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			if (payload.text().equals("throw")) {
				throw new IllegalStateException("on purpose");
			}
			ExecutorDispatchTests.this.log.add(payload.text());
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			ExecutorDispatchTests.this.log.add("writable");
			slot.write("out");
		}

	}

	private final class Annotated {

		@OnReceive
		void text(String text, @Metadata("path") String path) {
			ExecutorDispatchTests.this.log.add(text + " " + path);
		}

		@OnState
		void state(StreamState state) {
			ExecutorDispatchTests.this.log.add(state.name());
		}

		@OnWritable
		void writable(TxSlot slot) {
			ExecutorDispatchTests.this.log.add("writable");
			slot.write("out");
		}

	}

	private static final class ManualExecutor implements Executor {

		private final Queue<Runnable> tasks = new ArrayDeque<>();

		@Override
		public void execute(Runnable task) {
			this.tasks.add(task);
		}

		void runAll() {
			for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
				task.run();
			}
		}

	}

}
