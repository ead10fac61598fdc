package io.securestreams.proxy.client;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

import io.netty.channel.epoll.Epoll;
import io.netty.pkitesting.X509Bundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.server.ProxyAccess;
import io.securestreams.proxy.server.ProxyServer;
import io.securestreams.proxy.server.ProxyServerSettings;
import io.securestreams.proxy.server.Refusal;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.platform.ServerIdentity;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.stream.platform.VirtualHost.ClientAuth;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestSocks5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The ways between an application and its proxy, and applications that are in a hurry.
 */
@Timeout(90)
class ProxyPathTests {

	private static final ProxyAddress ANY_PORT = ProxyAddress.parse("tcp:127.0.0.1:0");

	private final List<AutoCloseable> open = new ArrayList<>();

	private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

	private JdkPeer peer;

	@TempDir
	private Path directory;

	@BeforeEach
	void start() throws Exception {
		this.peer = JdkPeer.tcp(JdkPeer::echo);
	}

	@AfterEach
	void stop() throws Exception {
		for (int i = this.open.size() - 1; i >= 0; i--) {
			this.open.get(i).close();
		}
		this.peer.close();
	}

	private <T extends AutoCloseable> T closing(T made) {
		this.open.add(made);
		return made;
	}

	private Policy policy() {
		return PolicyJson.read("""
				{ "retry": [ { "quick": { "backoff": [ 20 ], "conceal": 65535, "jitterpc": 1 } } ],
				  "s": [ { "echo": { "endpoint": "127.0.0.1", "port": %1$d, "protocol": "raw", "retry": "quick" } },
				    { "other": { "endpoint": "127.0.0.1", "port": %1$d, "protocol": "raw", "retry": "quick" } } ] }
				""".formatted(this.peer.port()), "test").policy();
	}

	private SecureStreams far(TlsIdentities identities) {
		return closing(SecureStreams.builder()
			.policy(policy())
			.tlsIdentities(identities)
			.eventLoopThreads(1)
			.socks5(null)
			.build());
	}

	private SecureStreams near(ProxyClientSettings settings) {
		return closing(SecureStreams.builder().proxy(settings).eventLoopThreads(1).socks5(null).build());
	}

	private static ProxyServerSettings at(ProxyAddress address) {
		return ProxyServerSettings.builder().addresses(List.of(address)).build();
	}

	private ProxyAddress file(String name) {
		return ProxyAddress.parse("unix:" + this.directory.resolve(name));
	}

	/** Says hello on every connection and tells what it hears. */
	private StreamHandler talker() {
		return new StreamHandler() {
			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				ProxyPathTests.this.heard.add(state.name());
				if (state == StreamState.CONNECTED) {
					stream.send("hello".getBytes(StandardCharsets.UTF_8));
				}
			}

			@Override
			public void onReceive(SecureStream stream, Payload payload) {
				ProxyPathTests.this.heard.add(payload.text());
			}
		};
	}

	private void until(String wanted) throws InterruptedException {
		List<String> before = new ArrayList<>();
		String next = "";
		while (!wanted.equals(next)) {
			next = this.heard.poll(30, TimeUnit.SECONDS);
			assertThat(next).as("%s after %s", wanted, before).isNotNull();
			before.add(next);
		}
	}

	private static TrustManagerFactory trust(X509Bundle authority) throws Exception {
		KeyStore issuers = KeyStore.getInstance(KeyStore.getDefaultType());
		issuers.load(null, null);
		issuers.setCertificateEntry("issuer", authority.getCertificate());
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(issuers);
		return trust;
	}

	private static TlsIdentities ofClient(@Nullable String name) throws Exception {
		TrustManagerFactory trust = trust(TestPki.CA);
		KeyManagerFactory keys = (name != null) ? TestPki.client(name).toKeyManagerFactory() : null;
		return new TlsIdentities() {
			@Override
			public @Nullable KeyManagerFactory clientIdentity(int index) {
				return (index == 0) ? keys : null;
			}

			@Override
			public TrustManagerFactory platformTrust() {
				return trust;
			}
		};
	}

	@Test
	void certificatesOfAHandshakeDecideWhoHasWhat() throws Exception {
		ServerIdentity identity = new ServerIdentity(TestPki.serverOf("localhost", "127.0.0.1").toKeyManagerFactory(),
				trust(TestPki.CA));
		SecureStreams far = far(new TlsIdentities() {
			@Override
			public ServerIdentity serverIdentity(String name) {
				return identity;
			}
		});
		ProxyServer proxy = far.serveProxy(ProxyServerSettings.builder()
			.addresses(List.of(ANY_PORT))
			.tls("own", ClientAuth.NEED)
			.access(List.of(new ProxyAccess(Set.of(), Set.of(), Set.of("device-1"), Set.of("echo"))))
			.build());
		ProxyClientSettings settings = ProxyClientSettings.of(proxy.addresses().get(0));
		SecureStream stream = near(settings.withTls(ofClient("device-1"))).create("echo", talker());
		stream.connect();
		until("hello");
		assertThat(proxy.links()).singleElement().satisfies((link) -> assertThat(link.client()).contains("device-1"));
		// Another streamtype, another device, no certificate, nobody we trust
		near(settings.withTls(ofClient("device-1"))).create("other", talker());
		until("ALL_RETRIES_FAILED");
		near(settings.withTls(ofClient("device-2"))).create("echo", talker());
		until("UPSTREAM_LINK_RETRY");
		near(settings.withTls(ofClient(null))).create("echo", talker());
		until("UPSTREAM_LINK_RETRY");
		SecureStream doubting = near(settings.withTls(TlsIdentities.NONE)).create("echo", talker());
		until("UPSTREAM_LINK_RETRY");
		await().until(() -> doubting.lastFailure() != null);
		assertThat(String.valueOf(doubting.lastFailure())).contains("TLS");
		assertThat(proxy.refused().get(Refusal.STREAMTYPE_NOT_ALLOWED)).isPositive();
		assertThat(proxy.refused().get(Refusal.CLIENT)).isPositive();
	}

	@Test
	void aSocks5ProxyIsOnTheWayToTcpOnly() throws Exception {
		SecureStreams far = far(TlsIdentities.NONE);
		ProxyServer proxy = far.serveProxy(at(ANY_PORT));
		TestSocks5 socks5 = new TestSocks5("user", "password", TestSocks5.Mode.CONNECT);
		try (JdkPeer way = JdkPeer.tcp(socks5)) {
			Socks5Proxy settings = Socks5Proxy.parse("user:password@127.0.0.1:" + way.port());
			near(ProxyClientSettings.of(proxy.addresses().get(0)).withSocks5(settings)).create("echo", talker())
				.connect();
			until("hello");
			assertThat(socks5.destinations).hasSize(1);
			far.serveProxy(at(file("p")));
			near(ProxyClientSettings.of(file("p")).withSocks5(settings)).create("echo", talker()).connect();
			until("hello");
			assertThat(socks5.destinations).hasSize(1);
		}
	}

	@Test
	void theNextAddressServesWhenOneIsGone() throws Exception {
		SecureStreams far = far(TlsIdentities.NONE);
		ProxyServer first = far.serveProxy(at(file("a")));
		ProxyServer second = far.serveProxy(at(file("b")));
		SecureStream stream = near(ProxyClientSettings.of(file("none"), file("a"), file("b"))).create("echo", talker());
		stream.connect();
		until("hello");
		assertThat(stream.snapshot().peer()).isEqualTo(file("a").toString());
		first.close();
		until("DISCONNECTED");
		until("hello");
		assertThat(stream.snapshot().peer()).isEqualTo(file("b").toString());
		far.serveProxy(at(file("a")));
		second.close();
		until("DISCONNECTED");
		until("hello");
		assertThat(stream.snapshot().peer()).isEqualTo(file("a").toString());
	}

	@Test
	void anAbstractNameIsAnAddressToo() throws Exception {
		Assumptions.assumeTrue(Epoll.isAvailable(), "needs Linux' own transports");
		ProxyAddress address = ProxyAddress.parse("unix:@test-" + System.nanoTime());
		ProxyServer proxy = far(TlsIdentities.NONE).serveProxy(at(address));
		near(ProxyClientSettings.of(address)).create("echo", talker()).connect();
		until("hello");
		assertThat(proxy.links()).singleElement()
			.satisfies((link) -> assertThat(link.client()).isEqualTo("user " + System.getProperty("user.name")));
	}

	/** Handlers that hand everything to other threads, fill slots late, and block. */
	@Test
	void handlersOnOtherThreadsLoseNothing() throws Exception {
		far(TlsIdentities.NONE).serveProxy(at(file("p")));
		SecureStreams near = near(ProxyClientSettings.of(file("p")));
		ExecutorService others = Executors.newFixedThreadPool(4);
		try {
			byte[] message = "0123456789".repeat(300).getBytes(StandardCharsets.US_ASCII);
			AtomicInteger at = new AtomicInteger();
			StringBuffer received = new StringBuffer();
			SecureStream stream = near.create("echo", new StreamHandler() {
				@Override
				public void onState(SecureStream same, StreamState state, long ordinal) {
					if (state == StreamState.CONNECTED) {
						others.execute(same::requestTx);
					}
				}

				@Override
				public void onWritable(SecureStream same, TxSlot slot) {
					var late = slot.detach();
					others.execute(() -> {
						int from = at.get();
						int length = Math.min(3, message.length - from);
						late.write(message, from, length);
						at.addAndGet(length);
						late.submit();
						if (from + length < message.length) {
							same.requestTx();
						}
					});
				}

				@Override
				public void onReceive(SecureStream same, Payload payload) {
					same.pauseReceiving();
					String text = payload.text();
					others.execute(() -> {
						received.append(text);
						same.resumeReceiving();
					});
				}
			});
			stream.connect();
			await().atMost(30, TimeUnit.SECONDS).until(() -> received.length() == message.length);
			assertThat(received.toString().getBytes(StandardCharsets.US_ASCII)).isEqualTo(message);
		}
		finally {
			others.shutdown();
		}
	}

	/** Connects, sends, hangs up, disconnects and closes from many threads at once. */
	@Test
	void callsFromAnyThreadInAnyOrderLeaveNothingBehind() throws Exception {
		ProxyServer proxy = far(TlsIdentities.NONE).serveProxy(at(file("p")));
		SecureStreams near = near(ProxyClientSettings.of(file("p")));
		List<CompletableFuture<?>> sent = new CopyOnWriteArrayList<>();
		for (int round = 0; round < 40; round++) {
			CountDownLatch gone = new CountDownLatch(1);
			SecureStream stream = near.create("echo", new StreamHandler() {
				@Override
				public void onState(SecureStream same, StreamState state, long ordinal) {
					if (state == StreamState.DESTROYING) {
						gone.countDown();
					}
				}
			});
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				int which = i + round;
				threads.add(new Thread(() -> {
					for (int step = 0; step < 8; step++) {
						switch ((which + step) % 5) {
							case 0 -> stream.connect();
							case 1 -> sent.add(stream.send(new byte[100]).toCompletableFuture());
							case 2 -> stream.requestTx();
							case 3 -> stream.disconnect();
							default -> stream.hangUp();
						}
					}
				}));
			}
			threads.forEach(Thread::start);
			for (Thread thread : threads) {
				thread.join();
			}
			stream.close();
			assertThat(gone.await(30, TimeUnit.SECONDS)).isTrue();
		}
		await().atMost(30, TimeUnit.SECONDS).until(() -> sent.stream().allMatch(CompletableFuture::isDone));
		await().atMost(30, TimeUnit.SECONDS).until(() -> proxy.linkCount() == 0 && near.streams().isEmpty());
	}

	@Test
	void aProxyThatComesAndGoesIsFollowed() throws Exception {
		SecureStreams far = far(TlsIdentities.NONE);
		SecureStreams near = near(ProxyClientSettings.of(file("p")));
		SecureStream stream = near.create("echo", talker());
		stream.connect();
		until("UPSTREAM_LINK_RETRY");
		assertThat(stream.lastFailure()).isNotNull();
		assertThat(String.valueOf(stream.lastFailure())).contains(file("p").toString().substring("unix:".length()));
		for (int i = 0; i < 2; i++) {
			ProxyServer proxy = far.serveProxy(at(file("p")));
			until("hello");
			assertThat(stream.lastFailure()).isNull();
			proxy.close();
			until("DISCONNECTED");
			until("UPSTREAM_LINK_RETRY");
		}
	}

}
