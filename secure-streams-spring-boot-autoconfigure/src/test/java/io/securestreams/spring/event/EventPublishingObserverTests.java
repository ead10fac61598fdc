package io.securestreams.spring.event;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.event.ApplicationEventMulticaster;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.SimpleApplicationEventMulticaster;

import io.securestreams.policy.Policy;
import io.securestreams.spring.testing.FakeStream;
import io.securestreams.spring.testing.TestPolicies;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Events cost something, so they are published for somebody.
 */
class EventPublishingObserverTests {

	private static final List<Object> heard = new ArrayList<>();

	private final FakeStream stream = FakeStream.of(TestPolicies.streamType("mintest"), new StreamHandler() {
	});

	@AfterEach
	void forget() {
		heard.clear();
		Counting.published = 0;
	}

	/** An application whose context counts what is published. */
	private static Counting started(Class<?>... configuration) {
		Counting context = new Counting();
		context.register(Unconcerned.class);
		for (Class<?> each : configuration) {
			context.register(each);
		}
		context.refresh();
		Counting.published = 0;
		return context;
	}

	private void announce(EventPublishingObserver observer) {
		observer.onState(this.stream, StreamState.CONNECTED, 0);
	}

	@Test
	void nothingIsPublishedToNobody() {
		try (Counting context = started()) {
			EventPublishingObserver observer = new EventPublishingObserver(context);
			announce(observer);
			observer.onPolicyChanged(Policy.EMPTY, Policy.EMPTY);
			assertThat(Counting.published).isZero();
		}
	}

	@Test
	void annotatedMethodsHearWhatTheyAskFor() {
		try (Counting context = started(Annotated.class)) {
			EventPublishingObserver observer = new EventPublishingObserver(context);
			announce(observer);
			observer.onPolicyChanged(Policy.EMPTY, Policy.EMPTY);
			assertThat(heard).hasSize(1)
				.allSatisfy((event) -> assertThat(event).isInstanceOf(SecureStreamStateEvent.class));
			assertThat(Counting.published).isOne();
		}
	}

	@Test
	void listenerBeansHear() {
		for (Class<?> listener : new Class<?>[] { Payloads.class, Everything.class, Prototype.class }) {
			heard.clear();
			try (Counting context = started(listener)) {
				announce(new EventPublishingObserver(context));
				assertThat(heard).as(listener.getSimpleName()).hasSize(1);
			}
		}
	}

	@Test
	void listenersThatAreAddedLaterHear() {
		try (Counting context = started()) {
			EventPublishingObserver observer = new EventPublishingObserver(context);
			announce(observer);
			context.addApplicationListener(ApplicationListener.<SecureStreamStateEvent>forPayload(heard::add));
			announce(observer);
			assertThat(heard).hasSize(1);
		}
	}

	@Test
	void listenersOfParentsHear() {
		try (Counting parent = started(Annotated.class); Counting context = new Counting()) {
			context.setParent(parent);
			context.refresh();
			announce(new EventPublishingObserver(context));
			assertThat(heard).hasSize(1);
		}
	}

	@Test
	void anotherMulticasterGetsEverything() {
		try (Counting context = started(Forwarding.class)) {
			announce(new EventPublishingObserver(context));
			assertThat(heard).hasSize(1);
		}
	}

	@Test
	void publishersThatAreNoContextGetEverything() {
		announce(new EventPublishingObserver(heard::add));
		assertThat(heard).hasSize(1);
	}

	@Test
	void whatSpringBootBringsIsNoListener() {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Unconcerned.class)
			.web(WebApplicationType.NONE)
			.run()) {
			assertThat(new EventAudience(context, SecureStreamStateEvent.class).isListening()).isFalse();
		}
	}

	private static final class Counting extends AnnotationConfigApplicationContext {

		private static int published;

		@Override
		public void publishEvent(Object event) {
			published++;
			super.publishEvent(event);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Unconcerned {

		@EventListener
		void refreshed(ContextRefreshedEvent event) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Annotated {

		@EventListener
		void state(SecureStreamStateEvent event) {
			heard.add(event);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Payloads implements ApplicationListener<PayloadApplicationEvent<SecureStreamStateEvent>> {

		@Override
		public void onApplicationEvent(PayloadApplicationEvent<SecureStreamStateEvent> event) {
			heard.add(event);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Everything implements ApplicationListener<ApplicationEvent> {

		@Override
		public void onApplicationEvent(ApplicationEvent event) {
			if (event instanceof PayloadApplicationEvent<?>) {
				heard.add(event);
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Prototype {

		@Bean
		@Scope("prototype")
		Payloads listener() {
			return new Payloads();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Forwarding {

		@Bean
		static ApplicationEventMulticaster applicationEventMulticaster() {
			return new SimpleApplicationEventMulticaster() {

				@Override
				public void multicastEvent(ApplicationEvent event,
						org.springframework.core.@org.jspecify.annotations.Nullable ResolvableType type) {
					if (event instanceof PayloadApplicationEvent<?>) {
						heard.add(event);
					}
				}

			};
		}

	}

}
