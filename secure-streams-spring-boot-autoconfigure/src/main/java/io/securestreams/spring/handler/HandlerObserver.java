package io.securestreams.spring.handler;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;

/**
 * Is around the calls of handler beans, for traces and the like. Called on the thread
 * where the handler runs; for one stream one after the other.
 */
public interface HandlerObserver {

	/**
	 * Whether there is anything to observe. Asked at each start.
	 * @return {@code false} not to be called at all
	 */
	default boolean isObserving() {
		return true;
	}

	/**
	 * Calls an annotated method.
	 * @param stream the stream
	 * @param event why it is called: the name of a
	 * {@link io.securestreams.stream.StreamState}, or {@code USER_STATE},
	 * {@code RECEIVE}, {@code WRITABLE}, {@code PERF}
	 * @param call the call; has to be made, once, and what it throws to be passed on
	 */
	void callMethod(SecureStream stream, String event, Runnable call);

	/**
	 * Calls a {@link StreamHandler}, which hears of everything, and of each piece that is
	 * received or sent.
	 * @param stream the stream
	 * @param call the call; has to be made, once, and what it throws to be passed on
	 */
	default void callHandler(SecureStream stream, Runnable call) {
		call.run();
	}

}
