package io.securestreams.spring.boot.autoconfigure;

import io.securestreams.spring.boot.health.SecureStreamsHealthIndicator;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.stream.factory.StreamFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

import io.securestreams.system.captiveportal.CaptivePortalDetector;
import io.securestreams.system.policyfetch.PolicyRefresher;

/**
 * Auto-configuration of {@link SecureStreamsHealthIndicator}.
 */
@AutoConfiguration(after = SecureStreamHandlerAutoConfiguration.class)
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean(SecureStreamHandlerRegistry.class)
@ConditionalOnSingleCandidate(StreamFactory.class)
@ConditionalOnEnabledHealthIndicator("securestreams")
public final class SecureStreamsHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = { "secureStreamsHealthIndicator", "secureStreamsHealthContributor" })
	SecureStreamsHealthIndicator secureStreamsHealthContributor(StreamFactory streams,
			SecureStreamHandlerRegistry registry, ObjectProvider<PolicyRefresher> refresher,
			ObjectProvider<CaptivePortalDetector> detector) {
		return new SecureStreamsHealthIndicator(streams, registry, refresher.getIfAvailable(),
				detector.getIfAvailable());
	}

}
