package io.securestreams.spring.boot.autoconfigure;

import io.securestreams.SecureStreams;
import io.securestreams.spring.boot.actuate.endpoint.SecureStreamsEndpoint;
import io.securestreams.spring.boot.actuate.endpoint.SecureStreamsEndpointWebExtension;
import io.securestreams.stream.factory.StreamFactory;

import java.util.List;
import java.util.Set;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.securestreams.spring.boot.actuate.endpoint.RecentTimings;
import io.securestreams.spring.boot.actuate.endpoint.SecureStreamsPerfEndpoint;
import io.securestreams.spring.boot.actuate.endpoint.SecureStreamsPerfEndpointWebExtension;
import io.securestreams.spring.boot.actuate.endpoint.SecureStreamsPolicyEndpoint;
import io.securestreams.spring.boot.actuate.endpoint.SecureStreamsPolicyEndpointWebExtension;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.system.metrics.PolicyMetrics;
import io.securestreams.system.policyfetch.PolicyRefresher;

/**
 * Auto-configuration of {@link SecureStreamsEndpoint},
 * {@link SecureStreamsPolicyEndpoint} and {@link SecureStreamsPerfEndpoint}.
 */
@AutoConfiguration(after = { SecureStreamsAutoConfiguration.class, SecureStreamsPolicyAutoConfiguration.class,
		SecureStreamHandlerAutoConfiguration.class })
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(SecureStreamsProperties.class)
@ConditionalOnSingleCandidate(StreamFactory.class)
public final class SecureStreamsEndpointAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnAvailableEndpoint(SecureStreamsEndpoint.class)
	static class StreamsConfiguration {

		@Bean
		@ConditionalOnMissingBean
		SecureStreamsEndpoint secureStreamsEndpoint(StreamFactory streams) {
			return new SecureStreamsEndpoint(streams);
		}

		@Bean
		@ConditionalOnMissingBean
		SecureStreamsEndpointWebExtension secureStreamsEndpointWebExtension(SecureStreamsEndpoint endpoint) {
			return new SecureStreamsEndpointWebExtension(endpoint);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnAvailableEndpoint(SecureStreamsPolicyEndpoint.class)
	@ConditionalOnBean(PolicyRefresher.class)
	static class PolicyConfiguration {

		@Bean
		@ConditionalOnMissingBean
		SecureStreamsPolicyEndpoint secureStreamsPolicyEndpoint(StreamFactory streams, PolicyRefresher refresher,
				ObjectProvider<SecureStreamHandlerRegistry> registry, ObjectProvider<SecureStreams> engine) {
			return new SecureStreamsPolicyEndpoint(streams, refresher, () -> {
				SecureStreamHandlerRegistry known = registry.getIfAvailable();
				return (known != null) ? known.waiting() : Set.of();
			}, () -> {
				SecureStreams known = ReplaceableEngine.find(engine);
				return (known != null) ? known.authentication() : List.of();
			});
		}

		@Bean
		@ConditionalOnMissingBean
		SecureStreamsPolicyEndpointWebExtension secureStreamsPolicyEndpointWebExtension(
				SecureStreamsPolicyEndpoint endpoint) {
			return new SecureStreamsPolicyEndpointWebExtension(endpoint);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnAvailableEndpoint(SecureStreamsPerfEndpoint.class)
	static class PerfConfiguration {

		@Bean
		@ConditionalOnMissingBean
		RecentTimings secureStreamsRecentTimings() {
			return new RecentTimings();
		}

		@Bean
		@ConditionalOnMissingBean
		SecureStreamsPerfEndpoint secureStreamsPerfEndpoint(RecentTimings timings,
				ObjectProvider<PolicyMetrics> metrics) {
			return new SecureStreamsPerfEndpoint(timings, () -> {
				PolicyMetrics known = metrics.getIfAvailable();
				return (known != null) ? known.reports() : List.of();
			});
		}

		@Bean
		@ConditionalOnMissingBean
		SecureStreamsPerfEndpointWebExtension secureStreamsPerfEndpointWebExtension(
				SecureStreamsPerfEndpoint endpoint) {
			return new SecureStreamsPerfEndpointWebExtension(endpoint);
		}

	}

}
