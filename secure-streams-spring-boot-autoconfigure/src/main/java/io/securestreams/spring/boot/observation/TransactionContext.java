package io.securestreams.spring.boot.observation;

import java.util.Map;
import java.util.concurrent.CancellationException;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.RequestReplySenderContext;
import io.securestreams.spring.template.TransactionException;
import io.securestreams.stream.HttpAnswer;
import org.jspecify.annotations.Nullable;

/**
 * One transaction of a template. The carrier is metadata that the request is going to
 * have as well, by the name of the header.
 */
public class TransactionContext extends RequestReplySenderContext<Map<String, String>, HttpAnswer> {

	private final String streamType;

	private final String protocol;

	private boolean ended;

	/**
	 * Makes the context of a transaction that begins.
	 * @param streamType the streamtype
	 * @param protocol its protocol as in the policy, {@code proxied} if only a proxy
	 * knows
	 * @param carrier takes headers; those that the policy does not declare are dropped
	 */
	public TransactionContext(String streamType, String protocol, Map<String, String> carrier) {
		super((headers, name, value) -> {
			if (headers != null) {
				headers.put(name, value);
			}
		}, Kind.CLIENT);
		setCarrier(carrier);
		this.streamType = streamType;
		this.protocol = protocol;
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
	 * @return as in the policy, {@code proxied} if only a proxy knows
	 */
	public String protocol() {
		return this.protocol;
	}

	/**
	 * Returns what became of the transaction.
	 * @return {@code SUCCESS}, {@code CANCELLED}, {@code ERROR} for what is no matter of
	 * the network, one of {@link TransactionException.Outcome}, or {@code UNKNOWN} until
	 * its end
	 */
	public String outcome() {
		if (!this.ended) {
			return "UNKNOWN";
		}
		Throwable failure = getError();
		if (failure instanceof TransactionException told) {
			return told.outcome().name();
		}
		return (failure == null) ? "SUCCESS" : (failure instanceof CancellationException) ? "CANCELLED" : "ERROR";
	}

	void ended(@Nullable HttpAnswer answer) {
		this.ended = true;
		if (answer != null) {
			setResponse(answer);
		}
	}

}
