package io.securestreams.spring.boot.autoconfigure.diagnostics;

import io.securestreams.stream.factory.StreamBindException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says which streamtype cannot have its address.
 */
class StreamBindFailureAnalyzer extends AbstractFailureAnalyzer<StreamBindException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, StreamBindException cause) {
		String reason = (cause.getCause() != null) ? " (" + cause.getCause().getMessage() + ")" : "";
		String description = "Streamtype \"" + cause.streamType() + "\" cannot listen on " + cause.address() + reason
				+ ".";
		if (cause.address().startsWith("!")) {
			String vhost = "secure-streams.vhosts." + cause.address().substring(1);
			return new FailureAnalysis(description,
					"Stop what listens there, or change " + vhost + ".port or " + vhost + ".address.", cause);
		}
		return new FailureAnalysis(description,
				"Stop what listens on " + cause.address() + ", or change \"port\" or \"endpoint\" of streamtype \""
						+ cause.streamType() + "\" in the policy; port 0 takes any free port.",
				cause);
	}

}
