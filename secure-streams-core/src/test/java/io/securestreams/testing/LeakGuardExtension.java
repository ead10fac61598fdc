package io.securestreams.testing;

import java.util.List;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class that leaked a reference-counted resource. Registered for all test
 * classes through {@code META-INF/services}.
 */
public final class LeakGuardExtension implements AfterAllCallback {

	public LeakGuardExtension() {
		LeakGuard.install();
	}

	@Override
	public void afterAll(ExtensionContext context) {
		Class<?> testClass = context.getRequiredTestClass();
		if (testClass.isAnnotationPresent(Nested.class)) {
			return;
		}
		List<String> leaks = LeakGuard.drain();
		if (!leaks.isEmpty()) {
			throw new AssertionError(
					leaks.size() + " leak(s) found after " + testClass.getName() + ":\n" + String.join("\n", leaks));
		}
	}

}
