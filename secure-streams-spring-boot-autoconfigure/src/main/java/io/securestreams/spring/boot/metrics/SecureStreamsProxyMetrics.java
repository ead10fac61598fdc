package io.securestreams.spring.boot.metrics;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.securestreams.proxy.server.ProxyServer;
import io.securestreams.proxy.server.Refusal;
import io.securestreams.spring.proxy.SecureStreamsProxy;

/**
 * Meters of the proxy:
 * <ul>
 * <li>{@code secure.streams.proxy.links}, gauge: links there are</li>
 * <li>{@code secure.streams.proxy.accepted}, counter: links there have been</li>
 * <li>{@code secure.streams.proxy.refused}, counter: what clients were refused, by
 * {@code cause}</li>
 * </ul>
 */
public class SecureStreamsProxyMetrics implements MeterBinder {

	private final SecureStreamsProxy proxy;

	/**
	 * Makes meters.
	 * @param proxy the proxy
	 */
	public SecureStreamsProxyMetrics(SecureStreamsProxy proxy) {
		this.proxy = proxy;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("secure.streams.proxy.links", this.proxy, figure(ProxyServer::linkCount))
			.description("Links of clients")
			.baseUnit("links")
			.register(registry);
		FunctionCounter.builder("secure.streams.proxy.accepted", this.proxy, figure(ProxyServer::acceptedCount))
			.description("Links that clients have made")
			.baseUnit("links")
			.register(registry);
		for (Refusal refusal : Refusal.values()) {
			FunctionCounter
				.builder("secure.streams.proxy.refused", this.proxy,
						figure((server) -> server.refused().getOrDefault(refusal, 0L)))
				.tag("cause", refusal.name().toLowerCase(Locale.ROOT))
				.description("What clients were refused")
				.register(registry);
		}
	}

	private static ToDoubleFunction<SecureStreamsProxy> figure(ToDoubleFunction<ProxyServer> figure) {
		return (proxy) -> proxy.server().map(figure::applyAsDouble).orElse(0.0);
	}

}
