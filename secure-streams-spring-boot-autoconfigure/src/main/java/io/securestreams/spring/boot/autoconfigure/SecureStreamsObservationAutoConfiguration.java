package io.securestreams.spring.boot.autoconfigure;

import io.micrometer.observation.ObservationRegistry;
import io.securestreams.spring.boot.observation.HandlerObservationConvention;
import io.securestreams.spring.boot.observation.ObservedHandlers;
import io.securestreams.spring.boot.observation.ObservedTransactions;
import io.securestreams.spring.boot.observation.ServerTransactionObservationConvention;
import io.securestreams.spring.boot.observation.TransactionObservationConvention;
import io.securestreams.spring.handler.HandlerObserver;
import io.securestreams.spring.template.TransactionObserver;
import io.securestreams.stream.factory.StreamFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of {@link ObservedTransactions} and {@link ObservedHandlers}, where
 * there are observations.
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

	// The engine needs its observers, so they get the registry later
	@Bean
	@ConditionalOnMissingBean(HandlerObserver.class)
	ObservedHandlers secureStreamsObservedHandlers(ObjectProvider<ServerTransactionObservationConvention> transactions,
			ObjectProvider<HandlerObservationConvention> handlers) {
		return new ObservedHandlers(transactions.getIfAvailable(() -> ServerTransactionObservationConvention.DEFAULT),
				handlers.getIfAvailable(() -> HandlerObservationConvention.DEFAULT));
	}

	@Bean
	ObservationBeginning secureStreamsObservationBeginning(ObjectProvider<ObservedHandlers> observed,
			ObjectProvider<ObservationRegistry> registry) {
		return new ObservationBeginning(observed, registry);
	}

	/** When all beans are there, and before streams begin. */
	record ObservationBeginning(ObjectProvider<ObservedHandlers> observed,
			ObjectProvider<ObservationRegistry> registry) implements SmartInitializingSingleton {

		@Override
		public void afterSingletonsInstantiated() {
			this.observed.ifAvailable((handlers) -> this.registry.ifAvailable(handlers::begin));
		}

	}

}
