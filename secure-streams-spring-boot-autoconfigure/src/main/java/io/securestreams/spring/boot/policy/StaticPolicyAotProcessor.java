package io.securestreams.spring.boot.policy;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aot.generate.GenerationContext;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.TypeReference;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotContribution;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotProcessor;
import org.springframework.beans.factory.aot.BeanFactoryInitializationCode;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.util.ClassUtils;

import io.securestreams.policy.Policy;
import io.securestreams.policy.source.PolicySource;

/**
 * Makes the class that {@code secure-streams.policy.static-class} names, while the
 * application is built: from the policy's JSON, which then is not needed when it runs. A
 * class that is there already is kept. Overlays are still applied when it runs.
 */
class StaticPolicyAotProcessor implements BeanFactoryInitializationAotProcessor {

	private static final Logger logger = LoggerFactory.getLogger(StaticPolicyAotProcessor.class);

	@Override
	public @Nullable BeanFactoryInitializationAotContribution processAheadOfTime(
			ConfigurableListableBeanFactory beanFactory) {
		Environment environment = beanFactory.getBean(Environment.class);
		Binder binder = Binder.get(environment);
		String className = binder.bind(StaticPolicies.PROPERTY, String.class).orElse("");
		boolean enabled = binder.bind("secure-streams.enabled", Boolean.class).orElse(true);
		if (className.isEmpty() || !enabled) {
			return null;
		}
		ClassLoader classLoader = beanFactory.getBeanClassLoader();
		String location = binder.bind("secure-streams.policy.location", String.class)
			.orElse(PolicyLoader.DEFAULT_LOCATION);
		boolean given = ClassUtils.isPresent(className, classLoader);
		return new Contribution(className, given ? null : source(className, location, classLoader));
	}

	private static String source(String className, String location, @Nullable ClassLoader classLoader) {
		Policy policy = new PolicyLoader(new DefaultResourceLoader(classLoader)).read(location);
		logger.info("{} is made from {}", className, location);
		return PolicySource.write(policy, className, location);
	}

	/**
	 * The class, and that it may be found.
	 *
	 * @param className its full name
	 * @param source its source, or {@code null} if it is there already
	 */
	private record Contribution(String className,
			@Nullable String source) implements BeanFactoryInitializationAotContribution {

		@Override
		public void applyTo(GenerationContext context, BeanFactoryInitializationCode code) {
			if (this.source != null) {
				context.getGeneratedFiles().addSourceFile(this.className, this.source);
			}
			context.getRuntimeHints()
				.reflection()
				.registerType(TypeReference.of(this.className), MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
		}

	}

}
