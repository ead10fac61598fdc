package io.securestreams.spring.boot.policy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.core.env.MapPropertySource;
import org.springframework.javapoet.ClassName;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.spring.boot.autoconfigure.SecureStreamsAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Policies that are classes.
 */
class StaticPolicyTests {

	private static final String JSON = "{ \"release\": \"7\", \"s\": [ { \"a\": { \"endpoint\": \"e\", \"port\": 1 } } ] }";

	@TempDir
	private Path directory;

	private final InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();

	private final DefaultGenerationContext generation = new DefaultGenerationContext(
			new ClassNameGenerator(ClassName.get(StaticPolicyTests.class)), this.files);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SecureStreamsAutoConfiguration.class));

	private void process(String className, String location) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("test",
					Map.of(StaticPolicies.PROPERTY, className, "secure-streams.policy.location", location)));
		context.register(SecureStreamsAutoConfiguration.class);
		new ApplicationContextAotGenerator().processAheadOfTime(context, this.generation);
		this.generation.writeGeneratedContent();
	}

	private @Nullable String source(String className) throws Exception {
		return this.files.getGeneratedFileContent(Kind.SOURCE, className.replace('.', '/') + ".java");
	}

	@Test
	void theClassIsMadeWhenTheApplicationIsBuilt() throws Exception {
		Path policy = Files.writeString(this.directory.resolve("policy.json"), JSON);
		process("com.example.Made", policy.toUri().toString());
		assertThat(source("com.example.Made")).contains("public final class Made implements Supplier<Policy>", "\"7\"");
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(TypeReference.of("com.example.Made"))
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS))
			.accepts(this.generation.getRuntimeHints());
	}

	@Test
	void aClassThatIsThereIsKept() throws Exception {
		process(Made.class.getName(), "file:/nowhere.json");
		assertThat(source(Made.class.getName())).isNull();
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(Made.class)
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS))
			.accepts(this.generation.getRuntimeHints());
	}

	@Test
	void theClassTakesThePlaceOfTheLocation() {
		this.runner.withPropertyValues(StaticPolicies.PROPERTY + "=" + Made.class.getName())
			.run((context) -> assertThat(context.getBean(SecureStreams.class).policy().release()).isEqualTo("7"));
	}

	@Test
	void anythingElseIsNamed() {
		this.runner.withPropertyValues(StaticPolicies.PROPERTY + "=com.example.Missing")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.satisfiesAnyOf((cause) -> assertThat(cause).hasMessageContaining("com.example.Missing"),
						(cause) -> assertThat(cause).isInstanceOf(ClassNotFoundException.class)));
		this.runner.withPropertyValues(StaticPolicies.PROPERTY + "=java.lang.Object")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageStartingWith(StaticPolicies.PROPERTY + ": java.lang.Object is no supplier of a policy"));
	}

	/** As policy2java makes it. */
	public static final class Made implements Supplier<Policy> {

		@Override
		public Policy get() {
			return PolicyJson.read(JSON, "made").policy();
		}

	}

}
