package io.securestreams.spring.boot.autoconfigure;

import java.util.Arrays;
import java.util.List;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.spring.endpoint.StreamHandlerEndpointConfigurer;
import io.securestreams.spring.endpoint.StreamHandlerRegistrationException;
import io.securestreams.stream.factory.StreamFactory;

/**
 * Where the application has several engines and prefers none, it makes its streams by
 * hand. A handler bean would be without streams then, and nobody would know.
 */
record AmbiguousEngines(ConfigurableListableBeanFactory beanFactory) implements SmartInitializingSingleton {

	@Override
	public void afterSingletonsInstantiated() {
		List<String> engines = List.of(names(StreamFactory.class));
		if (engines.size() < 2 || names(SecureStreamHandlerRegistry.class).length > 0) {
			return;
		}
		for (String handler : this.beanFactory.getBeanNamesForAnnotation(SecureStreamHandler.class)) {
			SecureStreamHandler annotation = this.beanFactory.findAnnotationOnBean(handler, SecureStreamHandler.class);
			refuse(handler, (annotation != null) ? List.of(annotation.streamtype()) : List.of(), engines);
		}
		Arrays.stream(names(StreamHandlerEndpointConfigurer.class))
			.forEach((configurer) -> refuse(configurer, List.of(), engines));
	}

	private String[] names(Class<?> type) {
		return this.beanFactory.getBeanNamesForType(type, true, false);
	}

	private static void refuse(String bean, List<String> streamTypes, List<String> engines) {
		throw new StreamHandlerRegistrationException("bean \"" + bean + "\"", String.join(", ", streamTypes),
				"there are several engines, " + String.join(", ", engines)
						+ " (expected: @Primary on the one whose streams handler beans get)",
				null);
	}

}
