package io.securestreams.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.endpoint.HandlerBeanEndpoints;
import io.securestreams.spring.endpoint.HiddenHandlerPostProcessor;
import io.securestreams.spring.endpoint.PerStreamScopePostProcessor;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.spring.endpoint.StreamHandlerEndpointConfigurer;
import io.securestreams.spring.endpoint.StreamHandlerEndpointSource;
import io.securestreams.spring.handler.HandlerObserver;
import io.securestreams.spring.handler.JsonReading;
import io.securestreams.spring.template.SecureStreamTemplate;
import io.securestreams.spring.template.TransactionObserver;
import io.securestreams.stream.factory.StreamFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.securestreams.spring.endpoint.PolicyChanges;
import io.securestreams.system.policyfetch.PolicyRefresher;
import io.securestreams.system.policyfetch.PolicyStatus;

/**
 * Auto-configuration of handler beans: {@link SecureStreamHandler @SecureStreamHandler}
 * and {@link StreamHandlerEndpointConfigurer}; and of {@link SecureStreamTemplate}.
 */
@AutoConfiguration(
		after = { SecureStreamsAutoConfiguration.class, SecureStreamsPolicyAutoConfiguration.class,
				SecureStreamsObservationAutoConfiguration.class, LifecycleAutoConfiguration.class,
				TaskExecutionAutoConfiguration.class },
		afterName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
@ConditionalOnBean(SecureStreamsProperties.class)
@ConditionalOnSingleCandidate(StreamFactory.class)
public final class SecureStreamHandlerAutoConfiguration {

	@Bean
	static PerStreamScopePostProcessor perStreamScopePostProcessor() {
		return new PerStreamScopePostProcessor();
	}

	@Bean
	static HiddenHandlerPostProcessor hiddenHandlerPostProcessor(ConfigurableListableBeanFactory beanFactory) {
		return new HiddenHandlerPostProcessor(beanFactory);
	}

	@Bean
	@ConditionalOnMissingBean
	BlockingThreads secureStreamsBlockingThreads(ConfigurableListableBeanFactory beanFactory) {
		return new BlockingThreads(beanFactory);
	}

	@Bean
	@ConditionalOnMissingBean(value = StreamHandlerEndpointSource.class, search = SearchStrategy.CURRENT)
	HandlerBeanEndpoints secureStreamHandlerEndpoints(ConfigurableListableBeanFactory beanFactory,
			SecureStreamsProperties properties, ObjectProvider<JsonReading> json, BlockingThreads threads,
			ObjectProvider<StreamHandlerEndpointConfigurer> configurers, ObjectProvider<HandlerObserver> observer) {
		return new HandlerBeanEndpoints(beanFactory, dispatch(properties.handlers().dispatch()), threads::forHandlers,
				json.getIfAvailable(), own(configurers, beanFactory), observer::getIfAvailable);
	}

	/** Without those of a parent, which have done their work there. */
	private static List<StreamHandlerEndpointConfigurer> own(ObjectProvider<StreamHandlerEndpointConfigurer> all,
			ConfigurableListableBeanFactory beanFactory) {
		Collection<StreamHandlerEndpointConfigurer> own = beanFactory
			.getBeansOfType(StreamHandlerEndpointConfigurer.class)
			.values();
		return all.orderedStream().filter(own::contains).toList();
	}

	// Handler beans may be those of a child context
	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	SecureStreamHandlerRegistry secureStreamHandlerRegistry(StreamFactory streamFactory,
			StreamHandlerEndpointSource endpoints, SecureStreamsProperties properties,
			ObjectProvider<LifecycleProperties> lifecycle, ObjectProvider<PolicyChanges> changes,
			ObjectProvider<PolicyRefresher> refresher) {
		Duration drainTimeout = properties.shutdown().drainTimeout();
		if (drainTimeout == null) {
			drainTimeout = lifecycle.getIfAvailable(LifecycleProperties::new).getTimeoutPerShutdownPhase();
		}
		PolicyRefresher fetching = refresher.getIfAvailable();
		return new SecureStreamHandlerRegistry(streamFactory, endpoints, drainTimeout,
				changes.getIfAvailable(PolicyChanges::new), () -> isFetching(fetching));
	}

	/** A test may have put a mock in its place, which has no status. */
	private static boolean isFetching(@Nullable PolicyRefresher refresher) {
		PolicyStatus status = (refresher != null) ? refresher.status() : null;
		return status != null && status.fetching();
	}

	@Bean
	@ConditionalOnMissingBean
	SecureStreamTemplate secureStreamTemplate(StreamFactory streamFactory, SecureStreamsProperties properties,
			BlockingThreads threads, ObjectProvider<TransactionObserver> observer) {
		SecureStreamsProperties.Template template = properties.template();
		int maxResponseSize = (int) Math.min(Integer.MAX_VALUE, template.maxResponseSize().toBytes());
		return new SecureStreamTemplate(streamFactory, template.timeout(), maxResponseSize, threads.forFiles(),
				observer.getIfAvailable(() -> TransactionObserver.NONE));
	}

	private static SecureStreamHandler.Dispatch dispatch(SecureStreamsProperties.Dispatch dispatch) {
		return switch (dispatch) {
			case AUTO -> SecureStreamHandler.Dispatch.DEFAULT;
			case EVENT_LOOP -> SecureStreamHandler.Dispatch.EVENT_LOOP;
			case EXECUTOR -> SecureStreamHandler.Dispatch.EXECUTOR;
		};
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(JsonMapper.class)
	static class JacksonConfiguration {

		@Bean
		@ConditionalOnSingleCandidate(JsonMapper.class)
		@ConditionalOnMissingBean
		JsonReading secureStreamsJsonReading(JsonMapper mapper) {
			return (type) -> {
				ObjectReader reader = mapper.readerFor(mapper.constructType(type));
				return reader::readValue;
			};
		}

	}

}
