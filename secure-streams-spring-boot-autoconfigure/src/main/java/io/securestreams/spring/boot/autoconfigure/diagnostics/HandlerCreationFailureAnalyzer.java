package io.securestreams.spring.boot.autoconfigure.diagnostics;

import java.lang.reflect.Constructor;
import java.lang.reflect.Member;

import io.securestreams.spring.endpoint.HandlerCreationException;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;

/**
 * Says what a handler bean needs of which each stream has an instance. Comes before those
 * of Spring Boot, which know the bean, but not what it is for.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class HandlerCreationFailureAnalyzer extends AbstractFailureAnalyzer<HandlerCreationException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, HandlerCreationException cause) {
		NoSuchBeanDefinitionException missing = findCause(cause, NoSuchBeanDefinitionException.class);
		Throwable problem = (missing != null) ? missing : root(cause);
		return new FailureAnalysis(
				"Bean \"" + cause.beanName() + "\", the handler of streamtype \"" + cause.streamType()
						+ "\", of which each stream has an instance, cannot be made:\n\n    "
						+ place(findCause(cause, UnsatisfiedDependencyException.class)) + problem.getMessage(),
				action(cause, missing), cause);
	}

	/** Where it is needed, in words that Spring Boot has for it. */
	private static String place(@Nullable UnsatisfiedDependencyException unsatisfied) {
		InjectionPoint point = (unsatisfied != null) ? unsatisfied.getInjectionPoint() : null;
		if (point == null) {
			return "";
		}
		Member member = point.getMember();
		String type = member.getDeclaringClass().getName();
		MethodParameter parameter = point.getMethodParameter();
		if (parameter == null) {
			return "Field " + member.getName() + " in " + type + ": ";
		}
		return "Parameter " + parameter.getParameterIndex() + " of "
				+ ((member instanceof Constructor) ? "constructor" : "method " + member.getName()) + " in " + type
				+ ": ";
	}

	private static String action(HandlerCreationException cause, @Nullable NoSuchBeanDefinitionException missing) {
		String place = "the class of bean \"" + cause.beanName() + "\"";
		if (missing instanceof NoUniqueBeanDefinitionException) {
			return "Mark one of the beans as @Primary, or say in " + place + " which one it needs, with @Qualifier.";
		}
		ResolvableType type = (missing != null) ? missing.getResolvableType() : null;
		if (type != null) {
			return "Define a bean of type " + type + ", or let " + place
					+ " do without it: ObjectProvider, or @Nullable.";
		}
		return "Correct " + place + ", or what it needs.";
	}

	private static Throwable root(Throwable failure) {
		Throwable found = failure;
		while (found.getCause() != null) {
			found = found.getCause();
		}
		return found;
	}

}
