package io.securestreams.spring.endpoint;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

import io.securestreams.spring.annotation.SecureStreamHandler;

/**
 * Says so where a bean turns out to be a handler when streams have started without it: a
 * lazy one whose {@code @Bean} method returns an interface has its annotation where it
 * cannot be seen before. To start its stream then would make whoever made the bean wait
 * for a socket.
 */
public class HiddenHandlerPostProcessor implements BeanPostProcessor {

	private static final Logger logger = LoggerFactory.getLogger(HiddenHandlerPostProcessor.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final Set<String> told = ConcurrentHashMap.newKeySet();

	/**
	 * Makes a processor.
	 * @param beanFactory where the beans are
	 */
	public HiddenHandlerPostProcessor(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		Class<?> type = ClassUtils.getUserClass(AopUtils.getTargetClass(bean));
		// What is behind the proxy of a scope is made later, and the proxy has the stream
		if (!ScopedProxyUtils.isScopedTarget(beanName)
				&& AnnotatedElementUtils.hasAnnotation(type, SecureStreamHandler.class) && isMissed(beanName)
				&& this.told.add(beanName)) {
			logger.warn("Bean \"{}\" has no stream: that it is a handler was not to be seen before it was made, "
					+ "which is after streams have started (expected: its @Bean method returns {}, or has "
					+ "@SecureStreamHandler itself)", beanName, type.getName());
		}
		return bean;
	}

	private boolean isMissed(String beanName) {
		if (!this.beanFactory.containsBeanDefinition(beanName)) {
			return false;
		}
		for (String name : this.beanFactory.getBeanNamesForType(SecureStreamHandlerRegistry.class, true, false)) {
			if (this.beanFactory.containsSingleton(name)
					&& this.beanFactory.getBean(name, SecureStreamHandlerRegistry.class)
						.hasMissed(HandlerBeanEndpoints.owner(beanName))) {
				return true;
			}
		}
		return false;
	}

}
