package io.securestreams.spring.endpoint;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.Scope;

/**
 * Which scopes handler beans may have: singleton and prototype, and others behind a
 * proxy, if they have instances for whoever calls. Those of requests, sessions and
 * messages have none on the threads of streams.
 */
final class HandlerScopes {

	private final ConfigurableListableBeanFactory beanFactory;

	HandlerScopes(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Finds a scope that streams cannot use.
	 * @param beanName the handler bean
	 * @return name of the scope, or {@code null} if all is well
	 */
	@Nullable String unusable(String beanName) {
		String scope = scope(beanName);
		if (scope != null && !this.beanFactory.isSingleton(beanName) && !this.beanFactory.isPrototype(beanName)) {
			return scope;
		}
		String behindProxy = scope(ScopedProxyUtils.getTargetBeanName(beanName));
		return (behindProxy != null && isElsewhere(behindProxy)) ? behindProxy : null;
	}

	private @Nullable String scope(String beanName) {
		return this.beanFactory.containsBeanDefinition(beanName)
				? this.beanFactory.getMergedBeanDefinition(beanName).getScope() : null;
	}

	/** Whether it has instances only while a request or a message is handled. */
	private boolean isElsewhere(String name) {
		if (name.isEmpty() || name.equals(ConfigurableListableBeanFactory.SCOPE_SINGLETON)
				|| name.equals(ConfigurableListableBeanFactory.SCOPE_PROTOTYPE)) {
			return false;
		}
		Scope scope = this.beanFactory.getRegisteredScope(name);
		return scope == null || name.equals("websocket")
				|| scope.getClass().getName().startsWith("org.springframework.web.context.request.");
	}

}
