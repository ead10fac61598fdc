package io.securestreams.transport.raw;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.BoundListener;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.loop.EventLoopExecutor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Streams and listeners of a runtime that lives for one test.
 */
abstract class RawTestSupport {

	private static TestRuntime runtime;

	static RawTransportFactory factory;

	RawTestSupport(String transport) {
		runtime = TestRuntime.create(transport);
		factory = new RawTransportFactory(runtime.runtime());
	}

	@AfterEach
	void stop() {
		runtime.close();
	}

	static boolean isEpoll() {
		return runtime.loops().transportName().equals("epoll");
	}

	static void sayHello(TestLink link) {
		link.onWritable((capacity) -> Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII));
		link.onConnected(() -> link.transport().requestWrite());
	}

	static TestLink client(StreamPolicy policy, Address address) {
		TestLink link = new TestLink(runtime.loops().next(), policy, address, null);
		return link.transport(factory.client(link));
	}

	/**
	 * A listener of ours whose streams echo unless told otherwise.
	 */
	record Server(BoundListener listener, CompletableFuture<TestLink> accepted) {

		static Server bind(StreamPolicy policy) {
			return bind(policy, TestLink::echo);
		}

		static Server bind(StreamPolicy policy, java.util.function.Consumer<TestLink> setup) {
			CompletableFuture<TestLink> accepted = new CompletableFuture<>();
			BoundListener listener = TestLink.await(factory.listen(policy, (executor, transport, peer) -> {
				assertThat(((EventLoopExecutor) executor).inContext()).isTrue();
				TestLink link = new TestLink(executor, policy, new Address.Host("", 0), null).transport(transport);
				setup.accept(link);
				accepted.complete(link);
				return link;
			}).toCompletableFuture());
			return new Server(listener, accepted);
		}

		int port() {
			return ((InetSocketAddress) this.listener.address()).getPort();
		}

		void close() {
			TestLink.await(this.listener.close().toCompletableFuture());
		}

	}

}
