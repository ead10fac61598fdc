package io.securestreams.spring.boot.autoconfigure;

import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.securestreams.spring.boot.health.SecureStreamsHealthIndicator;
import io.securestreams.spring.template.SecureStreamTemplate;
import io.securestreams.system.captiveportal.CaptivePortalDetector;
import io.securestreams.system.policyfetch.PolicyRefresher;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What tests of applications put in the place of beans: mocks that answer nothing.
 */
class TestReplacementTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SecureStreamsAutoConfiguration.class, SecureStreamHandlerAutoConfiguration.class,
						SecureStreamsPolicyAutoConfiguration.class, SecureStreamsCaptivePortalAutoConfiguration.class,
						SecureStreamsHealthContributorAutoConfiguration.class))
		.withPropertyValues("secure-streams.policy.location=classpath:test-policy.json",
				"secure-streams.engine.event-loop-threads=1");

	@Test
	void beansMayBeMocks() {
		mocked(CaptivePortalDetector.class);
		mocked(PolicyRefresher.class);
		mocked(SecureStreamTemplate.class);
	}

	private <T> void mocked(Class<T> type) {
		T mock = Mockito.mock(type);
		this.contextRunner.withBean(type, () -> mock).run((context) -> {
			assertThat(context).as(type.getSimpleName()).hasNotFailed();
			assertThat(context.getBean(type)).isSameAs(mock);
			assertThat(context.getBean(SecureStreamsHealthIndicator.class).health().getStatus())
				.as(type.getSimpleName())
				.isEqualTo(Status.UP);
		});
	}

}
