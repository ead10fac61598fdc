package io.securestreams.spring.boot.autoconfigure;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.spring.template.SecureStreamTemplate;
import io.securestreams.spring.template.TransactionRequest;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handler beans with an instance for each stream where beans are lazy.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LazyStreamHandlersTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SecureStreamsAutoConfiguration.class, SecureStreamHandlerAutoConfiguration.class))
		.withPropertyValues("secure-streams.engine.event-loop-threads=1")
		.withInitializer(
				(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
		.withBean(Policy.class, LazyStreamHandlersTests::policy);

	private static Policy policy() {
		return PolicyJson.read("""
				{ "s": [ { "pages": { "server": true, "endpoint": "127.0.0.1", "port": 0, "protocol": "h1" } },
				  { "page": { "endpoint": "127.0.0.1:${port}", "protocol": "h1", "http_url": "",
				    "metadata": [ { "port": "" } ] } } ] }
				""", "test").policy();
	}

	@Test
	void whatTheyNeedIsThereBeforeStreamsAre() {
		this.contextRunner.withUserConfiguration(PageHandler.class, Beans.class).run((context) -> {
			// While this bean is made no other thread makes any
			assertThat(context.getBean(FrontPage.class).text()).isEqualTo("instance 1");
			assertThat(FrontPage.of(context).text()).isEqualTo("instance 2");
		});
	}

	@Test
	void anInstanceThatNoStreamHadEndsWithTheContext() {
		Instances instances = new Instances();
		this.contextRunner.withBean(Instances.class, () -> instances)
			.withUserConfiguration(PageHandler.class)
			.run((context) -> {
				context.stop();
				context.start();
				assertThat(instances.destroyed).isEmpty();
				context.close();
				assertThat(instances.destroyed).containsExactly(1);
			});
	}

	@Test
	void whatNeedsItsListenerIsMadeForItsStreams() {
		this.contextRunner.withUserConfiguration(NeedsListener.class)
			.run((context) -> assertThat(FrontPage.of(context).text()).isEqualTo("served"));
	}

	static class Instances {

		final Queue<Integer> destroyed = new ConcurrentLinkedQueue<>();

		private int made;

		int next() {
			return ++this.made;
		}

	}

	record FrontPage(String text) {

		static FrontPage of(BeanFactory beans) {
			InetSocketAddress address = (InetSocketAddress) beans.getBean(SecureStreamHandlerRegistry.class)
				.server("pages")
				.address();
			return new FrontPage(beans.getBean(SecureStreamTemplate.class)
				.exchange("page", TransactionRequest.with("port", Integer.toString(address.getPort())))
				.text());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Beans {

		@Bean
		Instances instances() {
			return new Instances();
		}

		@Bean
		FrontPage frontPage(BeanFactory beans) {
			return FrontPage.of(beans);
		}

	}

	@SecureStreamHandler(value = "pages", scope = SecureStreamHandler.Scope.PER_STREAM)
	static class PageHandler implements StreamHandler, DisposableBean {

		private final Instances instances;

		private final int number;

		PageHandler(Instances instances) {
			this.instances = instances;
			this.number = instances.next();
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN) {
				stream.answer(200, ("instance " + this.number).getBytes(StandardCharsets.UTF_8));
			}
		}

		@Override
		public void destroy() {
			this.instances.destroyed.add(this.number);
		}

	}

	@SecureStreamHandler(value = "pages", scope = SecureStreamHandler.Scope.PER_STREAM)
	static class NeedsListener implements StreamHandler {

		NeedsListener(SecureStreamHandlerRegistry registry) {
			registry.server("pages");
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN) {
				stream.answer(200, "served".getBytes(StandardCharsets.UTF_8));
			}
		}

	}

}
