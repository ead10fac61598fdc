package io.securestreams.spring.boot.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;

import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.spring.testing.FakeStreamFactory;
import io.securestreams.spring.testing.TestPolicies;
import io.securestreams.stream.StreamHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handlers whose annotation cannot be seen before they are made.
 */
@ExtendWith(OutputCaptureExtension.class)
class HiddenHandlerTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SecureStreamsAutoConfiguration.class, SecureStreamHandlerAutoConfiguration.class))
		.withBean(FakeStreamFactory.class, () -> new FakeStreamFactory(TestPolicies.POLICY));

	@Test
	void oneThatIsMadeLaterIsToldOnceAndHasItsStreamAtTheNextStart(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(Hidden.class).run((started) -> {
			ConfigurableApplicationContext context = started.getSourceApplicationContext();
			SecureStreamHandlerRegistry registry = context.getBean(SecureStreamHandlerRegistry.class);
			assertThat(registry.findStream("mintest")).isEmpty();
			assertThat(output).doesNotContain("has no stream");
			context.getBean(Greeter.class);
			assertThat(output).containsOnlyOnce("Bean \"greeter\" has no stream")
				.contains("its @Bean method returns " + GreetingHandler.class.getName());
			context.stop();
			context.start();
			assertThat(registry.findStream("mintest")).isPresent();
			assertThat(output).containsOnlyOnce("has no stream");
		});
	}

	@Test
	void oneOfWhichThereAreManyIsToldOnce(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(Many.class).run((context) -> {
			context.getBean(Greeter.class);
			context.getBean(Greeter.class);
			assertThat(output).containsOnlyOnce("Bean \"greeter\" has no stream");
		});
	}

	@Test
	void thoseThatCanBeSeenAreNot(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(Seen.class).run((context) -> {
			assertThat(context).hasNotFailed();
			context.getBean("lazy");
			context.getBean("eager");
			context.getBean("bytes");
			assertThat(context.getBean(SecureStreamHandlerRegistry.class).findStream("telemetry")).isPresent();
			assertThat(output).doesNotContain("has no stream");
		});
	}

	@Test
	void whatIsBehindTheProxyOfAScopeIsNot(CapturedOutput output) {
		this.contextRunner
			.withInitializer((context) -> context.getBeanFactory().registerScope("thread", new SimpleThreadScope()))
			.withUserConfiguration(Scoped.class)
			.run((context) -> {
				assertThat(context.getBean(SecureStreamHandlerRegistry.class).findStream("mintest")).isPresent();
				assertThat(context.getBean(GreetingHandler.class)).hasToString("made");
				assertThat(output).doesNotContain("has no stream");
			});
	}

	interface Greeter {

	}

	@SecureStreamHandler("mintest")
	static class GreetingHandler implements Greeter {

		@OnState
		void state() {
		}

		@Override
		public String toString() {
			return "made";
		}

	}

	@SecureStreamHandler("telemetry")
	static class Telemetry implements Greeter, StreamHandler {

	}

	@SecureStreamHandler("bytes")
	static class Bytes implements StreamHandler {

	}

	@Configuration(proxyBeanMethods = false)
	static class Hidden {

		@Bean
		@Lazy
		Greeter greeter() {
			return new GreetingHandler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Many {

		@Bean
		@Scope("prototype")
		Greeter greeter() {
			return new GreetingHandler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Scoped {

		@Bean
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
		GreetingHandler greeter() {
			return new GreetingHandler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Seen {

		@Bean
		@Lazy
		GreetingHandler lazy() {
			return new GreetingHandler();
		}

		@Bean
		Greeter eager() {
			return new Telemetry();
		}

		@Bean
		@Lazy
		@SecureStreamHandler("bytes")
		StreamHandler bytes() {
			return new Bytes();
		}

	}

}
