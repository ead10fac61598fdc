package io.securestreams.spring.handler;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;

import org.springframework.aop.SpringProxy;
import org.springframework.util.ReflectionUtils;

import io.securestreams.stream.StreamHandler;

/**
 * Which methods a proxy cannot pass on: it is a subclass, whose fields are all
 * {@code null}, and final methods would see them.
 */
final class ProxiedMethods {

	private ProxiedMethods() {
	}

	/**
	 * Checks the methods of a stream handler.
	 * @param type the class that was written
	 * @param beanType the class that instances have
	 * @throws InvalidHandlerException if a proxy cannot pass one on
	 */
	static void check(Class<?> type, Class<?> beanType) {
		for (Method declared : StreamHandler.class.getMethods()) {
			Method written = ReflectionUtils.findMethod(type, declared.getName(), declared.getParameterTypes());
			if (written != null) {
				check(written, beanType);
			}
		}
	}

	/**
	 * Checks a method.
	 * @param method the method that was written
	 * @param beanType the class that instances have
	 * @throws InvalidHandlerException if a proxy cannot pass it on
	 */
	static void check(Method method, Class<?> beanType) {
		if (Modifier.isFinal(method.getModifiers()) && SpringProxy.class.isAssignableFrom(beanType)
				&& !Proxy.isProxyClass(beanType)) {
			throw InvalidHandlerException.method(method, "is final, and the bean's proxy cannot pass it on",
					"a method that is not final, for what @Transactional, @Async and the like put around beans "
							+ "overrides it");
		}
	}

}
