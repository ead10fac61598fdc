package io.securestreams.spring.boot.autoconfigure.diagnostics;

import io.securestreams.spring.endpoint.StreamHandlerRegistrationException;
import io.securestreams.spring.handler.InvalidHandlerException;
import io.securestreams.stream.UnknownStreamTypeException;
import io.securestreams.stream.factory.StreamBindException;
import io.securestreams.stream.platform.UnknownVirtualHostException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what is wrong with a handler bean.
 */
class StreamHandlerRegistrationFailureAnalyzer extends AbstractFailureAnalyzer<StreamHandlerRegistrationException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, StreamHandlerRegistrationException cause) {
		if (cause.getCause() instanceof UnknownStreamTypeException || cause.getCause() instanceof StreamBindException
				|| cause.getCause() instanceof UnknownVirtualHostException) {
			return null; // They have analyzers that know more
		}
		if (cause.getCause() instanceof InvalidHandlerException invalid) {
			return new FailureAnalysis(
					"The handler of streamtype \"" + cause.streamType() + "\", " + cause.owner()
							+ ", cannot be called:\n\n    " + invalid.problem() + ".",
					"Expected: " + invalid.expected() + ".", cause);
		}
		return new FailureAnalysis("Streams cannot be started: " + cause.getMessage() + ".",
				"Correct " + cause.owner() + ", or streamtype \"" + cause.streamType() + "\" in the policy.", cause);
	}

}
