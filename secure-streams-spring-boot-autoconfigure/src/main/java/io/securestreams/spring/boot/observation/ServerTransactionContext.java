package io.securestreams.spring.boot.observation;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.RequestReplyReceiverContext;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import org.jspecify.annotations.Nullable;

/**
 * One request to a server of HTTP, from {@code SERVER_TXN} to the end of its stream. The
 * carrier is the stream, whose metadata has the headers of traces; the response is the
 * status that the handler has answered with.
 */
public class ServerTransactionContext extends RequestReplyReceiverContext<SecureStream, Integer> {

	private static final int INTERNAL_ERROR = 500;

	private static final int UNAVAILABLE = 503;

	private static final int FIRST_REFUSAL = 400;

	private final String streamType;

	private final String protocol;

	private final String streamId;

	private String outcome = "UNKNOWN";

	/**
	 * Makes the context of a request that has arrived.
	 * @param stream its stream
	 */
	public ServerTransactionContext(SecureStream stream) {
		super(TraceHeaders.RECEIVED, Kind.SERVER);
		setCarrier(stream);
		StreamPolicy policy = stream.policy();
		this.streamType = stream.streamType();
		this.protocol = (policy != null) ? policy.protocol().protocol().policyName() : "";
		this.streamId = stream.id();
	}

	/**
	 * Returns the streamtype.
	 * @return its name
	 */
	public String streamType() {
		return this.streamType;
	}

	/**
	 * Returns the protocol.
	 * @return as in the policy; clients choose between {@code h1} and {@code h2}
	 */
	public String protocol() {
		return this.protocol;
	}

	/**
	 * Returns which stream it is.
	 * @return its id, as in logs
	 */
	public String streamId() {
		return this.streamId;
	}

	/**
	 * Returns what became of the transaction.
	 * @return {@code SUCCESS}, {@code REJECTED} with a status from 400 on, {@code ERROR}
	 * if the handler has failed, {@code TIMEOUT} if it has not answered in time,
	 * {@code LOST} if the client has not had all of the answer, {@code CLOSED} if the
	 * application has ended the stream without one, or {@code UNKNOWN} until its end
	 */
	public String outcome() {
		return this.outcome;
	}

	void ended(SecureStream stream) {
		StreamFailure failure = stream.lastFailure();
		int status = stream.answeredStatus();
		boolean ofHandler = failure != null && failure.phase() == Phase.HANDLER;
		Throwable cause = (failure != null) ? failure.cause() : null;
		if (ofHandler && getError() == null && cause != null) {
			setError(cause);
		}
		if (getError() != null) {
			this.outcome = "ERROR";
			status = (status != 0) ? status : INTERNAL_ERROR;
		}
		else if (ofHandler) {
			this.outcome = "TIMEOUT";
			status = (status != 0) ? status : UNAVAILABLE;
		}
		else if (failure != null) {
			this.outcome = "LOST";
		}
		else {
			this.outcome = (status == 0) ? "CLOSED" : (status >= FIRST_REFUSAL) ? "REJECTED" : "SUCCESS";
		}
		if (status != 0) {
			setResponse(status);
		}
	}

}
