package io.securestreams.spring.boot.policy;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.SecureStreamsException;

/**
 * The class that should have the policy cannot be used.
 */
public class StaticPolicyException extends SecureStreamsException {

	private static final long serialVersionUID = 1L;

	StaticPolicyException(String className, String reason, @Nullable Throwable cause) {
		super("secure-streams.policy.static-class: " + className + " " + reason
				+ " (expected: a class made by policy2java, or by Spring's ahead-of-time processing, which is a "
				+ "java.util.function.Supplier of a Policy)", cause);
	}

}
