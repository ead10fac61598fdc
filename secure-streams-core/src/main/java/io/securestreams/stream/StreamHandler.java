package io.securestreams.stream;

/**
 * What an application implements for one streamtype. Every method runs on the stream's
 * event loop, never two at a time for one stream, and must not block. Operations called
 * on the stream from inside take effect when the method has returned. An exception thrown
 * here is logged and drops the stream's connection; a client of a server streamtype that
 * waits for an answer gets 500.
 * <p>
 * One instance may serve many streams, for it gets the stream as an argument.
 */
public interface StreamHandler {

	/**
	 * The stream has changed state.
	 * @param stream the stream
	 * @param state the state it is in now
	 * @param ordinal number of the transmission that {@code QOS_*} is about; for
	 * {@code UNREACHABLE} 1 if the name servers could not be reached; for
	 * {@code SINK_JOIN} the number of sources already joined; else 0
	 */
	default void onState(SecureStream stream, StreamState state, long ordinal) {
	}

	/**
	 * The peer's response has a code that the policy maps to a user state
	 * ({@code http_resp_map}).
	 * @param stream the stream
	 * @param userState the mapped state, from {@value StreamState#FIRST_USER_STATE}
	 */
	default void onUserState(SecureStream stream, int userState) {
	}

	/**
	 * Payload has arrived. Metadata of the message is set already. A server's streams get
	 * an empty body as one empty payload, with start and end, if the request could have
	 * had content: POST, PUT, PATCH, or whatever announces a body. Others get none, nor
	 * do GET and HEAD that announce a length of 0.
	 * @param stream the stream
	 * @param payload the payload, borrowed for the duration of the call
	 */
	default void onReceive(SecureStream stream, Payload payload) {
	}

	/**
	 * The stream can take payload; called once per {@link SecureStream#requestTx()}.
	 * @param stream the stream
	 * @param slot the opportunity to send; left untouched, nothing is sent
	 */
	default void onWritable(SecureStream stream, TxSlot slot) {
	}

	/**
	 * How long the parts of the connection took; only with policy {@code perf}. The same
	 * as JSON reaches {@link #onReceive} with {@link Payload#isPerf()}.
	 * @param stream the stream
	 * @param timings the figures
	 */
	default void onPerf(SecureStream stream, ConnectionTimings timings) {
	}

}
