package io.securestreams.spring.endpoint;

import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.SpringProxy;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.beans.factory.support.AbstractBeanFactory;

/**
 * Handler beans of which each stream has an instance. They are made where streams begin,
 * on event loops. Where beans are lazy, that would make what they need as well, which
 * waits for whoever is making beans, who may himself wait for the event loop: there the
 * first instance is made at start, and with it what all of them need.
 */
final class PerStreamBeans {

	private static final Logger logger = LoggerFactory.getLogger(PerStreamBeans.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final Map<String, Object> first = new ConcurrentHashMap<>();

	/** Those that could not be made last time, which is told once. */
	private final Set<String> failing = ConcurrentHashMap.newKeySet();

	PerStreamBeans(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Finds out of which class instances will be, that of a proxy if they get one.
	 * @param beanName the handler bean
	 * @return the class
	 */
	Class<?> type(String beanName) {
		Class<?> type = this.beanFactory.getType(beanName);
		if (type == null) {
			return Object.class;
		}
		if (this.beanFactory instanceof AbstractBeanFactory known && !known.isFactoryBean(beanName)) {
			Iterator<BeanPostProcessor> processors = known.getBeanPostProcessors().iterator();
			// Those that come after a proxy add to it
			while (processors.hasNext() && !SpringProxy.class.isAssignableFrom(type)) {
				if (processors.next() instanceof SmartInstantiationAwareBeanPostProcessor proxying) {
					type = proxying.determineBeanType(type, beanName);
				}
			}
		}
		return type;
	}

	/**
	 * Gets ready for streams. A bean that needs what is not there is told from one that
	 * can be made without making it, for instances may count themselves, or tell others
	 * that they are there.
	 * @param beanName the handler bean
	 * @param type the class that was written
	 * @throws UnsatisfiedDependencyException if something that it needs is missing
	 */
	void prepare(String beanName, Class<?> type) {
		if (this.first.containsKey(beanName) || !this.beanFactory.containsBeanDefinition(beanName)) {
			return;
		}
		if (new InjectedBeans(this.beanFactory).isMissing(beanName, type)) {
			// Spring has the last word, which ends before the instance is there
			this.first.put(beanName, this.beanFactory.getBean(beanName));
			return;
		}
		if (!this.beanFactory.getMergedBeanDefinition(beanName).isLazyInit()) {
			return;
		}
		try {
			this.first.put(beanName, this.beanFactory.getBean(beanName));
		}
		catch (BeansException ex) {
			// It may need something that is there when streams are
			logger.debug("Bean \"{}\" cannot be made before its first stream", beanName, ex);
		}
	}

	/**
	 * Gives a stream its instance.
	 * @param beanName the handler bean
	 * @return the instance
	 */
	Object get(String beanName) {
		Object made = this.first.remove(beanName);
		if (made != null) {
			return made;
		}
		try {
			Object bean = this.beanFactory.getBean(beanName);
			this.failing.remove(beanName);
			return bean;
		}
		catch (BeansException ex) {
			if (this.failing.add(beanName)) {
				logger.error("Streams end before they begin, for their handler, bean \"{}\", cannot be made", beanName,
						ex);
			}
			throw ex;
		}
	}

	/**
	 * Ends an instance with its stream.
	 * @param beanName the handler bean
	 * @param bean the instance
	 */
	void destroy(String beanName, Object bean) {
		this.beanFactory.destroyBean(beanName, bean);
	}

	/** Ends those that no stream has had. */
	void close() {
		this.first.forEach(this::destroy);
		this.first.clear();
	}

}
