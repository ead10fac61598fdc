package io.securestreams.spring.boot.autoconfigure;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.AbstractAdvisingBeanPostProcessor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.spring.testing.FakeStreamFactory;
import io.securestreams.spring.testing.TestPolicies;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handler beans with an instance for each stream, behind the proxies of Spring: there is
 * none to look at when they are read.
 */
class ProxiedPerStreamHandlerTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SecureStreamsAutoConfiguration.class, SecureStreamHandlerAutoConfiguration.class))
		.withBean(FakeStreamFactory.class, () -> new FakeStreamFactory(TestPolicies.POLICY))
		.withUserConfiguration(Advised.class)
		.withPropertyValues("secure-streams.handlers.dispatch=event-loop");

	@ParameterizedTest
	@ValueSource(classes = { ByClass.class, ByInterface.class })
	void adviceIsAroundTheCalls(Class<?> type) {
		this.contextRunner.withUserConfiguration(type).run((context) -> {
			SecureStreamHandlerRegistry registry = context.getBean(SecureStreamHandlerRegistry.class);
			Log log = context.getBean(Log.class);
			for (String text : new String[] { "one", "two" }) {
				context.getBean(FakeStreamFactory.class).fakeServer("chat").accept().message(text);
				assertThat(log.calls).containsExactly("before", text);
				log.calls.clear();
				// What has been made meanwhile is no other class
				registry.stop();
				registry.start();
			}
		});
	}

	@Test
	void aFinalMethodIsRefusedAtStart() {
		this.contextRunner.withUserConfiguration(FinalMethod.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("is final")
				.hasMessageContaining("FinalMethod.line"));
	}

	static class Log {

		final Queue<String> calls = new ConcurrentLinkedQueue<>();

	}

	@Retention(RetentionPolicy.RUNTIME)
	@interface Around {

	}

	@Configuration(proxyBeanMethods = false)
	static class Advised {

		@Bean
		static Log log() {
			return new Log();
		}

		/** By interfaces, where there are some. */
		@Bean
		static AbstractAdvisingBeanPostProcessor advice(Log log) {
			return new AbstractAdvisingBeanPostProcessor() {

				{
					this.advisor = new DefaultPointcutAdvisor(new AnnotationMatchingPointcut(Around.class, true),
							(MethodInterceptor) (invocation) -> {
								log.calls.add("before");
								return invocation.proceed();
							});
				}

			};
		}

	}

	@Around
	@SecureStreamHandler(value = "chat", scope = SecureStreamHandler.Scope.PER_STREAM)
	static class ByClass {

		private final Log log;

		ByClass(Log log) {
			this.log = log;
		}

		@OnReceive
		void line(String text) {
			this.log.calls.add(text);
		}

	}

	interface Lines {

		void line(String text);

	}

	@Around
	@SecureStreamHandler(value = "chat", scope = SecureStreamHandler.Scope.PER_STREAM)
	static class ByInterface implements Lines {

		private final Log log;

		ByInterface(Log log) {
			this.log = log;
		}

		@Override
		@OnReceive
		public void line(String text) {
			this.log.calls.add(text);
		}

	}

	@Around
	@SecureStreamHandler(value = "chat", scope = SecureStreamHandler.Scope.PER_STREAM)
	static class FinalMethod {

		private final Log log;

		FinalMethod(Log log) {
			this.log = log;
		}

		@OnReceive
		final void line(String text) {
			this.log.calls.add(text);
		}

	}

}
