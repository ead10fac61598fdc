package io.securestreams.spring.boot.autoconfigure;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.aopalliance.intercept.MethodInterceptor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.AbstractAdvisingBeanPostProcessor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.testing.FakeStreamFactory;
import io.securestreams.spring.testing.TestPolicies;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handler beans behind the proxies of Spring, such as those of {@code @Transactional},
 * {@code @Validated} and {@code @Async}.
 */
class ProxiedHandlerTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SecureStreamsAutoConfiguration.class,
				SecureStreamHandlerAutoConfiguration.class, TaskExecutionAutoConfiguration.class))
		.withBean(FakeStreamFactory.class, () -> new FakeStreamFactory(TestPolicies.POLICY))
		.withPropertyValues("secure-streams.handlers.dispatch=event-loop");

	@ParameterizedTest
	@ValueSource(classes = { PackagePrivate.class, PublicMethods.class, Inherited.class, Plain.class })
	void adviceIsAroundTheCalls(Class<?> type) {
		this.contextRunner.withUserConfiguration(Advised.class, type).run((context) -> {
			context.getBean(FakeStreamFactory.class).fake("mintest").message("hello");
			assertThat(context.getBean(Advised.class).calls).contains("before").contains("after");
			assertThat(context.getBean(Log.class).received).containsExactly("hello");
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { FinalMethod.class, FinalPlain.class })
	void aFinalMethodIsRefused(Class<?> type) {
		this.contextRunner.withUserConfiguration(Advised.class, type)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("is final")
				.hasMessageContaining(type.getSimpleName()));
	}

	@Test
	void aFinalMethodWithoutProxyIsCalled() {
		this.contextRunner.withUserConfiguration(Logs.class, FinalMethod.class).run((context) -> {
			context.getBean(FakeStreamFactory.class).fake("mintest").message("hello");
			assertThat(context.getBean(Log.class).received).containsExactly("hello");
		});
	}

	@Test
	void methodsMayBeAsynchronous() {
		this.contextRunner.withUserConfiguration(Asynchronous.class, Logs.class, Later.class)
			.withPropertyValues("spring.task.execution.thread-name-prefix=application-")
			.run((context) -> {
				context.getBean(FakeStreamFactory.class).fake("mintest").message("hello");
				Queue<String> received = context.getBean(Log.class).received;
				Awaitility.await().until(() -> !received.isEmpty());
				assertThat(received).singleElement().asString().startsWith("hello on application-");
			});
	}

	@Retention(RetentionPolicy.RUNTIME)
	@interface Around {

	}

	static class Log {

		final Queue<String> received = new ConcurrentLinkedQueue<>();

	}

	@Configuration(proxyBeanMethods = false)
	static class Logs {

		@Bean
		Log log() {
			return new Log();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Advised extends Logs {

		final Queue<String> calls = new ConcurrentLinkedQueue<>();

		@Bean
		static AbstractAdvisingBeanPostProcessor advice(ObjectProvider<Advised> own) {
			return new AbstractAdvisingBeanPostProcessor() {

				{
					this.advisor = new DefaultPointcutAdvisor(new AnnotationMatchingPointcut(Around.class, true),
							(MethodInterceptor) (invocation) -> {
								own.getObject().calls.add("before");
								try {
									return invocation.proceed();
								}
								finally {
									own.getObject().calls.add("after");
								}
							});
					setProxyTargetClass(true);
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class Asynchronous {

	}

	@Around
	@SecureStreamHandler("mintest")
	static class PackagePrivate {

		private final Log log;

		PackagePrivate(Log log) {
			this.log = log;
		}

		@OnReceive
		void text(String text) {
			this.log.received.add(text);
		}

	}

	@Around
	@SecureStreamHandler("mintest")
	static class PublicMethods {

		private final Log log;

		PublicMethods(Log log) {
			this.log = log;
		}

		@OnReceive
		public void text(String text) {
			this.log.received.add(text);
		}

	}

	abstract static class Base {

		@OnReceive
		protected abstract void text(String text);

	}

	@Around
	@SecureStreamHandler("mintest")
	static class Inherited extends Base {

		private final Log log;

		Inherited(Log log) {
			this.log = log;
		}

		@Override
		protected void text(String text) {
			this.log.received.add(text);
		}

	}

	@Around
	@SecureStreamHandler("mintest")
	static class Plain implements StreamHandler {

		private final Log log;

		Plain(Log log) {
			this.log = log;
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.log.received.add(payload.text());
		}

	}

	@Around
	@SecureStreamHandler("mintest")
	static class FinalMethod {

		private final Log log;

		FinalMethod(Log log) {
			this.log = log;
		}

		@OnReceive
		final void text(String text) {
			this.log.received.add(text);
		}

	}

	@Around
	@SecureStreamHandler("mintest")
	static class FinalPlain implements StreamHandler {

		private final Log log;

		FinalPlain(Log log) {
			this.log = log;
		}

		@Override
		public final void onState(SecureStream stream, StreamState state, long ordinal) {
			this.log.received.add(state.name());
		}

	}

	@SecureStreamHandler("mintest")
	static class Later {

		private final Log log;

		Later(Log log) {
			this.log = log;
		}

		@Async
		@OnReceive
		void text(String text) {
			this.log.received.add(text + " on " + Thread.currentThread().getName());
		}

		@OnState(StreamState.CREATING)
		void created() {
		}

	}

}
