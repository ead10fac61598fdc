package io.securestreams.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.concurrent.Executor;

import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.endpoint.HandlerBeanEndpoints;
import io.securestreams.spring.endpoint.PerStreamScopePostProcessor;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.spring.endpoint.StreamHandlerEndpointConfigurer;
import io.securestreams.spring.endpoint.StreamHandlerEndpointSource;
import io.securestreams.spring.handler.JsonReading;
import io.securestreams.spring.template.SecureStreamTemplate;
import io.securestreams.stream.factory.StreamFactory;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

import io.securestreams.spring.endpoint.PolicyChanges;
import io.securestreams.system.policyfetch.PolicyRefresher;

/**
 * Auto-configuration of handler beans: {@link SecureStreamHandler @SecureStreamHandler}
 * and {@link StreamHandlerEndpointConfigurer}; and of {@link SecureStreamTemplate}.
 */
@AutoConfiguration(
		after = { SecureStreamsAutoConfiguration.class, SecureStreamsPolicyAutoConfiguration.class,
				LifecycleAutoConfiguration.class, TaskExecutionAutoConfiguration.class },
		afterName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
@ConditionalOnBean({ StreamFactory.class, SecureStreamsProperties.class })
public final class SecureStreamHandlerAutoConfiguration {

	@Bean
	static PerStreamScopePostProcessor perStreamScopePostProcessor() {
		return new PerStreamScopePostProcessor();
	}

	@Bean
	@ConditionalOnMissingBean(StreamHandlerEndpointSource.class)
	HandlerBeanEndpoints secureStreamHandlerEndpoints(ConfigurableListableBeanFactory beanFactory,
			SecureStreamsProperties properties, ObjectProvider<JsonReading> json,
			ObjectProvider<StreamHandlerEndpointConfigurer> configurers) {
		return new HandlerBeanEndpoints(beanFactory, dispatch(properties.handlers().dispatch()),
				() -> executor(beanFactory), json.getIfAvailable(), configurers.orderedStream().toList());
	}

	@Bean
	@ConditionalOnMissingBean
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
				changes.getIfAvailable(PolicyChanges::new), () -> fetching != null && fetching.status().fetching());
	}

	@Bean
	@ConditionalOnMissingBean
	SecureStreamTemplate secureStreamTemplate(StreamFactory streamFactory, SecureStreamsProperties properties,
			ConfigurableListableBeanFactory beanFactory) {
		SecureStreamsProperties.Template template = properties.template();
		int maxResponseSize = (int) Math.min(Integer.MAX_VALUE, template.maxResponseSize().toBytes());
		return new SecureStreamTemplate(streamFactory, template.timeout(), maxResponseSize,
				(task) -> executor(beanFactory).execute(task));
	}

	private static SecureStreamHandler.Dispatch dispatch(SecureStreamsProperties.Dispatch dispatch) {
		return (dispatch == SecureStreamsProperties.Dispatch.EXECUTOR) ? SecureStreamHandler.Dispatch.EXECUTOR
				: SecureStreamHandler.Dispatch.EVENT_LOOP;
	}

	private static Executor executor(BeanFactory beanFactory) {
		String name = TaskExecutionAutoConfiguration.APPLICATION_TASK_EXECUTOR_BEAN_NAME;
		return beanFactory.containsBean(name) ? beanFactory.getBean(name, Executor.class)
				: new SimpleAsyncTaskExecutor("secure-streams-");
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(JsonMapper.class)
	static class JacksonConfiguration {

		@Bean
		@ConditionalOnBean(JsonMapper.class)
		@ConditionalOnMissingBean
		JsonReading secureStreamsJsonReading(JsonMapper mapper) {
			return (type) -> {
				ObjectReader reader = mapper.readerFor(mapper.constructType(type));
				return reader::readValue;
			};
		}

	}

}
