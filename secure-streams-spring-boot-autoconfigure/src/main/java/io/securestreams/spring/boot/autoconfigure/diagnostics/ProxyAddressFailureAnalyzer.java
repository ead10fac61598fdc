package io.securestreams.spring.boot.autoconfigure.diagnostics;

import java.net.BindException;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import io.securestreams.proxy.server.ProxyBindException;
import io.securestreams.spring.proxy.InvalidProxyAddressException;
import io.securestreams.stream.platform.UnusableProxyAddressException;

/**
 * Says which address of a proxy cannot be used, and which property it comes from. Goes
 * before Boot's own for properties, which knows their prefix only.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
class ProxyAddressFailureAnalyzer implements FailureAnalyzer {

	private static final String CLIENT = "secure-streams.proxy.client.address";

	private static final String SERVER = "secure-streams.proxy.server.address";

	@Override
	public @Nullable FailureAnalysis analyze(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof InvalidProxyAddressException invalid) {
				return new FailureAnalysis(
						"Property " + invalid.property() + " cannot be used: " + invalid.problem(), "Correct "
								+ invalid.property() + ", for example to unix:/run/proxy.sock or tcp:127.0.0.1:7681.",
						cause);
			}
			if (cause instanceof UnusableProxyAddressException unusable) {
				return new FailureAnalysis("There is no way to the proxy: " + unusable.getMessage(),
						"Change " + CLIENT + ", or secure-streams.engine.transport.", cause);
			}
			if (cause instanceof ProxyBindException bind) {
				String action = (bind.getCause() instanceof BindException) ? "Stop what is there, or change " + SERVER
						: "Change " + SERVER;
				return new FailureAnalysis(
						"The proxy for other processes cannot listen at " + bind.address() + ": " + bind.reason(),
						action + ".", cause);
			}
		}
		return null;
	}

}
