package io.securestreams.spring.boot.autoconfigure;

import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.spring.endpoint.StreamHandlerEndpointConfigurer;
import io.securestreams.spring.template.SecureStreamTemplate;
import io.securestreams.spring.testing.TestPolicies;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications with more than one engine: the preferred one is for everything else, and
 * if there is none, streams are made by hand.
 */
@Timeout(60)
class SeveralEnginesTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withUserConfiguration(Application.class)
		.withPropertyValues("management.endpoints.web.exposure.include=*");

	@Test
	void withoutHandlersNoneNeedsToBePreferred() {
		engines((definition) -> {
		}).run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(SecureStreamTemplate.class);
			SecureStream stream = context.getBean("two", SecureStreams.class).create("mintest", new Watcher());
			assertThat(stream.isClosed()).isFalse();
		});
	}

	@Test
	void handlersNeedAPreferredOne() {
		engines((definition) -> {
		}).withUserConfiguration(Watcher.class)
			.run((context) -> assertThat(context).getFailure()
				.hasMessage(
						"cannot register bean \"severalEnginesTests.Watcher\" for streamtype \"mintest\": there are "
								+ "several engines, one, two (expected: @Primary on the one whose streams handler beans get)"));
		engines((definition) -> {
		}).withUserConfiguration(Configurer.class)
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("cannot register bean \"configurer\"")
				.hasMessageContaining("there are several engines, one, two"));
	}

	@Test
	void thePreferredOneIsForHandlersAndTemplate() {
		engines((definition) -> definition.setPrimary(true)).withUserConfiguration(Watcher.class)
			.run((context) -> assertStreams(context.getBean("one", SecureStreams.class),
					context.getBean("two", SecureStreams.class), context.getBean(SecureStreamHandlerRegistry.class)));
	}

	@Test
	void oneThatIsNoCandidateStaysBesideThatOfThePolicy() {
		this.contextRunner.withBean(Policy.class, () -> TestPolicies.POLICY)
			.withBean("more", SecureStreams.class, SeveralEnginesTests::engine,
					(definition) -> ((AbstractBeanDefinition) definition).setDefaultCandidate(false))
			.withUserConfiguration(Watcher.class)
			.run((context) -> assertStreams(context.getBean("secureStreams", SecureStreams.class),
					context.getBean("more", SecureStreams.class), context.getBean(SecureStreamHandlerRegistry.class)));
	}

	private static void assertStreams(SecureStreams preferred, SecureStreams other,
			SecureStreamHandlerRegistry registry) {
		assertThat(preferred.streams()).containsExactly(registry.stream("mintest"));
		assertThat(other.streams()).isEmpty();
	}

	private ApplicationContextRunner engines(Consumer<AbstractBeanDefinition> first) {
		return this.contextRunner
			.withBean("one", SecureStreams.class, SeveralEnginesTests::engine,
					(definition) -> first.accept((AbstractBeanDefinition) definition))
			.withBean("two", SecureStreams.class, SeveralEnginesTests::engine);
	}

	private static SecureStreams engine() {
		return SecureStreams.builder().eventLoopThreads(1).policy(TestPolicies.POLICY).build();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@SecureStreamHandler("mintest")
	static class Watcher implements StreamHandler {

	}

	@Configuration(proxyBeanMethods = false)
	static class Configurer {

		@Bean
		StreamHandlerEndpointConfigurer configurer() {
			return (registrar) -> registrar.register("mintest", new Watcher());
		}

	}

}
