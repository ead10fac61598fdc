package io.securestreams.spring.endpoint;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.BaseStream;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;
import org.springframework.beans.FatalBeanException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.MethodParameter;
import org.springframework.core.NativeDetector;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.SynthesizingMethodParameter;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * What a bean needs, found without making the bean or anything that it needs. What cannot
 * be told in this way counts as there.
 */
final class InjectedBeans {

	private final ConfigurableListableBeanFactory beanFactory;

	InjectedBeans(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Whether something that a bean needs seems to be missing.
	 * @param beanName the bean
	 * @param type the class that was written
	 * @return {@code true} if it looks as if the bean cannot be made
	 */
	boolean isMissing(String beanName, Class<?> type) {
		// A native image does not know them all
		if (this.beanFactory.isFactoryBean(beanName) || NativeDetector.inNativeImage()) {
			return false;
		}
		try {
			return needs(beanName, type).stream().anyMatch((needed) -> {
				needed.setContainingClass(type);
				return isMissing(beanName, needed);
			});
		}
		catch (IllegalStateException ex) {
			// Its class cannot be looked at
			return false;
		}
	}

	private boolean isMissing(String beanName, Needed needed) {
		try {
			Object value = (this.beanFactory instanceof DefaultListableBeanFactory known)
					? known.getAutowireCandidateResolver().getSuggestedValue(needed) : null;
			if (value != null) {
				return value instanceof String text && isUnresolved(text);
			}
			if (!needed.isSingle()) {
				return false;
			}
			this.beanFactory.resolveDependency(needed, beanName, new LinkedHashSet<>(),
					this.beanFactory.getTypeConverter());
			return false;
		}
		catch (NoSuchBeanDefinitionException ex) {
			return true;
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	private boolean isUnresolved(String text) {
		try {
			this.beanFactory.resolveEmbeddedValue(text);
			return false;
		}
		catch (IllegalArgumentException ex) {
			return true;
		}
	}

	private List<Needed> needs(String beanName, Class<?> type) {
		List<Needed> needs = new ArrayList<>();
		Executable maker = maker(this.beanFactory.getMergedBeanDefinition(beanName), type);
		if (maker != null) {
			addParameters(needs, maker);
		}
		ReflectionUtils.doWithFields(type, (field) -> needs.add(new Needed(field)),
				(field) -> !Modifier.isStatic(field.getModifiers()) && isRequired(field));
		ReflectionUtils.doWithMethods(type, (method) -> addParameters(needs, method),
				(method) -> !Modifier.isStatic(method.getModifiers()) && !method.isBridge()
						&& method.equals(ClassUtils.getMostSpecificMethod(method, type))
						&& isRequired(MergedAnnotations.from(method)));
		return needs;
	}

	private static void addParameters(List<Needed> needs, Executable executable) {
		for (int i = 0; i < executable.getParameterCount(); i++) {
			needs.add(new Needed(SynthesizingMethodParameter.forExecutable(executable, i)));
		}
	}

	private static boolean isRequired(Field field) {
		MergedAnnotations annotations = MergedAnnotations.from(field);
		return isRequired(annotations) || annotations.isPresent(Value.class);
	}

	private static boolean isRequired(MergedAnnotations annotations) {
		MergedAnnotation<Autowired> autowired = annotations.get(Autowired.class);
		return autowired.isPresent() && autowired.getBoolean("required");
	}

	/** The constructor or method that Spring calls, if there is no doubt about it. */
	private static @Nullable Executable maker(BeanDefinition definition, Class<?> type) {
		if (!(definition instanceof RootBeanDefinition known) || known.getInstanceSupplier() != null
				|| known.hasConstructorArgumentValues()) {
			return null;
		}
		if (known.getFactoryMethodName() != null) {
			return known.getResolvedFactoryMethod();
		}
		Constructor<?>[] all = type.getDeclaredConstructors();
		List<Constructor<?>> usable = (all.length == 1) ? List.of(all)
				: Arrays.stream(all).filter((constructor) -> isRequired(MergedAnnotations.from(constructor))).toList();
		return (usable.size() == 1) ? usable.get(0) : null;
	}

	/** Looks for a bean, and makes none. */
	private static final class Needed extends DependencyDescriptor {

		private static final long serialVersionUID = 1L;

		Needed(Field field) {
			super(field, true);
		}

		Needed(MethodParameter parameter) {
			super(parameter, true);
		}

		/** Others are there, if need be without elements. */
		boolean isSingle() {
			Class<?> type = getDependencyType();
			return isRequired() && !type.isArray() && !Optional.class.equals(type)
					&& !Collection.class.isAssignableFrom(type) && !Map.class.isAssignableFrom(type)
					&& !BaseStream.class.isAssignableFrom(type);
		}

		@Override
		public Object resolveCandidate(String beanName, Class<?> requiredType, BeanFactory beanFactory)
				throws BeansException {
			if (beanFactory instanceof ConfigurableListableBeanFactory known && known.containsSingleton(beanName)) {
				return super.resolveCandidate(beanName, requiredType, beanFactory);
			}
			throw new Found(beanName);
		}

	}

	private static final class Found extends FatalBeanException {

		private static final long serialVersionUID = 1L;

		Found(String beanName) {
			super("bean \"" + beanName + "\" is there");
		}

	}

}
