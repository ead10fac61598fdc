package io.securestreams.spring.boot.autoconfigure;

import org.junit.jupiter.api.Test;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.handler.JsonReading;
import io.securestreams.spring.testing.FakeStreamFactory;
import io.securestreams.spring.testing.TestPolicies;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for contexts that are processed ahead of time.
 */
class AheadOfTimeTests {

	private final InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();

	private final DefaultGenerationContext generation = new DefaultGenerationContext(
			new ClassNameGenerator(ClassName.get(Application.class)), this.files);

	@Test
	void whatIsCalledByReflectionStaysReachable() {
		process();
		RuntimeHints hints = this.generation.getRuntimeHints();
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Watcher.class, "reading")).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Guest.class, "state")).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Reading.class, "sensor")).accepts(hints);
		assertThat(RuntimeHintsPredicates.resource().forResource("secure-streams-policy.json")).accepts(hints);
	}

	@Test
	void theScopeIsKept() throws Exception {
		process();
		String definitions = this.files.getGeneratedFileContent(Kind.SOURCE,
				AheadOfTimeTests.class.getName().replace('.', '/') + "__BeanDefinitions.java");
		assertThat(definitions).isNotNull()
			.containsSubsequence("getGuestBeanDefinition()", "setScope(\"prototype\")", "return beanDefinition");
	}

	@Test
	void theGeneratedContextCreatesTheRegistry() throws Exception {
		process();
		assertThat(this.files.getGeneratedFiles(Kind.SOURCE).keySet())
			.anySatisfy((name) -> assertThat(name).contains("SecureStreamHandlerAutoConfiguration__BeanDefinitions"));
	}

	private void process() {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.register(Application.class);
		new ApplicationContextAotGenerator().processAheadOfTime(context, this.generation);
		this.generation.writeGeneratedContent();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SecureStreamsAutoConfiguration.class, SecureStreamHandlerAutoConfiguration.class })
	@Import({ Watcher.class, Guest.class })
	static class Application {

		@Bean
		FakeStreamFactory streams() {
			return new FakeStreamFactory(TestPolicies.POLICY);
		}

		@Bean
		JsonReading json() {
			return (type) -> (message) -> new Reading("a");
		}

	}

	@SecureStreamHandler("mintest")
	static class Watcher {

		@OnReceive
		void reading(Reading reading) {
		}

	}

	@SecureStreamHandler(value = "chat", beanName = "guest", scope = SecureStreamHandler.Scope.PER_STREAM)
	static class Guest {

		@OnState
		void state() {
		}

	}

	record Reading(String sensor) {

	}

}
