package io.securestreams.spring.endpoint;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.type.AnnotatedTypeMetadata;

import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.annotation.SecureStreamHandler.Scope;

/**
 * Makes handler beans of scope {@link Scope#PER_STREAM} prototypes.
 */
public class PerStreamScopePostProcessor implements BeanFactoryPostProcessor {

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		for (String beanName : beanFactory.getBeanDefinitionNames()) {
			BeanDefinition definition = beanFactory.getBeanDefinition(beanName);
			if (definition.isSingleton() && isPerStream(annotations(definition))) {
				definition.setScope(BeanDefinition.SCOPE_PROTOTYPE);
			}
		}
	}

	private static @Nullable MergedAnnotations annotations(BeanDefinition definition) {
		if (definition instanceof AnnotatedBeanDefinition annotated) {
			AnnotatedTypeMetadata factoryMethod = annotated.getFactoryMethodMetadata();
			return ((factoryMethod != null) ? factoryMethod : annotated.getMetadata()).getAnnotations();
		}
		if (definition instanceof AbstractBeanDefinition plain && plain.hasBeanClass()
				&& plain.getFactoryMethodName() == null) {
			return MergedAnnotations.from(plain.getBeanClass());
		}
		return null;
	}

	private static boolean isPerStream(@Nullable MergedAnnotations annotations) {
		if (annotations == null) {
			return false;
		}
		MergedAnnotation<SecureStreamHandler> annotation = annotations.get(SecureStreamHandler.class);
		return annotation.isPresent() && annotation.getEnum("scope", Scope.class) == Scope.PER_STREAM;
	}

}
