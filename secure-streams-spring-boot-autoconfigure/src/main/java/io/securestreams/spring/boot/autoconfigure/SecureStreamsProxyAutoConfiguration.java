package io.securestreams.spring.boot.autoconfigure;

import java.time.Duration;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.securestreams.SecureStreams;
import io.securestreams.spring.boot.actuate.endpoint.SecureStreamsProxyEndpoint;
import io.securestreams.spring.boot.health.SecureStreamsProxyHealthIndicator;
import io.securestreams.spring.boot.metrics.SecureStreamsProxyMetrics;
import io.securestreams.spring.proxy.SecureStreamsProxy;

/**
 * Auto-configuration of a proxy for the streams of other processes.
 */
@AutoConfiguration(after = { SecureStreamsAutoConfiguration.class, LifecycleAutoConfiguration.class },
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnBooleanProperty("secure-streams.proxy.server.enabled")
@ConditionalOnBean({ SecureStreams.class, SecureStreamsProperties.class })
public final class SecureStreamsProxyAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SecureStreamsProxy secureStreamsProxy(ObjectProvider<SecureStreams> engine, ProxyServerProperties proxy,
			SecureStreamsProperties properties, ObjectProvider<LifecycleProperties> lifecycle) {
		Duration drainTimeout = properties.shutdown().drainTimeout();
		if (drainTimeout == null) {
			drainTimeout = lifecycle.getIfAvailable(LifecycleProperties::new).getTimeoutPerShutdownPhase();
		}
		return new SecureStreamsProxy(ReplaceableEngine.find(engine), proxy.settings(), drainTimeout);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
	static class EndpointConfiguration {

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnAvailableEndpoint
		SecureStreamsProxyEndpoint secureStreamsProxyEndpoint(SecureStreamsProxy proxy) {
			return new SecureStreamsProxyEndpoint(proxy);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
	@ConditionalOnEnabledHealthIndicator("securestreamsproxy")
	static class HealthConfiguration {

		@Bean
		@ConditionalOnMissingBean(name = { "secureStreamsProxyHealthIndicator", "secureStreamsProxyHealthContributor" })
		SecureStreamsProxyHealthIndicator secureStreamsProxyHealthContributor(SecureStreamsProxy proxy) {
			return new SecureStreamsProxyHealthIndicator(proxy);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	static class MetricsConfiguration {

		@Bean
		@ConditionalOnBean(MeterRegistry.class)
		@ConditionalOnMissingBean
		SecureStreamsProxyMetrics secureStreamsProxyMetrics(SecureStreamsProxy proxy) {
			return new SecureStreamsProxyMetrics(proxy);
		}

	}

}
