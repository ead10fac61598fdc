package io.securestreams.spring.boot.autoconfigure.diagnostics;

import io.securestreams.stream.platform.UnknownVirtualHostException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says which streamtype wants to join a vhost that is not configured.
 */
class UnknownVirtualHostFailureAnalyzer extends AbstractFailureAnalyzer<UnknownVirtualHostException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownVirtualHostException cause) {
		String known = cause.known().isEmpty() ? "none is configured"
				: "there are: " + String.join(", ", cause.known());
		return new FailureAnalysis(
				"Streamtype \"" + cause.streamType() + "\" has endpoint \"!" + cause.virtualHost()
						+ "\", but there is no vhost of that name (" + known + ").",
				"Define it under secure-streams.vhosts." + cause.virtualHost()
						+ " (address, port, ssl-bundle, client-auth), or correct the endpoint in the policy.",
				cause);
	}

}
