package io.securestreams.spring.boot.observation;

import java.util.Locale;

import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names of the observations of calls of handler beans; a bean of this type replaces the
 * one there is, which says:
 * <ul>
 * <li>{@code secure.streams.handler}, with {@code streamtype} and {@code event} (see
 * {@link HandlerContext#event()}); in spans also {@code stream}, its id</li>
 * </ul>
 * Nothing in them comes from payload, metadata or the peer.
 */
public interface HandlerObservationConvention extends ObservationConvention<HandlerContext> {

	/** The one there is. */
	HandlerObservationConvention DEFAULT = new HandlerObservationConvention() {
	};

	@Override
	default String getName() {
		return "secure.streams.handler";
	}

	@Override
	default String getContextualName(HandlerContext context) {
		return context.streamType() + " " + context.event().toLowerCase(Locale.ROOT);
	}

	@Override
	default KeyValues getLowCardinalityKeyValues(HandlerContext context) {
		return KeyValues.of("streamtype", context.streamType(), "event", context.event());
	}

	@Override
	default KeyValues getHighCardinalityKeyValues(HandlerContext context) {
		return KeyValues.of("stream", context.streamId());
	}

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof HandlerContext;
	}

}
