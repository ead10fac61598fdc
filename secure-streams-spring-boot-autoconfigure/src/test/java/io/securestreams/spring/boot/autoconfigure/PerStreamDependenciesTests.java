package io.securestreams.spring.boot.autoconfigure;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.core.io.support.SpringFactoriesLoader;

import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.endpoint.HandlerCreationException;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.spring.template.SecureStreamTemplate;
import io.securestreams.spring.template.TransactionRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for what handler beans need of which each stream has an instance.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ExtendWith(OutputCaptureExtension.class)
class PerStreamDependenciesTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PropertyPlaceholderAutoConfiguration.class,
				SecureStreamsAutoConfiguration.class, SecureStreamHandlerAutoConfiguration.class))
		.withPropertyValues("secure-streams.engine.event-loop-threads=1")
		.withBean(Policy.class, PerStreamDependenciesTests::policy)
		.withBean(AtomicInteger.class);

	private static Policy policy() {
		return PolicyJson.read("""
				{ "s": [ { "pages": { "server": true, "endpoint": "127.0.0.1", "port": 0, "protocol": "h1" } },
				  { "page": { "endpoint": "127.0.0.1:${port}", "protocol": "h1", "http_url": "",
				    "metadata": [ { "port": "" } ] } } ] }
				""", "test").policy();
	}

	private static String ask(ApplicationContext context) {
		InetSocketAddress address = (InetSocketAddress) context.getBean(SecureStreamHandlerRegistry.class)
			.server("pages")
			.address();
		return context.getBean(SecureStreamTemplate.class)
			.exchange("page", TransactionRequest.with("port", Integer.toString(address.getPort())))
			.text();
	}

	@ParameterizedTest
	@ValueSource(classes = { NeedyHandlers.NeedsConstructor.class, NeedyHandlers.NeedsField.class,
			NeedyHandlers.NeedsMethod.class, NeedyHandlers.NeedsProperty.class,
			NeedyHandlers.NeedsPropertyInField.class, NeedyHandlers.NeedsForFactory.class })
	void oneThatCannotBeMadeFailsTheStart(Class<?> handler) {
		for (boolean lazy : new boolean[] { false, true }) {
			this.contextRunner.withInitializer(
					(context) -> ((BeanDefinitionRegistry) context.getBeanFactory()).registerBeanDefinition("pages",
							BeanDefinitionBuilder.rootBeanDefinition(handler).setLazyInit(lazy).getBeanDefinition()))
				.run((context) -> assertThat(context).hasFailed()
					.getFailure()
					.rootCause()
					.satisfiesAnyOf((cause) -> assertThat(cause).hasMessageContaining("Room"),
							(cause) -> assertThat(cause).hasMessageContaining("room.name")));
		}
	}

	@Test
	void whoReadsThatIsToldBeanStreamtypeAndCure() {
		this.contextRunner.withBean("pages", NeedyHandlers.NeedsConstructor.class).run((context) -> {
			FailureAnalysis analysis = analyze(context.getStartupFailure());
			assertThat(analysis.getDescription()).startsWith(
					"Bean \"pages\", the handler of streamtype \"pages\", of which each stream has an instance, "
							+ "cannot be made:\n\n    Parameter 0 of constructor in "
							+ NeedyHandlers.NeedsConstructor.class.getName() + ": No qualifying bean of type '"
							+ NeedyHandlers.Room.class.getName() + "' available");
			assertThat(analysis.getAction()).isEqualTo("Define a bean of type " + NeedyHandlers.Room.class.getName()
					+ ", or let the class of bean \"pages\" do without it: ObjectProvider, or @Nullable.");
			assertThat(analysis.getCause()).isInstanceOf(HandlerCreationException.class);
		});
	}

	@Test
	void andWhichOfSeveral() {
		this.contextRunner.withBean("red", NeedyHandlers.Room.class, "red")
			.withBean("blue", NeedyHandlers.Room.class, "blue")
			.withBean("pages", NeedyHandlers.NeedsConstructor.class)
			.run((context) -> {
				assertThat(context).getFailure().hasRootCauseInstanceOf(NoUniqueBeanDefinitionException.class);
				assertThat(analyze(context.getStartupFailure()).getAction())
					.startsWith("Mark one of the beans as @Primary");
			});
	}

	/** As Boot does it: the first analyzer that has something to say. */
	private static FailureAnalysis analyze(@Nullable Throwable failure) {
		return SpringFactoriesLoader.forDefaultResourceLocation()
			.load(FailureAnalyzer.class, (factoryType, name, problem) -> {
			})
			.stream()
			.map((analyzer) -> analyzer.analyze(failure))
			.filter((analysis) -> analysis != null)
			.findFirst()
			.orElseThrow();
	}

	@Test
	void oneThatHasAllIsMadeWithItsStream() {
		this.contextRunner.withUserConfiguration(Rooms.class)
			.withBean("pages", HasAll.class)
			.withPropertyValues("room.name=green")
			.run((context) -> {
				AtomicInteger made = context.getBean(AtomicInteger.class);
				assertThat(made).hasValue(0);
				assertThat(context.getBeanFactory().containsSingleton("lazyRoom")).isFalse();
				assertThat(ask(context)).isEqualTo("in blue green lazy 1");
				assertThat(ask(context)).isEqualTo("in blue green lazy 2");
				assertThat(made).hasValue(2);
			});
	}

	@Test
	void oneThatFailsOtherwiseIsToldOnceByName(CapturedOutput output) {
		this.contextRunner.withBean("pages", Fails.class).run((context) -> {
			for (int i = 0; i < 3; i++) {
				assertThatThrownBy(() -> ask(context)).isInstanceOf(RuntimeException.class);
			}
			assertThat(output).containsOnlyOnce("handler, bean \"pages\", cannot be made");
		});
	}

	/** Counts itself. */
	@Scope("prototype")
	record Visitor(int number) {

	}

	@Configuration(proxyBeanMethods = false)
	static class Rooms {

		@Bean
		NeedyHandlers.Room red() {
			return new NeedyHandlers.Room("red");
		}

		@Bean
		NeedyHandlers.Room blue() {
			return new NeedyHandlers.Room("blue");
		}

		@Bean
		@Lazy
		@Qualifier("lazy")
		NeedyHandlers.Room lazyRoom() {
			return new NeedyHandlers.Room("lazy");
		}

		@Bean
		@Scope("prototype")
		Visitor visitor(AtomicInteger made) {
			return new Visitor(made.incrementAndGet());
		}

	}

	@SecureStreamHandler(value = "pages", scope = SecureStreamHandler.Scope.PER_STREAM)
	static class HasAll extends NeedyHandlers.Answers {

		private final String text;

		@Autowired(required = false)
		private @Nullable List<Thread> none;

		@Autowired
		@Qualifier("lazy")
		private NeedyHandlers.Room lazy = new NeedyHandlers.Room("none");

		HasAll(@Qualifier("blue") NeedyHandlers.Room room, @Value("${room.name}") String name,
				ObjectProvider<Thread> threads, Optional<Thread> optional, @Nullable Thread nullable,
				List<NeedyHandlers.Room> all, Visitor visitor, ApplicationContext context) {
			this.text = "in " + room.name() + " " + name + " %s " + visitor.number();
		}

		@Autowired(required = false)
		void thread(Thread thread) {
			throw new IllegalStateException("there is none");
		}

		@Override
		String text() {
			return this.text.formatted(this.lazy.name());
		}

	}

	@SecureStreamHandler(value = "pages", scope = SecureStreamHandler.Scope.PER_STREAM)
	static class Fails extends NeedyHandlers.Answers {

		Fails() {
			throw new IllegalStateException("on purpose");
		}

	}

}
