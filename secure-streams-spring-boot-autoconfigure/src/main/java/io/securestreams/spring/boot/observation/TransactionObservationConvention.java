package io.securestreams.spring.boot.observation;

import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.securestreams.stream.HttpAnswer;

/**
 * Names of the observations of transactions; a bean of this type replaces the one there
 * is, which says:
 * <ul>
 * <li>{@code secure.streams.transaction}, with {@code streamtype}, {@code protocol},
 * {@code outcome} (see {@link TransactionContext#outcome()}) and {@code status}, of HTTP,
 * or {@code none}</li>
 * </ul>
 * Nothing in them comes from payload, metadata or the peer, but the status.
 */
public interface TransactionObservationConvention extends ObservationConvention<TransactionContext> {

	/** The one there is. */
	TransactionObservationConvention DEFAULT = new TransactionObservationConvention() {
	};

	@Override
	default String getName() {
		return "secure.streams.transaction";
	}

	@Override
	default String getContextualName(TransactionContext context) {
		return "transaction " + context.streamType();
	}

	@Override
	default KeyValues getLowCardinalityKeyValues(TransactionContext context) {
		HttpAnswer answer = context.getResponse();
		return KeyValues.of("streamtype", context.streamType(), "protocol", context.protocol(), "outcome",
				context.outcome(), "status", (answer != null) ? String.valueOf(answer.status()) : "none");
	}

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof TransactionContext;
	}

}
