package io.securestreams.spring.endpoint;

/**
 * A handler bean has a scope of which there is nothing where streams run, such as that of
 * a web request; a programming error, found at start.
 */
public class HandlerScopeException extends StreamHandlerRegistrationException {

	private static final long serialVersionUID = 1L;

	private final String beanName;

	private final String scope;

	HandlerScopeException(String beanName, String streamType, String scope) {
		super("bean \"" + beanName + "\"", streamType, "its scope is \"" + scope
				+ "\", but streams begin outside of it (expected: a singleton, or one instance for each stream: "
				+ "scope = PER_STREAM, or @Scope(\"prototype\"))", null);
		this.beanName = beanName;
		this.scope = scope;
	}

	/**
	 * Returns the bean.
	 * @return its name
	 */
	public String beanName() {
		return this.beanName;
	}

	/**
	 * Returns the scope that the bean has.
	 * @return its name, as in {@code @Scope}
	 */
	public String scope() {
		return this.scope;
	}

}
