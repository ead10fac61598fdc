package io.securestreams.spring.boot.autoconfigure;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.spring.endpoint.StreamHandlerEndpointConfigurer;
import io.securestreams.spring.template.SecureStreamTemplate;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A child context uses the engine of its parent.
 */
@Timeout(60)
class ChildContextTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SecureStreamsAutoConfiguration.class, SecureStreamHandlerAutoConfiguration.class))
		.withPropertyValues("secure-streams.engine.event-loop-threads=1");

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
				{ "s": [ { "page": { "endpoint": "127.0.0.1", "port": %1$d, "protocol": "h1" } },
				  { "more": { "endpoint": "127.0.0.1", "port": %1$d, "protocol": "h1" } },
				  { "news": { "endpoint": "127.0.0.1", "port": %1$d, "protocol": "h1" } } ] }
				""".formatted(address.getPort()), "test").policy();
	}

	@AfterEach
	void stop() {
		if (this.site != null) {
			this.site.close();
		}
	}

	@Test
	void handlersOfAChildGetTheirStreamsAndEndWithIt() {
		this.contextRunner.withBean(Policy.class, () -> this.policy)
			.withUserConfiguration(Pages.class)
			.run((parent) -> {
				SecureStreams engine = parent.getBean(SecureStreams.class);
				this.contextRunner.withParent(parent).withUserConfiguration(NewsOnly.class).run((child) -> {
					assertThat(child).hasNotFailed();
					assertThat(child.getBean(SecureStreams.class)).isSameAs(engine);
					assertThat(child.getBean(News.class).received.poll(20, TimeUnit.SECONDS)).isEqualTo("hello");
					assertThat(child.getBean(SecureStreamHandlerRegistry.class).findStream("news")).isPresent();
					assertThat(engine.streams()).extracting(SecureStream::streamType)
						.containsExactlyInAnyOrder("page", "more", "news");
				});
				assertThat(parent.getBean(SecureStreamHandlerRegistry.class).findStream("page")).isPresent();
				assertThat(parent.getBean(SecureStreamTemplate.class).exchange("page").text()).isEqualTo("hello");
				assertThat(parent.getBean(SecureStreamHandlerRegistry.class).stream("page").state())
					.isNotEqualTo(StreamState.DESTROYING);
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class Pages {

		@Bean
		Page page() {
			return new Page();
		}

		@Bean
		StreamHandlerEndpointConfigurer more() {
			return (registrar) -> registrar.register("more", new StreamHandler() {
			});
		}

	}

	@SecureStreamHandler("page")
	static class Page {

		@OnReceive
		void page(String text) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NewsOnly {

		@Bean
		News news() {
			return new News();
		}

	}

	@SecureStreamHandler("news")
	static class News {

		final BlockingQueue<String> received = new LinkedBlockingQueue<>();

		@OnState(StreamState.CREATING)
		void created(SecureStream stream) {
			stream.requestTx();
		}

		@OnReceive
		void news(String text) {
			this.received.add(text);
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
