package io.securestreams.spring.endpoint;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.util.ClassUtils;

import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.handler.StreamHandlerAdapter;

/**
 * Keeps the annotated methods of handler beans, and the types they receive as JSON,
 * available to reflection in native images.
 */
class HandlerBeanRegistrationAotProcessor implements BeanRegistrationAotProcessor {

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean registeredBean) {
		if (registeredBean.getBeanFactory()
			.findAnnotationOnBean(registeredBean.getBeanName(), SecureStreamHandler.class) == null) {
			return null;
		}
		Set<Method> methods = StreamHandlerAdapter
			.annotatedMethods(ClassUtils.getUserClass(registeredBean.getBeanClass()));
		return methods.isEmpty() ? null
				: (generationContext, code) -> register(generationContext.getRuntimeHints(), methods);
	}

	private static void register(RuntimeHints hints, Set<Method> methods) {
		BindingReflectionHintsRegistrar binding = new BindingReflectionHintsRegistrar();
		for (Method method : methods) {
			hints.reflection().registerMethod(method, ExecutableMode.INVOKE);
			if (method.isAnnotationPresent(OnReceive.class)) {
				for (Type type : method.getGenericParameterTypes()) {
					if (!type.getTypeName().startsWith("io.securestreams.stream.")) {
						binding.registerReflectionHints(hints.reflection(), type);
					}
				}
			}
		}
	}

}
