package io.securestreams.spring.boot.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.securestreams.spring.boot.metrics.SecureStreamsMetrics;
import io.securestreams.stream.factory.StreamFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of {@link SecureStreamsMetrics}.
 */
@AutoConfiguration(after = SecureStreamsAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ SecureStreamsProperties.class, MeterRegistry.class })
@ConditionalOnSingleCandidate(StreamFactory.class)
public final class SecureStreamsMetricsAutoConfiguration {

	// The engine needs its observers, so they get it later
	@Bean
	@ConditionalOnMissingBean
	SecureStreamsMetrics secureStreamsMetrics(ObjectProvider<StreamFactory> streams) {
		return new SecureStreamsMetrics(streams::getObject);
	}

}
