package io.securestreams.demo.client;

import java.io.PrintStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.bootstrap.DefaultBootstrapContext;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ClientOutput}.
 */
class ClientOutputTests {

	private static final String[] NO_ARGUMENTS = {};

	private final PrintStream before = System.out;

	@AfterEach
	void restore() {
		System.setOut(this.before);
	}

	@Test
	void whoeverElsePrintsDoesSoToStandardError() {
		prepared("client");
		assertThat(System.out).isSameAs(System.err);
	}

	@Test
	void otherProgramsPrintWhereTheyWant() {
		prepared("tour");
		assertThat(System.out).isSameAs(this.before);
	}

	private static void prepared(String profile) {
		MockEnvironment environment = new MockEnvironment();
		environment.setActiveProfiles(profile);
		SpringApplication application = new SpringApplication(ClientOutputTests.class);
		DefaultBootstrapContext context = new DefaultBootstrapContext();
		var event = new ApplicationEnvironmentPreparedEvent(context, application, NO_ARGUMENTS, environment);
		new ClientOutput().onApplicationEvent(event);
	}

}
