package io.securestreams.spring.boot.autoconfigure;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.ObservationTextPublisher;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.securestreams.SecureStreams;
import io.securestreams.spring.boot.actuate.endpoint.SecureStreamsEndpoint;
import io.securestreams.spring.boot.actuate.endpoint.SecureStreamsEndpointWebExtension;
import io.securestreams.spring.boot.health.SecureStreamsHealthIndicator;
import io.securestreams.spring.boot.metrics.SecureStreamsMetrics;
import io.securestreams.spring.boot.observation.ObservedTransactions;
import io.securestreams.spring.boot.observation.TransactionObservationConvention;
import io.securestreams.spring.template.SecureStreamTemplate;
import io.securestreams.spring.template.TransactionObserver;
import io.securestreams.spring.template.TransactionRequest;
import io.securestreams.stream.StreamHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the auto-configurations of endpoint, health and meters.
 */
class ActuatorAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SecureStreamsAutoConfiguration.class,
				SecureStreamHandlerAutoConfiguration.class, SecureStreamsEndpointAutoConfiguration.class,
				SecureStreamsHealthContributorAutoConfiguration.class, SecureStreamsMetricsAutoConfiguration.class,
				SecureStreamsObservationAutoConfiguration.class))
		.withPropertyValues("secure-streams.policy.location=classpath:test-policy.json",
				"secure-streams.engine.event-loop-threads=1");

	private final ApplicationContextRunner exposed = this.contextRunner
		.withPropertyValues("management.endpoints.web.exposure.include=securestreams");

	@Test
	void theEndpointMustBeExposed() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(SecureStreamsEndpoint.class));
		this.exposed.run((context) -> assertThat(context).hasSingleBean(SecureStreamsEndpoint.class)
			.hasSingleBean(SecureStreamsEndpointWebExtension.class));
	}

	@Test
	void theEndpointMayBeForbidden() {
		this.exposed.withPropertyValues("management.endpoint.securestreams.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(SecureStreamsEndpoint.class));
	}

	@Test
	void theEndpointNeedsActuator() {
		this.exposed.withClassLoader(new FilteredClassLoader(ConditionalOnAvailableEndpoint.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SecureStreamsEndpoint.class));
	}

	@Test
	void theEndpointNeedsStreams() {
		this.exposed.withPropertyValues("secure-streams.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(SecureStreamsEndpoint.class)
				.doesNotHaveBean(SecureStreamsHealthIndicator.class)
				.doesNotHaveBean(SecureStreamsMetrics.class));
	}

	@Test
	void anEndpointOfTheUserWins() {
		this.exposed.withBean("own", SecureStreamsEndpoint.class)
			.run((context) -> assertThat(context).getBean(SecureStreamsEndpoint.class)
				.isSameAs(context.getBean("own")));
	}

	@Test
	void healthIsOnByDefault() {
		this.contextRunner.run((context) -> assertThat(context.getBean(SecureStreamsHealthIndicator.class).health())
			.extracting((health) -> health.getStatus().getCode())
			.isEqualTo("UP"));
	}

	@Test
	void healthMayBeTurnedOff() {
		this.contextRunner.withPropertyValues("management.health.securestreams.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(SecureStreamsHealthIndicator.class));
	}

	@Test
	void healthOfTheUserWins() {
		this.contextRunner
			.withBean("secureStreamsHealthIndicator", HealthIndicator.class, () -> () -> Health.up().build())
			.run((context) -> assertThat(context).doesNotHaveBean(SecureStreamsHealthIndicator.class));
	}

	@Test
	void healthNeedsItsClasses() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(HealthIndicator.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SecureStreamsHealthIndicator.class));
	}

	@Test
	void metersNeedARegistry() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(SecureStreamsMetrics.class));
		this.contextRunner.withClassLoader(new FilteredClassLoader(MeterRegistry.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SecureStreamsMetrics.class));
	}

	@Test
	void metersObserveTheEngine() {
		this.contextRunner.withBean(SimpleMeterRegistry.class).run((context) -> {
			SimpleMeterRegistry registry = context.getBean(SimpleMeterRegistry.class);
			context.getBean(SecureStreamsMetrics.class).bindTo(registry);
			context.getBean(SecureStreams.class).create("bytes", new StreamHandler() {
			});
			assertThat(registry.get("secure.streams.active").tag("role", "CLIENT").gauge().value()).isEqualTo(1);
			context.close();
			assertThat(registry.get("secure.streams.states").tag("state", "DESTROYING").counter().count()).isEqualTo(1);
		});
	}

	@Test
	void transactionsAreObservedWhereThereAreObservations() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(TransactionObserver.class));
		this.contextRunner.withBean(ObservationRegistry.class, ObservationRegistry::create)
			.run((context) -> assertThat(context).hasSingleBean(ObservedTransactions.class));
		this.contextRunner.withClassLoader(new FilteredClassLoader(ObservationRegistry.class))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(SecureStreamTemplate.class));
	}

	@Test
	void namesAndObserverOfTheUserWin() {
		List<String> names = new CopyOnWriteArrayList<>();
		TransactionObservationConvention convention = new TransactionObservationConvention() {
			@Override
			public String getName() {
				return "mine";
			}
		};
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new ObservationTextPublisher(names::add));
		this.contextRunner.withBean(ObservationRegistry.class, () -> registry)
			.withBean(TransactionObservationConvention.class, () -> convention)
			.run((context) -> {
				context.getBean(TransactionObserver.class).begin("mintest", null, TransactionRequest.EMPTY);
				assertThat(names).first().asString().contains("name='mine'");
			});
		this.contextRunner.withBean(ObservationRegistry.class, ObservationRegistry::create)
			.withBean(TransactionObserver.class, () -> TransactionObserver.NONE)
			.run((context) -> assertThat(context).doesNotHaveBean(ObservedTransactions.class));
	}

}
