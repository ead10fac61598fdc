package io.securestreams.spring.endpoint;

import org.springframework.beans.BeansException;

/**
 * A handler bean of which each stream has an instance cannot be made, for it needs
 * something that is not there; found at start.
 */
public class HandlerCreationException extends StreamHandlerRegistrationException {

	private static final long serialVersionUID = 1L;

	private final String beanName;

	HandlerCreationException(String beanName, String streamType, BeansException cause) {
		super(HandlerBeanEndpoints.owner(beanName), streamType,
				"no stream could have an instance: " + cause.getMessage(), cause);
		this.beanName = beanName;
	}

	/**
	 * Returns the bean.
	 * @return its name
	 */
	public String beanName() {
		return this.beanName;
	}

}
