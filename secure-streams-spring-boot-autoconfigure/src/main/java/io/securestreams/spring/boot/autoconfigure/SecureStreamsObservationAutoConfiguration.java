package io.securestreams.spring.boot.autoconfigure;

import io.micrometer.observation.ObservationRegistry;
import io.securestreams.spring.boot.observation.ObservedTransactions;
import io.securestreams.spring.boot.observation.TransactionObservationConvention;
import io.securestreams.spring.template.TransactionObserver;
import io.securestreams.stream.factory.StreamFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of {@link ObservedTransactions}, where there are observations.
 */
@AutoConfiguration(after = SecureStreamsAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean({ StreamFactory.class, SecureStreamsProperties.class, ObservationRegistry.class })
public final class SecureStreamsObservationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(TransactionObserver.class)
	ObservedTransactions secureStreamsObservedTransactions(ObservationRegistry registry,
			ObjectProvider<TransactionObservationConvention> convention) {
		return new ObservedTransactions(registry,
				convention.getIfAvailable(() -> TransactionObservationConvention.DEFAULT));
	}

}
