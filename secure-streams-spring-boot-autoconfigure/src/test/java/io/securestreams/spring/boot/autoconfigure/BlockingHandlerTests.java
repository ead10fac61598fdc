package io.securestreams.spring.boot.autoconfigure;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.server.ProxyServerSettings;
import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.template.SecureStreamTemplate;
import io.securestreams.spring.template.TransactionRequest;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Annotated methods block as those of controllers do, without having said so.
 */
@Timeout(60)
class BlockingHandlerTests {

	private static final String POLICY = """
			{ "retry": [ { "soon": { "backoff": [ 100 ], "conceal": 1000, "jitterpc": 0 } } ],
			  "s": [ { "page": { "endpoint": "127.0.0.1", "port": %1$d, "protocol": "h1", "http_url": "${name}",
			      "nailed_up": true, "retry": "soon", "metadata": [ { "name": "" } ] } },
			    { "news": { "endpoint": "127.0.0.1", "port": %1$d, "protocol": "h1", "http_url": "${name}",
			      "opportunistic": true, "retry": "soon", "metadata": [ { "name": "" } ] } },
			    { "upload": { "endpoint": "127.0.0.1", "port": %1$d, "protocol": "h1", "http_method": "POST",
			      "http_url": "up", "opportunistic": true, "retry": "soon" } } ] }
			""";

	@TempDir
	private Path directory;

	private @Nullable SecureStreams site;

	private @Nullable SecureStreams proxy;

	private Policy policy = Policy.EMPTY;

	@BeforeEach
	void start() {
		SecureStreams served = SecureStreams.builder().eventLoopThreads(1).policy(PolicyJson.read("""
				{ "s": [ { "web": { "server": true, "endpoint": "127.0.0.1", "port": 0, "protocol": "h1",
				    "metadata": [ { "path": "" }, { "method": "" } ] } } ] }
				""", "site").policy()).build();
		this.site = served;
		InetSocketAddress address = (InetSocketAddress) served.listen("web", Web::new).address();
		this.policy = PolicyJson.read(POLICY.formatted(address.getPort()), "test").policy();
		SecureStreams made = SecureStreams.builder().socks5(null).eventLoopThreads(1).policy(this.policy).build();
		this.proxy = made;
		made.serveProxy(ProxyServerSettings.builder().addresses(List.of(ProxyAddress.parse(proxyAddress()))).build());
	}

	private String proxyAddress() {
		return "unix:" + this.directory.resolve("proxy");
	}

	@AfterEach
	void stop() {
		if (this.proxy != null) {
			this.proxy.close();
		}
		if (this.site != null) {
			this.site.close();
		}
	}

	private ApplicationContextRunner application(boolean proxied) {
		ApplicationContextRunner runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SecureStreamsAutoConfiguration.class,
					SecureStreamHandlerAutoConfiguration.class, TaskExecutionAutoConfiguration.class))
			.withPropertyValues("secure-streams.engine.event-loop-threads=1");
		return proxied ? runner.withPropertyValues("secure-streams.proxy.client.address=" + proxyAddress())
				: runner.withBean(Policy.class, () -> this.policy);
	}

	@Test
	void whatTakesItsTimeInCreatingIsWaitedFor() {
		application(false).withUserConfiguration(SlowPage.class).run((context) -> {
			SlowPage page = context.getBean(SlowPage.class);
			SecureStreamTemplate template = context.getBean(SecureStreamTemplate.class);
			// The event loop has done other things meanwhile
			assertThat(template.exchange("news", TransactionRequest.with("name", "other")).text()).isEqualTo("/other");
			page.mayGoOn.countDown();
			assertThat(page.received.poll(20, TimeUnit.SECONDS)).isEqualTo("/slow");
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whoWaitsInCreatingForTheAnswerGetsIt(boolean proxied) {
		application(proxied).withUserConfiguration(WaitingUpload.class)
			.run((context) -> assertThat(context.getBean(WaitingUpload.class).sent.poll(20, TimeUnit.SECONDS))
				.isNotNull());
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void nobodyElseWaitsForHandlersThatBlock(boolean proxied) {
		application(proxied).withUserConfiguration(Stuck.class).run((context) -> {
			Stuck stuck = context.getBean(Stuck.class);
			stuck.isThere.await();
			SecureStreamTemplate template = context.getBean(SecureStreamTemplate.class);
			for (int i = 0; i < 3; i++) {
				assertThat(template.exchange("news", TransactionRequest.with("name", "n" + i)).text())
					.isEqualTo("/n" + i);
				Path file = template.download("news", TransactionRequest.with("name", "n"),
						this.directory.resolve("f"));
				assertThat(file).hasContent("/n");
			}
			stuck.mayGoOn.countDown();
		});
	}

	@Test
	void nobodyElseWaitsForAnExecutorThatIsAtItsLimit() {
		application(false).withUserConfiguration(Stuck.class, StuckToo.class, Limited.class).run((context) -> {
			Stuck stuck = context.getBean(Stuck.class);
			stuck.isThere.await();
			SecureStreamTemplate template = context.getBean(SecureStreamTemplate.class);
			assertThat(template.exchange("news", TransactionRequest.with("name", "n")).text()).isEqualTo("/n");
			stuck.mayGoOn.countDown();
			context.getBean(StuckToo.class).isThere.await();
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class Limited {

		@Bean
		SimpleAsyncTaskExecutor secureStreamsHandlerExecutor() {
			SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor();
			executor.setConcurrencyLimit(1);
			return executor;
		}

	}

	/** Needs a thread, too. */
	@SecureStreamHandler("news")
	static class StuckToo {

		final CountDownLatch isThere = new CountDownLatch(1);

		@OnState(StreamState.CREATING)
		void created() {
			this.isThere.countDown();
		}

	}

	/** What it needs takes a while to find out. */
	@SecureStreamHandler("page")
	static class SlowPage {

		final CountDownLatch mayGoOn = new CountDownLatch(1);

		final BlockingQueue<String> received = new LinkedBlockingQueue<>();

		@OnState(StreamState.CREATING)
		void created(SecureStream stream) throws InterruptedException {
			this.mayGoOn.await();
			stream.metadata().set("name", "slow");
			stream.requestTx();
		}

		@OnReceive
		void page(String text) {
			this.received.add(text);
		}

	}

	/** Sends, and waits for what comes of it. */
	@SecureStreamHandler("upload")
	static class WaitingUpload {

		final BlockingQueue<Long> sent = new LinkedBlockingQueue<>();

		@OnState(StreamState.CREATING)
		void created(SecureStream stream) throws Exception {
			byte[] bytes = "hello".getBytes(StandardCharsets.UTF_8);
			this.sent.add(stream.send(bytes).toCompletableFuture().get(20, TimeUnit.SECONDS));
		}

	}

	/** Never done with what it got. */
	@SecureStreamHandler("page")
	static class Stuck {

		final CountDownLatch isThere = new CountDownLatch(1);

		final CountDownLatch mayGoOn = new CountDownLatch(1);

		@OnState(StreamState.CREATING)
		void created(SecureStream stream) {
			stream.metadata().set("name", "stuck");
			stream.requestTx();
		}

		@OnReceive
		void page(String text) throws InterruptedException {
			this.isThere.countDown();
			this.mayGoOn.await();
		}

	}

	/** Answers with the path, when it has all of the body. */
	private static final class Web implements StreamHandler {

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN && !"POST".equals(stream.metadata().get("method"))) {
				answer(stream);
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			if (payload.isEnd()) {
				answer(stream);
			}
		}

		private static void answer(SecureStream stream) {
			String path = String.valueOf(stream.metadata().get("path"));
			stream.answer(200, path.getBytes(StandardCharsets.UTF_8));
		}

	}

}
