package io.securestreams.spring.boot.observation;

import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names of the observations of requests to servers; a bean of this type replaces the one
 * there is, which says:
 * <ul>
 * <li>{@code secure.streams.server.transaction}, with {@code streamtype},
 * {@code protocol}, {@code outcome} (see {@link ServerTransactionContext#outcome()}) and
 * {@code status}, or {@code none}; in spans also {@code stream}, its id</li>
 * </ul>
 * Nothing in them comes from payload, metadata or the peer.
 */
public interface ServerTransactionObservationConvention extends ObservationConvention<ServerTransactionContext> {

	/** The one there is. */
	ServerTransactionObservationConvention DEFAULT = new ServerTransactionObservationConvention() {
	};

	@Override
	default String getName() {
		return "secure.streams.server.transaction";
	}

	@Override
	default String getContextualName(ServerTransactionContext context) {
		return "serve " + context.streamType();
	}

	@Override
	default KeyValues getLowCardinalityKeyValues(ServerTransactionContext context) {
		Integer status = context.getResponse();
		return KeyValues.of("streamtype", context.streamType(), "protocol", context.protocol(), "outcome",
				context.outcome(), "status", (status != null) ? status.toString() : "none");
	}

	@Override
	default KeyValues getHighCardinalityKeyValues(ServerTransactionContext context) {
		return KeyValues.of("stream", context.streamId());
	}

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof ServerTransactionContext;
	}

}
