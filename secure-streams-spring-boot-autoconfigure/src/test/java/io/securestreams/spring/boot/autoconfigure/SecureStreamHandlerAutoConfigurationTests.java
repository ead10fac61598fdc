package io.securestreams.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import tools.jackson.databind.json.JsonMapper;

import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.spring.endpoint.StreamHandlerEndpointConfigurer;
import io.securestreams.spring.endpoint.StreamHandlerEndpointSource;
import io.securestreams.spring.handler.JsonReading;
import io.securestreams.spring.testing.FakeStreamFactory;
import io.securestreams.spring.testing.TestPolicies;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SecureStreamHandlerAutoConfiguration}.
 */
class SecureStreamHandlerAutoConfigurationTests {

	private static final boolean VIRTUAL = Runtime.version().feature() >= 24;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SecureStreamsAutoConfiguration.class,
				SecureStreamHandlerAutoConfiguration.class, LifecycleAutoConfiguration.class,
				TaskExecutionAutoConfiguration.class, JacksonAutoConfiguration.class))
		.withBean(FakeStreamFactory.class, () -> new FakeStreamFactory(TestPolicies.POLICY));

	@Test
	void handlerBeansGetTheirStreams() {
		this.contextRunner.withUserConfiguration(Watcher.class, Chat.class).run((context) -> {
			SecureStreamHandlerRegistry registry = context.getBean(SecureStreamHandlerRegistry.class);
			FakeStreamFactory streams = context.getBean(FakeStreamFactory.class);
			assertThat(registry.stream("mintest").id()).isEqualTo("mintest#1");
			assertThat(registry.server("chat")).isSameAs(streams.fakeServer("chat"));
			streams.fakeServer("chat").accept();
			streams.fakeServer("chat").accept();
			assertThat(context.getBeanFactory().isSingleton(Chat.NAME)).isFalse();
		});
	}

	@Test
	void jsonIsReadWhereJacksonIsPresent() {
		this.contextRunner.withPropertyValues("secure-streams.handlers.dispatch=event-loop")
			.withUserConfiguration(Json.class)
			.run((context) -> {
				context.getBean(FakeStreamFactory.class).fake("mintest").message("[\"a\",\"b\"]");
				assertThat(context.getBean(Json.class).names).containsExactly("a", "b");
			});
	}

	@Test
	void jsonNeedsJackson() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(JsonMapper.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(JsonReading.class));
		this.contextRunner.withClassLoader(new FilteredClassLoader(JsonMapper.class))
			.withUserConfiguration(Json.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("there is no tools.jackson.databind.json.JsonMapper bean"));
	}

	@Test
	void mappersOfWhichNoneIsPreferredReadNothing() {
		ApplicationContextRunner several = this.contextRunner.withBean("one", JsonMapper.class, JsonMapper::new)
			.withBean("two", JsonMapper.class, JsonMapper::new);
		several.withUserConfiguration(Watcher.class).run((context) -> assertThat(context).hasNotFailed());
		several.withUserConfiguration(Json.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("or no @Primary one of several"));
	}

	@Test
	void annotatedMethodsRunWhereTheyMayBlock() {
		this.contextRunner.withUserConfiguration(Threads.class)
			.withPropertyValues("spring.task.execution.thread-name-prefix=application-")
			.run((context) -> assertThat(thread(context)).startsWith(VIRTUAL ? "secure-streams-" : "application-"));
	}

	@Test
	void plainHandlersRunOnTheEventLoop() {
		this.contextRunner.withUserConfiguration(PlainThreads.class)
			.run((context) -> assertThat(context.getBean(PlainThreads.class).thread)
				.isCompletedWithValue(Thread.currentThread().getName()));
	}

	@Test
	void dispatchOnTheEventLoop() {
		this.contextRunner.withUserConfiguration(Threads.class)
			.withPropertyValues("secure-streams.handlers.dispatch=event-loop")
			.run((context) -> assertThat(context.getBean(Threads.class).thread)
				.isCompletedWithValue(Thread.currentThread().getName()));
	}

	@Test
	void dispatchOnTheExecutor() {
		this.contextRunner.withUserConfiguration(PlainThreads.class)
			.withPropertyValues("secure-streams.handlers.dispatch=executor",
					"spring.task.execution.thread-name-prefix=application-")
			.run((context) -> assertThat(context.getBean(PlainThreads.class).thread.get(10, TimeUnit.SECONDS))
				.startsWith(VIRTUAL ? "secure-streams-" : "application-"));
	}

	@Test
	void dispatchWithoutApplicationTaskExecutor() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SecureStreamsAutoConfiguration.class,
					SecureStreamHandlerAutoConfiguration.class))
			.withBean(FakeStreamFactory.class, () -> new FakeStreamFactory(TestPolicies.POLICY))
			.withUserConfiguration(Threads.class)
			.run((context) -> assertThat(thread(context)).startsWith("secure-streams-"));
	}

	@Test
	void dispatchOnAnExecutorForHandlers() {
		this.contextRunner.withUserConfiguration(Threads.class)
			.withBean(BlockingThreads.HANDLER_EXECUTOR_BEAN_NAME, Executor.class,
					() -> new SimpleAsyncTaskExecutor("mine-"))
			.run((context) -> assertThat(thread(context)).startsWith("mine-"));
	}

	/** Such as those that copy what belongs to a web request. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aTaskDecoratorThatFailsCostsNoEvents(boolean limited) {
		TaskDecorator decorator = (task) -> {
			throw new IllegalStateException("no request");
		};
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("mine-");
		executor.setTaskDecorator(decorator);
		executor.setConcurrencyLimit(1);
		ApplicationContextRunner runner = limited ? this.contextRunner
			.withBean(BlockingThreads.HANDLER_EXECUTOR_BEAN_NAME, Executor.class, () -> executor)
				: this.contextRunner.withBean(TaskDecorator.class, () -> decorator);
		runner.withUserConfiguration(Threads.class)
			.run((context) -> assertThat(thread(context)).startsWith("secure-streams-drain"));
	}

	private static String thread(ApplicationContext context) throws Exception {
		return context.getBean(Threads.class).thread.get(10, TimeUnit.SECONDS);
	}

	@Test
	void configurersRegisterHandlers() {
		this.contextRunner.withUserConfiguration(Configurer.class)
			.run((context) -> assertThat(context.getBean(SecureStreamHandlerRegistry.class).findStream("bytes"))
				.isPresent());
	}

	@Test
	void drainsAsLongAsBootWaits() {
		this.contextRunner.withUserConfiguration(Chat.class)
			.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=3s")
			.run((context) -> assertDrained(context.getBean(FakeStreamFactory.class), context::close, "drain PT3S"));
	}

	@Test
	void drainsAsLongAsTheProperty() {
		this.contextRunner.withUserConfiguration(Chat.class)
			.withPropertyValues("secure-streams.shutdown.drain-timeout=2s")
			.run((context) -> assertDrained(context.getBean(FakeStreamFactory.class), context::close, "drain PT2S"));
	}

	@Test
	void lazyInitializationDoesNotStopStreams() {
		this.contextRunner.withUserConfiguration(Watcher.class)
			.withInitializer((context) -> context
				.addBeanFactoryPostProcessor(new org.springframework.boot.LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> assertThat(context.getBean(FakeStreamFactory.class).streams()).hasSize(1));
	}

	@Test
	void beansOfTheUserWin() {
		StreamHandlerEndpointSource none = List::of;
		SecureStreamHandlerRegistry registry = new SecureStreamHandlerRegistry(
				new FakeStreamFactory(TestPolicies.POLICY), none, Duration.ZERO);
		JsonReading json = (type) -> (message) -> "";
		this.contextRunner.withUserConfiguration(Watcher.class)
			.withBean(StreamHandlerEndpointSource.class, () -> none)
			.withBean(SecureStreamHandlerRegistry.class, () -> registry)
			.withBean(JsonReading.class, () -> json)
			.run((context) -> {
				assertThat(context.getBean(StreamHandlerEndpointSource.class)).isSameAs(none);
				assertThat(context.getBean(SecureStreamHandlerRegistry.class)).isSameAs(registry);
				assertThat(context.getBean(JsonReading.class)).isSameAs(json);
				assertThat(context.getBean(FakeStreamFactory.class).streams()).isEmpty();
			});
	}

	private static void assertDrained(FakeStreamFactory streams, Runnable close, String call) {
		close.run();
		assertThat(streams.fakeServer("chat").calls()).containsExactly(call, "close");
	}

	@SecureStreamHandler("mintest")
	static class Watcher implements StreamHandler {

	}

	@SecureStreamHandler(value = "chat", scope = SecureStreamHandler.Scope.PER_STREAM, beanName = Chat.NAME)
	static class Chat {

		static final String NAME = "chatHandler";

		@OnReceive
		void line(String text) {
		}

	}

	@SecureStreamHandler("mintest")
	static class Json {

		private List<String> names = List.of();

		@OnReceive
		void names(List<String> names) {
			this.names = names;
		}

	}

	@SecureStreamHandler("mintest")
	static class Threads {

		private final CompletableFuture<String> thread = new CompletableFuture<>();

		@OnState(StreamState.CREATING)
		void created() {
			this.thread.complete(Thread.currentThread().getName());
		}

	}

	@SecureStreamHandler("mintest")
	static class PlainThreads implements StreamHandler {

		private final CompletableFuture<String> thread = new CompletableFuture<>();

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			this.thread.complete(Thread.currentThread().getName());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Configurer {

		@Bean
		StreamHandlerEndpointConfigurer configurer() {
			return (registrar) -> registrar.register("bytes", new StreamHandler() {
			});
		}

	}

}
