package io.securestreams.spring.boot.autoconfigure;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;

import io.securestreams.SecureStreams;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.boot.actuate.endpoint.SecureStreamsEndpoint;
import io.securestreams.spring.boot.actuate.endpoint.SecureStreamsPolicyEndpoint;
import io.securestreams.spring.boot.health.SecureStreamsHealthIndicator;
import io.securestreams.spring.endpoint.PolicyChanges;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.spring.endpoint.StreamHandlerEndpointSource;
import io.securestreams.spring.event.EventPublishingObserver;
import io.securestreams.spring.handler.JsonReading;
import io.securestreams.spring.proxy.SecureStreamsProxy;
import io.securestreams.spring.template.SecureStreamTemplate;
import io.securestreams.spring.template.TransactionException;
import io.securestreams.spring.template.TransactionObserver;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.stream.platform.WakeLock;
import io.securestreams.system.captiveportal.CaptivePortalDetector;
import io.securestreams.system.metrics.PolicyMetrics;
import io.securestreams.system.policyfetch.PolicyRefresher;
import io.securestreams.system.policyfetch.PolicyTrial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

/**
 * What tests of applications put in the place of beans, with {@code @MockitoBean}: mocks
 * that answer nothing, in an application that has handler beans and everything else.
 */
@Timeout(120)
class MockedBeansTests {

	@SpringBootTest(classes = Application.class,
			properties = { "secure-streams.policy.location=classpath:mocked-policy.json",
					"secure-streams.engine.event-loop-threads=1", "secure-streams.proxy.server.enabled=true",
					"secure-streams.proxy.server.address=tcp:127.0.0.1:0",
					"management.endpoints.web.exposure.include=*" })
	@DirtiesContext
	abstract static class Mocked {

		@Autowired
		ConfigurableApplicationContext context;

		@Test
		void theApplicationStartsAndStops() {
			assertThat(this.context.isRunning()).isTrue();
			this.context.getBean(SecureStreamsHealthIndicator.class).health();
			this.context.getBean(SecureStreamsEndpoint.class).streams();
			this.context.getBean(SecureStreamsPolicyEndpoint.class).policy(null, null);
			this.context.stop();
			this.context.start();
			assertThat(this.context.isRunning()).isTrue();
		}

	}

	@Nested
	@MockitoBean(types = SecureStreams.class)
	class Engine extends Mocked {

		@Autowired
		SecureStreams streams;

		@Autowired
		SecureStreamTemplate template;

		@Test
		void itTakesWhatItIsGivenToAnswer() {
			SecureStream stream = mock();
			given(this.streams.create(anyString(), any())).willReturn(stream);
			StreamHandler handler = new StreamHandler() {
			};
			assertThat(this.streams.create("page", handler)).isSameAs(stream);
			verify(this.streams).create("page", handler);
			assertThat(this.context.getBean(SecureStreamsHealthIndicator.class).health().getStatus())
				.isEqualTo(Status.UP);
		}

		@Test
		void theTemplateSaysThatThereIsNoStream() {
			assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(() -> this.template.exchange("page"))
				.withMessageContaining("no stream");
		}

	}

	@Nested
	@MockitoBean(types = StreamFactory.class)
	class Factory extends Mocked {

	}

	@Nested
	@MockitoBean(types = SecureStreamTemplate.class)
	class Template extends Mocked {

		@Autowired
		SecureStreamTemplate template;

		@Test
		void handlersHaveTheirStreams() {
			assertThat(this.template.exchange("page")).isNull();
			assertThat(this.context.getBean(SecureStreamHandlerRegistry.class).server("pages")).isNotNull();
			assertThat(this.context.getBean(SecureStreamsHealthIndicator.class).health().getStatus())
				.isEqualTo(Status.UP);
		}

	}

	@Nested
	@MockitoBean(types = SecureStreamHandlerRegistry.class)
	class Registry extends Mocked {

	}

	@Nested
	@MockitoBean(types = { PolicyRefresher.class, CaptivePortalDetector.class, PolicyMetrics.class, PolicyTrial.class,
			SecureStreamsProxy.class })
	class Services extends Mocked {

	}

	@Nested
	@MockitoBean(types = { StreamHandlerEndpointSource.class, PolicyChanges.class, EventPublishingObserver.class,
			JsonReading.class, TransactionObserver.class })
	class Parts extends Mocked {

		@Test
		void theTemplateWorks() {
			SecureStreamTemplate template = this.context.getBean(SecureStreamTemplate.class);
			assertThatExceptionOfType(TransactionException.class).isThrownBy(() -> template.exchange("page"));
		}

	}

	@Nested
	@MockitoBean(types = { SystemBlobs.class, TlsIdentities.class, WakeLock.class })
	class Platform extends Mocked {

	}

	@Nested
	@MockitoBean(types = { Page.class, Pages.class, Visit.class })
	class Handlers extends Mocked {

		@Test
		void theyHaveTheirStreams() {
			assertThat(this.context.getBean(SecureStreamHandlerRegistry.class).server("pages")).isNotNull();
			assertThat(this.context.getBean(SecureStreamHandlerRegistry.class).server("visits")).isNotNull();
		}

	}

	@Nested
	@MockitoSpyBean(types = { SecureStreams.class, SecureStreamTemplate.class, SecureStreamHandlerRegistry.class })
	class Spies extends Mocked {

		@Autowired
		SecureStreams streams;

		@Test
		void whatIsCalledIsToldAndDone() {
			assertThat(this.streams.policy().streamTypes()).containsKey("page");
			assertThat(this.context.getBean(SecureStreamHandlerRegistry.class).server("pages")).isNotNull();
			StreamHandler handler = new StreamHandler() {
			};
			this.streams.create("page", handler).close();
			verify(this.streams).create("page", handler);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Page.class, Pages.class, Visit.class })
	static class Application {

	}

	@SecureStreamHandler("page")
	static class Page implements StreamHandler {

	}

	@SecureStreamHandler("pages")
	static class Pages {

		@OnState(StreamState.SERVER_TXN)
		void serve(SecureStream stream) {
			stream.answer(200);
		}

	}

	@SecureStreamHandler(value = "visits", scope = SecureStreamHandler.Scope.PER_STREAM)
	static class Visit {

		@OnState(StreamState.SERVER_TXN)
		void serve(SecureStream stream) {
			stream.answer(200);
		}

	}

}
