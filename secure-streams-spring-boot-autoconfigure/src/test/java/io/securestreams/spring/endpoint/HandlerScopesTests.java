package io.securestreams.spring.endpoint;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.mock.web.MockServletContext;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.context.annotation.ApplicationScope;
import org.springframework.web.context.annotation.RequestScope;
import org.springframework.web.context.annotation.SessionScope;

import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.annotation.SecureStreamHandler.Dispatch;
import io.securestreams.stream.StreamHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link HandlerScopes}.
 */
class HandlerScopesTests {

	@ParameterizedTest
	@ValueSource(classes = { OfRequest.class, OfRequestBehindProxy.class, OfSessionBehindProxy.class,
			OfRequestByMethod.class, OfRequestByMethodBehindProxy.class, OfRequestBehindInterfaces.class })
	void whatBelongsToRequestsIsRefused(Class<?> type) {
		assertThatExceptionOfType(HandlerScopeException.class).isThrownBy(() -> endpoints(type)).satisfies((ex) -> {
			assertThat(ex.scope()).isIn("request", "session");
			assertThat(ex.beanName()).isEqualTo("watcher");
			assertThat(ex.streamType()).isEqualTo("mintest");
		});
	}

	@Test
	void aScopeWithoutProxyIsRefused() {
		assertThatExceptionOfType(HandlerScopeException.class).isThrownBy(() -> endpoints(OfThread.class))
			.withMessage("cannot register bean \"watcher\" for streamtype \"mintest\": its scope is \"thread\", but "
					+ "streams begin outside of it (expected: a singleton, or one instance for each stream: scope = "
					+ "PER_STREAM, or @Scope(\"prototype\"))");
		assertThatExceptionOfType(HandlerScopeException.class).isThrownBy(() -> endpoints(OfApplication.class));
	}

	@Test
	void aScopeThatNobodyHasRegisteredIsRefused() {
		assertThatExceptionOfType(HandlerScopeException.class).isThrownBy(() -> endpoints(OfNoScope.class))
			.satisfies((ex) -> assertThat(ex.scope()).isEqualTo("tenant"));
	}

	@ParameterizedTest
	@ValueSource(classes = { OfThreadBehindProxy.class, OfApplicationBehindProxy.class, OfPrototype.class,
			OfPrototypeBehindProxy.class, ByFactory.class, ByMethodBehindProxy.class, BehindInterfaces.class })
	void otherScopesStay(Class<?> type) {
		assertThat(endpoints(type)).singleElement()
			.satisfies((endpoint) -> assertThat(endpoint.handlers().get()).isNotNull());
	}

	private static List<StreamHandlerEndpoint> endpoints(Class<?> type) {
		if (!type.getSimpleName().contains("OfNoScope")) {
			try (AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext()) {
				context.setServletContext(new MockServletContext());
				context.register(type);
				context.addBeanFactoryPostProcessor((beans) -> beans.registerScope("thread", new SimpleThreadScope()));
				context.refresh();
				return endpoints(context.getBeanFactory());
			}
		}
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(type)) {
			return endpoints(context.getBeanFactory());
		}
	}

	private static List<StreamHandlerEndpoint> endpoints(ConfigurableListableBeanFactory beans) {
		List<StreamHandlerEndpoint> found = new HandlerBeanEndpoints(beans, Dispatch.EVENT_LOOP, () -> Runnable::run,
				null, List.of())
			.endpoints();
		found.forEach((endpoint) -> endpoint.handlers().get());
		return found;
	}

	@SecureStreamHandler(value = "mintest", beanName = "watcher")
	@Scope("request")
	static class OfRequest implements StreamHandler {

	}

	@SecureStreamHandler(value = "mintest", beanName = "watcher")
	@RequestScope
	static class OfRequestBehindProxy implements StreamHandler {

	}

	@SecureStreamHandler(value = "mintest", beanName = "watcher")
	@SessionScope
	static class OfSessionBehindProxy implements StreamHandler {

	}

	@Configuration(proxyBeanMethods = false)
	static class OfRequestByMethod {

		@Bean
		@Scope("request")
		@SecureStreamHandler("mintest")
		StreamHandler watcher() {
			return new StreamHandler() {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OfRequestByMethodBehindProxy {

		@Bean
		@RequestScope
		@SecureStreamHandler("mintest")
		Events watcher() {
			return new Events();
		}

	}

	@SecureStreamHandler(value = "mintest", beanName = "watcher")
	@Scope(scopeName = "request", proxyMode = ScopedProxyMode.INTERFACES)
	static class OfRequestBehindInterfaces extends Events implements Watcher {

	}

	@SecureStreamHandler(value = "mintest", beanName = "watcher")
	@Scope("thread")
	static class OfThread implements StreamHandler {

	}

	@SecureStreamHandler(value = "mintest", beanName = "watcher")
	@Scope("tenant")
	static class OfNoScope implements StreamHandler {

	}

	@SecureStreamHandler(value = "mintest", beanName = "watcher")
	@Scope("application")
	static class OfApplication implements StreamHandler {

	}

	@SecureStreamHandler(value = "mintest", beanName = "watcher")
	@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
	static class OfThreadBehindProxy implements StreamHandler {

	}

	@SecureStreamHandler(value = "mintest", beanName = "watcher")
	@ApplicationScope
	static class OfApplicationBehindProxy implements StreamHandler {

	}

	@SecureStreamHandler(value = "mintest", beanName = "watcher")
	@Scope("prototype")
	static class OfPrototype implements StreamHandler {

	}

	@SecureStreamHandler(value = "mintest", beanName = "watcher")
	@Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
	static class OfPrototypeBehindProxy implements StreamHandler {

	}

	@Configuration(proxyBeanMethods = false)
	static class ByFactory {

		@Bean
		@SecureStreamHandler("mintest")
		FactoryBean<StreamHandler> watcher() {
			return new FactoryBean<>() {

				@Override
				public StreamHandler getObject() {
					return new StreamHandler() {
					};
				}

				@Override
				public Class<?> getObjectType() {
					return StreamHandler.class;
				}

				@Override
				public boolean isSingleton() {
					return false;
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ByMethodBehindProxy {

		@Bean
		@SecureStreamHandler("mintest")
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
		Events watcher() {
			return new Events();
		}

	}

	@SecureStreamHandler(value = "mintest", beanName = "watcher")
	@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.INTERFACES)
	static class BehindInterfaces extends Events implements Watcher {

	}

	interface Watcher {

		@OnState
		void state();

	}

	static class Events {

		@OnState
		public void state() {
		}

	}

}
