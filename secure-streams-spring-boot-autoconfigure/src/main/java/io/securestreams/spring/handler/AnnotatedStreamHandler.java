package io.securestreams.spring.handler;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * Calls annotated methods of a bean for one stream.
 */
final class AnnotatedStreamHandler implements StreamHandler {

	private static final String RECEIVE = "RECEIVE";

	private static final String WRITABLE = "WRITABLE";

	private final Object bean;

	private final HandlerMethods methods;

	private final MessageCollector collector;

	private final @Nullable SerialTasks tasks;

	private final @Nullable HandlerObserver observer;

	/**
	 * Makes the handler of one stream.
	 * @param bean the bean
	 * @param methods its methods
	 * @param maxMessageSize most bytes of a whole message
	 * @param tasks where methods run, or {@code null} for the event loop
	 * @param observer is around their calls, or {@code null}
	 */
	AnnotatedStreamHandler(Object bean, HandlerMethods methods, int maxMessageSize, @Nullable SerialTasks tasks,
			@Nullable HandlerObserver observer) {
		this.bean = bean;
		this.methods = methods;
		this.collector = new MessageCollector(maxMessageSize);
		this.tasks = tasks;
		this.observer = observer;
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		if (state == StreamState.CONNECTED || state == StreamState.DISCONNECTED || state == StreamState.DESTROYING) {
			this.collector.reset();
		}
		for (HandlerMethod method : this.methods.onState(state)) {
			@Nullable Object[] values = method.collect(stream, state, ordinal);
			if (this.tasks != null) {
				this.tasks.add(stream, state, () -> call(method, stream, state.name(), values));
			}
			else {
				call(method, stream, state.name(), values);
			}
		}
	}

	@Override
	public void onUserState(SecureStream stream, int userState) {
		call(this.methods.userState(), stream, "USER_STATE", null, userState);
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		HandlerMethod method = this.methods.receive();
		if (method == null || (this.methods.successOnly() && isErrorPage(stream))) {
			return;
		}
		Object content = this.methods.wholeMessages() ? this.collector.add(stream, payload) : payload;
		if (content == null) {
			return;
		}
		if (this.tasks == null) {
			call(method, stream, RECEIVE, method.collect(stream, content, 0));
			return;
		}
		Object kept = (content instanceof Payload part) ? DetachedPayload.of(part) : content;
		@Nullable Object[] values = method.collect(stream, kept, 0);
		this.tasks.addPaused(stream, () -> call(method, stream, RECEIVE, values));
	}

	private static boolean isErrorPage(SecureStream stream) {
		HttpAnswer answer = stream.lastAnswer();
		return answer != null && !answer.isSuccess();
	}

	@Override
	public void onWritable(SecureStream stream, TxSlot slot) {
		HandlerMethod method = this.methods.writable();
		if (method == null) {
			return;
		}
		if (this.tasks == null) {
			call(method, stream, WRITABLE, method.collect(stream, slot, 0));
			return;
		}
		ExecutorSlot own = new ExecutorSlot(slot.detach());
		@Nullable Object[] values = method.collect(stream, own, 0);
		this.tasks.addWriting(stream, own, (given) -> call(method, stream, WRITABLE, values));
	}

	@Override
	public void onPerf(SecureStream stream, ConnectionTimings timings) {
		call(this.methods.perf(), stream, "PERF", timings, 0);
	}

	private void call(@Nullable HandlerMethod method, SecureStream stream, String event, @Nullable Object subject,
			long number) {
		if (method == null) {
			return;
		}
		@Nullable Object[] values = method.collect(stream, subject, number);
		if (this.tasks == null) {
			call(method, stream, event, values);
		}
		else {
			this.tasks.add(stream, () -> call(method, stream, event, values));
		}
	}

	/** On the thread where the method runs. */
	private void call(HandlerMethod method, SecureStream stream, String event, @Nullable Object[] values) {
		if (this.observer == null) {
			method.call(this.bean, values);
		}
		else {
			this.observer.callMethod(stream, event, () -> method.call(this.bean, values));
		}
	}

}
