package io.securestreams.spring.handler;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;

import org.springframework.util.ClassUtils;

import io.securestreams.stream.SecureStreamsException;

/**
 * A handler bean is not written as it must be; a programming error, found at start.
 */
public class InvalidHandlerException extends SecureStreamsException {

	private static final long serialVersionUID = 1L;

	private final String problem;

	private final String expected;

	InvalidHandlerException(String problem, String expected) {
		super(problem + " (expected: " + expected + ")");
		this.problem = problem;
		this.expected = expected;
	}

	static InvalidHandlerException type(Class<?> type, String problem, String expected) {
		return new InvalidHandlerException(ClassUtils.getQualifiedName(type) + " " + problem, expected);
	}

	static InvalidHandlerException method(Method method, String problem, String expected) {
		return new InvalidHandlerException(describe(method) + " " + problem, expected);
	}

	static InvalidHandlerException parameter(Method method, int index, String problem, String expected) {
		Parameter parameter = method.getParameters()[index];
		return method(method,
				"has parameter " + (index + 1) + " \""
						+ parameter.getParameterizedType().getTypeName().replaceAll("\\b[a-z_]\\w*\\.", "") + " "
						+ parameter.getName() + "\", " + problem,
				expected);
	}

	/**
	 * Returns what is wrong.
	 * @return class, method and parameter, and what is wrong with them
	 */
	public String problem() {
		return this.problem;
	}

	/**
	 * Returns what would be right.
	 * @return what is allowed in that place
	 */
	public String expected() {
		return this.expected;
	}

	private static String describe(Method method) {
		StringBuilder text = new StringBuilder(ClassUtils.getQualifiedName(method.getDeclaringClass()));
		text.append('.').append(method.getName()).append('(');
		for (int i = 0; i < method.getParameterCount(); i++) {
			text.append((i == 0) ? "" : ", ").append(ClassUtils.getShortName(method.getParameterTypes()[i]));
		}
		return text.append(')').toString();
	}

}
