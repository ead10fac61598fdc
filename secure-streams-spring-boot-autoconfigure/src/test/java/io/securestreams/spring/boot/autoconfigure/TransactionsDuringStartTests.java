package io.securestreams.spring.boot.autoconfigure;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.spring.event.SecureStreamStateEvent;
import io.securestreams.spring.template.SecureStreamTemplate;
import io.securestreams.spring.template.TransactionRequest;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A bean that is being made keeps other threads from making beans: event loops, too.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TransactionsDuringStartTests {

	private @Nullable SecureStreams site;

	private Policy policy = Policy.EMPTY;

	@BeforeEach
	void start() {
		SecureStreams served = SecureStreams.builder().eventLoopThreads(1).policy(PolicyJson.read("""
				{ "s": [ { "web": { "server": true, "endpoint": "127.0.0.1", "port": 0, "protocol": "h1" } } ] }
				""", "site").policy()).build();
		this.site = served;
		InetSocketAddress address = (InetSocketAddress) served.listen("web", Web::new).address();
		this.policy = PolicyJson.read("""
				{ "s": [ { "page": { "endpoint": "127.0.0.1", "port": %d, "protocol": "h1" } } ] }
				""".formatted(address.getPort()), "test").policy();
	}

	@AfterEach
	void stop() {
		if (this.site != null) {
			this.site.close();
		}
	}

	@ParameterizedTest
	@CsvSource({ "false,false", "false,true", "true,false", "true,true" })
	void beansMayExchangeWhileTheyAreMade(boolean lazy, boolean annotated) {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SecureStreamsAutoConfiguration.class,
					SecureStreamHandlerAutoConfiguration.class))
			.withPropertyValues("secure-streams.engine.event-loop-threads=1", "secure-streams.template.timeout=5s")
			.withBean(Policy.class, () -> this.policy)
			.withInitializer((context) -> {
				if (lazy) {
					context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor());
				}
			})
			.withUserConfiguration(Early.class, annotated ? Annotated.class : Listening.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(Greeting.class).text).isEqualTo("hello");
				// Who was not there yet hears of streams later
				context.getBean(SecureStreamTemplate.class).exchange("page");
				Heard heard = context.getBean(Heard.class);
				StreamState state = heard.states.poll(20, TimeUnit.SECONDS);
				assertThat(state).isNotNull();
				while (state != StreamState.DESTROYING) {
					state = heard.states.poll(20, TimeUnit.SECONDS);
				}
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class Early {

		@Bean
		Greeting greeting(SecureStreamTemplate template) {
			return new Greeting(template);
		}

		@Bean
		Heard heard() {
			return new Heard();
		}

	}

	static class Heard {

		final BlockingQueue<StreamState> states = new LinkedBlockingQueue<>();

	}

	static class Greeting implements InitializingBean {

		private final SecureStreamTemplate template;

		private @Nullable String text;

		Greeting(SecureStreamTemplate template) {
			this.template = template;
		}

		@Override
		public void afterPropertiesSet() {
			this.text = this.template.exchange("page", TransactionRequest.EMPTY.within(Duration.ofSeconds(10))).text();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Listening {

		@Bean
		Listener listener(Heard heard) {
			return new Listener(heard);
		}

	}

	static class Listener implements ApplicationListener<PayloadApplicationEvent<SecureStreamStateEvent>> {

		private final Heard heard;

		Listener(Heard heard) {
			this.heard = heard;
		}

		@Override
		public void onApplicationEvent(PayloadApplicationEvent<SecureStreamStateEvent> event) {
			this.heard.states.add(event.getPayload().state());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Annotated {

		@Bean
		AnnotatedListener listener(Heard heard) {
			return new AnnotatedListener(heard);
		}

	}

	static class AnnotatedListener {

		private final Heard heard;

		AnnotatedListener(Heard heard) {
			this.heard = heard;
		}

		@EventListener
		void state(SecureStreamStateEvent event) {
			this.heard.states.add(event.state());
		}

	}

	private static final class Web implements StreamHandler {

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN) {
				stream.answer(200, "hello".getBytes(StandardCharsets.UTF_8));
			}
		}

	}

}
