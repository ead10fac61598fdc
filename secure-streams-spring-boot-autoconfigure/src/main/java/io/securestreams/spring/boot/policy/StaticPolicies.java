package io.securestreams.spring.boot.policy;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

import io.securestreams.policy.Policy;

/**
 * Policies that are classes, made from JSON when the application was built.
 */
final class StaticPolicies {

	static final String PROPERTY = "secure-streams.policy.static-class";

	private StaticPolicies() {
	}

	/**
	 * Makes the policy of a class.
	 * @param className its full name
	 * @param classLoader finds it
	 * @return the policy
	 * @throws StaticPolicyException if there is no such class, or it is another one
	 */
	static Policy load(String className, @Nullable ClassLoader classLoader) {
		try {
			Class<?> type = ClassUtils.forName(className, classLoader);
			if (type.getDeclaredConstructor().newInstance() instanceof Supplier<?> supplier
					&& supplier.get() instanceof Policy policy) {
				return policy;
			}
			throw new StaticPolicyException(className, "is no supplier of a policy", null);
		}
		catch (ClassNotFoundException | LinkageError ex) {
			throw new StaticPolicyException(className, "is not there", ex);
		}
		catch (ReflectiveOperationException ex) {
			throw new StaticPolicyException(className, "cannot be made", ex);
		}
	}

}
