package io.securestreams.spring.boot.autoconfigure.diagnostics;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.securestreams.spring.boot.autoconfigure.UnknownSslBundleException;

/**
 * Says which property names an SSL bundle that does not exist.
 */
class UnknownSslBundleFailureAnalyzer extends AbstractFailureAnalyzer<UnknownSslBundleException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownSslBundleException cause) {
		String known = cause.known().isEmpty() ? "there are none" : "there are: " + String.join(", ", cause.known());
		return new FailureAnalysis(
				"Property " + cause.property() + " names SSL bundle \"" + cause.bundle() + "\", which does not exist ("
						+ known + ").",
				"Define it under spring.ssl.bundle.pem." + cause.bundle() + " or spring.ssl.bundle.jks."
						+ cause.bundle() + ", or correct the property.",
				cause);
	}

}
