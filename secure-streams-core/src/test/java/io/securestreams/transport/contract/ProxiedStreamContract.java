package io.securestreams.transport.contract;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.client.ProxyClientSettings;
import io.securestreams.proxy.server.ProxyServer;
import io.securestreams.proxy.server.ProxyServerSettings;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.factory.StreamFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What an application may rely on, whatever the protocol, when its streams are fulfilled
 * by a proxy.
 */
public abstract class ProxiedStreamContract extends StreamContract {

	private final Subject subject;

	private final String transport;

	private EchoService peer;

	/** Speaks TLS for the peer where the protocol needs it. */
	private @Nullable Forwarder front;

	private boolean peerClosed;

	private SecureStreams far;

	private ProxyServer proxy;

	private SecureStreams near;

	@TempDir
	private Path directory;

	/** Before the proxy's address. */
	private final String layer;

	protected ProxiedStreamContract(Subject subject, String transport) {
		this(subject, transport, "");
	}

	protected ProxiedStreamContract(Subject subject, String transport, String layer) {
		this.subject = subject;
		this.transport = transport;
		this.layer = layer;
	}

	@BeforeEach
	void start() throws Exception {
		this.peer = this.subject.peer().start(Files.createDirectory(this.directory.resolve("peer")));
		int port = this.peer.port();
		if (this.subject.tls()) {
			this.front = Forwarder.tls(TestPolicy.IDENTITY, this.subject.alpn(), port);
			port = this.front.port();
		}
		this.far = engine().policy(policy(port)).build();
		this.proxy = serve();
		this.near = engine().proxy(ProxyClientSettings.of(address())).build();
	}

	@AfterEach
	void stop() throws Exception {
		this.near.close();
		this.far.close();
		closePeer();
	}

	private void closePeer() throws Exception {
		if (!this.peerClosed) {
			this.peerClosed = true;
			if (this.front != null) {
				this.front.close();
			}
			this.peer.close();
		}
	}

	private Policy policy(int port) {
		return new TestPolicy(this.subject, "127.0.0.1", port).hasty().policy();
	}

	private SecureStreams.Builder engine() {
		return SecureStreams.builder().transport(Transport.of(this.transport)).eventLoopThreads(2).socks5(null);
	}

	private ProxyServer serve() {
		return this.far.serveProxy(ProxyServerSettings.builder().addresses(List.of(address())).build());
	}

	private ProxyAddress address() {
		return ProxyAddress.parse(this.layer + "unix:" + this.directory.resolve("proxy"));
	}

	@Override
	protected StreamFactory streams() {
		return this.near;
	}

	@Test
	void theSameThingsHappenAsWithoutTheProxy() {
		ContractHandler here = handler(70_000, 1000);
		SecureStream direct = echo(this.far, here);
		ContractHandler there = handler(70_000, 1000);
		SecureStream proxied = echo(this.near, there);
		StreamPolicy policy = direct.policy();
		if (policy != null && policy.protocol().protocol().isHttp()) {
			// The end of an answer may come after all of its bytes
			here.await("DISCONNECTED", 1);
			there.await("DISCONNECTED", 1);
		}
		end(direct, here);
		end(proxied, there);
		assertThat(there.received()).isEqualTo(here.received());
		assertThat(states(there)).isEqualTo(states(here));
	}

	@Test
	void anUnreachablePeerIsToldAsWithoutTheProxy() throws Exception {
		closePeer();
		ContractHandler here = handler(10, 10);
		SecureStream stream = this.far.create(TYPE, here);
		stream.requestTx();
		here.await("ALL_RETRIES_FAILED", 1);
		end(stream, here);
		ContractHandler there = handler(10, 10);
		stream = this.near.create(TYPE, there);
		stream.requestTx();
		there.await("ALL_RETRIES_FAILED", 1);
		end(stream, there);
		assertThat(states(there)).isEqualTo(states(here));
	}

	@Test
	void messagesOfTheQueueGoThrough() throws Exception {
		ContractHandler handler = handler(0, 1);
		SecureStream stream = this.near.create(TYPE, handler);
		List<CompletableFuture<Long>> sent = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			sent.add(stream.send(new byte[1000 + i]).toCompletableFuture());
		}
		for (CompletableFuture<Long> message : sent) {
			message.get(20, TimeUnit.SECONDS);
		}
		assertThat(stream.snapshot().counters().sentBytes()).isEqualTo(5010);
		end(stream, handler);
	}

	@Test
	void canBeDisconnectedAndUsedAgain() {
		ContractHandler handler = handler(5000, 1000);
		SecureStream stream = echo(handler);
		for (int i = 2; i < 4; i++) {
			stream.disconnect();
			handler.await("DISCONNECTED", i - 1);
			stream.requestTx();
			handler.await("CONNECTED", i);
			handler.awaitEcho();
		}
		end(stream, handler);
	}

	@Test
	void streamsOutliveTheirProxy() {
		ContractHandler handler = handler(5000, 1000);
		SecureStream stream = echo(handler);
		this.proxy.close();
		handler.await("DISCONNECTED", 1);
		handler.await("UPSTREAM_LINK_RETRY", 1);
		this.proxy = serve();
		stream.requestTx();
		handler.await("CONNECTED", 2);
		handler.awaitEcho();
		assertThat(handler.received()).isEqualTo(message(5000));
		end(stream, handler);
		await().until(() -> this.proxy.linkCount() == 0);
	}

	private static SecureStream echo(StreamFactory streams, ContractHandler handler) {
		SecureStream stream = streams.create(TYPE, handler);
		stream.requestTx();
		handler.awaitEcho();
		return stream;
	}

	private static List<String> states(ContractHandler handler) {
		return handler.events().stream().filter((event) -> !event.matches("[rt]x")).toList();
	}

}
