package io.securestreams.spring.endpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.annotation.SecureStreamHandler.Dispatch;
import io.securestreams.spring.annotation.SecureStreamHandler.Scope;
import io.securestreams.spring.testing.FakeStream;
import io.securestreams.spring.testing.TestPolicies;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link HandlerBeanEndpoints}.
 */
class HandlerBeanEndpointsTests {

	private final List<Runnable> executed = new ArrayList<>();

	@Test
	void theHandlerItselfServesItsStreams() {
		with((context) -> context.register(Plain.class), Dispatch.EVENT_LOOP, (context, endpoints) -> {
			assertThat(endpoints).singleElement().satisfies((endpoint) -> {
				assertThat(endpoint.streamType()).isEqualTo("mintest");
				assertThat(endpoint.owner()).isEqualTo("bean \"handlerBeanEndpointsTests.Plain\"");
				assertThat(endpoint.handlers().get()).isSameAs(context.getBean(Plain.class));
			});
			assertThat(endpoints.get(0)).hasToString("\"mintest\" of bean \"handlerBeanEndpointsTests.Plain\"");
		});
	}

	@Test
	void theStreamtypeIsNotTheBeanName() {
		with((context) -> context.register(Named.class), Dispatch.EVENT_LOOP,
				(context, endpoints) -> assertThat(endpoints).singleElement().satisfies((endpoint) -> {
					assertThat(endpoint.streamType()).isEqualTo("bytes");
					assertThat(endpoint.owner()).isEqualTo("bean \"watcher\"");
				}));
	}

	@Test
	void aBeanMayHandleSeveralStreamtypes() {
		with((context) -> context.register(Several.class), Dispatch.EVENT_LOOP, (context, endpoints) -> {
			assertThat(endpoints).extracting(StreamHandlerEndpoint::streamType).containsExactly("mintest", "chat");
			assertThat(endpoints)
				.allSatisfy((endpoint) -> assertThat(endpoint.handlers().get()).isSameAs(context.getBean("several")));
		});
	}

	@Test
	void annotatedMethodsAreAdapted() {
		with((context) -> context.register(Annotated.class), Dispatch.EVENT_LOOP, (context, endpoints) -> {
			FakeStream stream = stream(endpoints.get(0));
			stream.message("a");
			assertThat(context.getBean(Annotated.class).received).containsExactly("a");
		});
	}

	@Test
	void beanMethodsMayCarryTheAnnotation() {
		with((context) -> context.register(BeanMethod.class), Dispatch.EVENT_LOOP,
				(context, endpoints) -> assertThat(endpoints).singleElement().satisfies((endpoint) -> {
					assertThat(endpoint.streamType()).isEqualTo("chat");
					assertThat(endpoint.owner()).isEqualTo("bean \"handler\"");
				}));
	}

	@Test
	void handlersBehindJdkProxiesAreFound() {
		with((context) -> context.register(Proxied.class), Dispatch.EVENT_LOOP,
				(context, endpoints) -> assertThat(endpoints).singleElement()
					.satisfies((endpoint) -> assertThat(endpoint.streamType()).isEqualTo("mintest")));
	}

	@Test
	void lazyHandlersAreStarted() {
		with((context) -> context.register(LazyHandler.class), Dispatch.EVENT_LOOP,
				(context, endpoints) -> assertThat(endpoints).hasSize(1));
	}

	@Test
	void eachStreamGetsAnInstanceThatIsDestroyedAfterIt() {
		PerStream.log.clear();
		with((context) -> context.register(PerStream.class), Dispatch.EVENT_LOOP, (context, endpoints) -> {
			assertThat(PerStream.log).isEmpty();
			FakeStream first = stream(endpoints.get(0));
			FakeStream second = stream(endpoints.get(0));
			first.announce(StreamState.CONNECTED);
			second.close();
			assertThat(PerStream.log).containsExactly("new 1", "new 2", "1 CONNECTED", "2 DESTROYING", "destroy 2");
		});
	}

	@Test
	void aSingletonCannotServeOneStreamEach() {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		try (context) {
			context.refresh();
			context.getBeanFactory().registerSingleton("only", new PerStream());
			assertThatExceptionOfType(StreamHandlerRegistrationException.class)
				.isThrownBy(() -> endpoints(context, Dispatch.EVENT_LOOP))
				.withMessage("cannot register bean \"only\" for streamtype \"chat\": its scope is PER_STREAM, but the "
						+ "bean is a singleton (expected: @Scope(\"prototype\"), or @SecureStreamHandler on the @Bean "
						+ "method)");
		}
	}

	@Test
	void theDefaultDispatchIsForThoseThatDoNotSay() {
		with((context) -> context.register(Plain.class, OnLoop.class), Dispatch.EXECUTOR, (context, endpoints) -> {
			endpoints.forEach((endpoint) -> stream(endpoint).announce(StreamState.CONNECTED));
			assertThat(this.executed).hasSize(1);
			assertThat(endpoints).filteredOn((endpoint) -> endpoint.owner().contains("OnLoop"))
				.singleElement()
				.satisfies((endpoint) -> assertThat(endpoint.handlers().get()).isInstanceOf(OnLoop.class));
		});
	}

	@Test
	void theAnnotationMaySayExecutor() {
		with((context) -> context.register(OnExecutor.class), Dispatch.EVENT_LOOP, (context, endpoints) -> {
			FakeStream stream = stream(endpoints.get(0));
			stream.announce(StreamState.CONNECTED);
			assertThat(OnExecutor.calls).isZero();
			this.executed.forEach(Runnable::run);
			assertThat(OnExecutor.calls).isOne();
		});
	}

	@Test
	void anEmptyNameIsRefused() {
		assertThatExceptionOfType(StreamHandlerRegistrationException.class).isThrownBy(
				() -> with((context) -> context.register(Nameless.class), Dispatch.EVENT_LOOP, (context, endpoints) -> {
				}))
			.withMessageContaining("@SecureStreamHandler names no streamtype");
	}

	@Test
	void aWrongMethodNamesItsBean() {
		assertThatExceptionOfType(StreamHandlerRegistrationException.class).isThrownBy(
				() -> with((context) -> context.register(Wrong.class), Dispatch.EVENT_LOOP, (context, endpoints) -> {
				}))
			.withMessageStartingWith(
					"cannot register bean \"handlerBeanEndpointsTests.Wrong\" for streamtype \"mintest\": ")
			.withMessageContaining("Wrong.state(int) has parameter 1 \"int code\", which @OnState methods do not have");
	}

	@Test
	void configurersAddTheirOwn() {
		StreamHandler handler = new StreamHandler() {
		};
		StreamHandlerEndpointConfigurer configurer = (registrar) -> registrar.register("bytes", handler)
			.registerPerStream("chat", () -> new StreamHandler() {
			});
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(Plain.class);
		try (context) {
			List<StreamHandlerEndpoint> endpoints = new HandlerBeanEndpoints(context.getBeanFactory(),
					Dispatch.EVENT_LOOP, () -> Runnable::run, null, List.of(configurer))
				.endpoints();
			assertThat(endpoints).extracting(StreamHandlerEndpoint::streamType)
				.containsExactly("mintest", "bytes", "chat");
			assertThat(endpoints.get(1).handlers().get()).isSameAs(handler);
			assertThat(endpoints.get(2).handlers().get()).isNotSameAs(endpoints.get(2).handlers().get());
		}
	}

	private void with(Consumer<AnnotationConfigApplicationContext> beans, Dispatch dispatch, Check check) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		try (context) {
			context.registerBean(PerStreamScopePostProcessor.class);
			beans.accept(context);
			context.refresh();
			check.accept(context, endpoints(context, dispatch));
		}
	}

	private List<StreamHandlerEndpoint> endpoints(AnnotationConfigApplicationContext context, Dispatch dispatch) {
		Executor executor = this.executed::add;
		return new HandlerBeanEndpoints(context.getBeanFactory(), dispatch, () -> executor, null, List.of())
			.endpoints();
	}

	private static FakeStream stream(StreamHandlerEndpoint endpoint) {
		return FakeStream.of(TestPolicies.streamType(endpoint.streamType()), endpoint.handlers().get());
	}

	private interface Check {

		void accept(AnnotationConfigApplicationContext context, List<StreamHandlerEndpoint> endpoints);

	}

	@SecureStreamHandler(value = { "mintest", "chat" }, beanName = "several")
	static class Several implements StreamHandler {

	}

	@SecureStreamHandler("mintest")
	static class Plain implements StreamHandler {

	}

	@SecureStreamHandler(streamtype = "bytes", beanName = "watcher")
	static class Named implements StreamHandler {

	}

	@SecureStreamHandler("mintest")
	static class Annotated {

		private final List<String> received = new ArrayList<>();

		@OnReceive
		void text(String text) {
			this.received.add(text);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BeanMethod {

		@Bean
		@SecureStreamHandler("chat")
		StreamHandler handler() {
			return new StreamHandler() {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Proxied {

		@Bean
		StreamHandler handler() {
			ProxyFactory factory = new ProxyFactory(new Plain());
			factory.setProxyTargetClass(false);
			factory.setInterfaces(StreamHandler.class);
			return (StreamHandler) factory.getProxy();
		}

	}

	@Lazy
	@SecureStreamHandler("mintest")
	static class LazyHandler implements StreamHandler {

	}

	@SecureStreamHandler(value = "chat", scope = Scope.PER_STREAM)
	static class PerStream implements DisposableBean {

		private static final List<String> log = new ArrayList<>();

		private final int number;

		PerStream() {
			this.number = log.size() + 1;
			log.add("new " + this.number);
		}

		@OnState
		void state(StreamState state) {
			log.add(this.number + " " + state);
		}

		@Override
		public void destroy() {
			log.add("destroy " + this.number);
		}

	}

	@SecureStreamHandler(value = "telemetry", dispatch = Dispatch.EVENT_LOOP)
	static class OnLoop implements StreamHandler {

	}

	@SecureStreamHandler(value = "mintest", dispatch = Dispatch.EXECUTOR)
	static class OnExecutor {

		private static int calls;

		@OnState
		void state() {
			calls++;
		}

	}

	@SecureStreamHandler("")
	static class Nameless implements StreamHandler {

	}

	@SecureStreamHandler("mintest")
	static class Wrong {

		@OnState
		void state(int code) {
		}

	}

}
