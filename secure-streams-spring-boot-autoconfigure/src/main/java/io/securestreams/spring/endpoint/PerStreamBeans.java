package io.securestreams.spring.endpoint;

import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.SpringProxy;
import org.springframework.beans.BeansException;
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
	 * Gets ready for streams.
	 * @param beanName the handler bean
	 */
	void prepare(String beanName) {
		if (this.first.containsKey(beanName) || !this.beanFactory.containsBeanDefinition(beanName)
				|| !this.beanFactory.getMergedBeanDefinition(beanName).isLazyInit()) {
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
		return (made != null) ? made : this.beanFactory.getBean(beanName);
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
