package io.securestreams.proxy;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;

import javax.net.ssl.TrustManagerFactory;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.proxy.client.ProxyClientSettings;
import io.securestreams.proxy.server.ProxyLinkSnapshot;
import io.securestreams.proxy.server.ProxyServer;
import io.securestreams.proxy.server.ProxyServerSettings;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.platform.ServerIdentity;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.stream.platform.VirtualHost.ClientAuth;
import io.securestreams.transport.TestPki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Much is received through a proxy by a client that does not keep up: the proxy holds
 * what the policy allows, the peer waits, and in the end all of it has arrived.
 */
@Timeout(120)
class HeldBackPeerTests {

	private static final int TOTAL = 16 * 1024 * 1024;

	private static final int BUFFER = 20_000;

	/** What one read of the peer brings at most, and the heads of its frames. */
	private static final int ONE_READ = 64 * 1024 + 4096;

	@TempDir
	private Path directory;

	private final List<AutoCloseable> open = new ArrayList<>();

	private final byte[] content = new byte[TOTAL];

	private ProxyServer proxy;

	@AfterEach
	void stop() throws Exception {
		for (int i = this.open.size() - 1; i >= 0; i--) {
			this.open.get(i).close();
		}
	}

	private <T extends AutoCloseable> T closing(T made) {
		this.open.add(made);
		return made;
	}

	private void start(String address) throws Exception {
		new Random(1).nextBytes(this.content);
		SecureStreams site = closing(SecureStreams.builder().eventLoopThreads(1).policy(PolicyJson.read("""
				{ "s": [ { "web": { "server": true, "protocol": "h2", "endpoint": "127.0.0.1", "port": 0 } },
				  { "ws": { "server": true, "protocol": "ws", "endpoint": "127.0.0.1", "port": 0,
				    "ws_binary": true } } ] }
				""", "site").policy()).build());
		int web = port(site, "web");
		String with = "\"endpoint\": \"127.0.0.1\", \"opportunistic\": true, \"proxy_buflen\": " + BUFFER
				+ ", \"client_buflen\": 100";
		SecureStreams far = closing(SecureStreams.builder()
			.eventLoopThreads(1)
			.socks5(null)
			.policy(PolicyJson.read("""
					{ "s": [ { "h1": { "port": $web, "protocol": "h1", "http_url": "", $with } },
					  { "h2": { "port": $web, "protocol": "h2", "http_url": "", "h2_prior_knowledge": true, $with } },
					  { "ws": { "port": $ws, "protocol": "ws", "http_url": "", "ws_binary": true, $with } } ] }
					""".replace("$web", String.valueOf(web))
				.replace("$ws", String.valueOf(port(site, "ws")))
				.replace("$with", with), "far").policy())
			.tlsIdentities(identities())
			.build());
		boolean tls = address.equals("tls");
		ProxyServerSettings.Builder settings = ProxyServerSettings.builder()
			.addresses(List.of(ProxyAddress
				.parse(tls ? "tcp:127.0.0.1:0" : address.replace("$file", this.directory.resolve("p").toString()))));
		if (tls) {
			settings = settings.tls("own", ClientAuth.NONE);
		}
		this.proxy = far.serveProxy(settings.build());
	}

	private int port(SecureStreams site, String streamType) {
		return ((InetSocketAddress) site.listen(streamType, Source::new).address()).getPort();
	}

	private static TlsIdentities identities() throws Exception {
		KeyStore issuers = KeyStore.getInstance(KeyStore.getDefaultType());
		issuers.load(null, null);
		issuers.setCertificateEntry("issuer", TestPki.CA.getCertificate());
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(issuers);
		ServerIdentity own = new ServerIdentity(TestPki.serverOf("localhost", "127.0.0.1").toKeyManagerFactory(),
				trust);
		return new TlsIdentities() {
			@Override
			public ServerIdentity serverIdentity(String name) {
				return own;
			}

			@Override
			public TrustManagerFactory platformTrust() {
				return trust;
			}
		};
	}

	private SecureStream create(String streamType, ProxyAddress address, boolean tls, Sink sink) throws Exception {
		ProxyClientSettings settings = ProxyClientSettings.of(address);
		SecureStreams near = closing(SecureStreams.builder()
			.proxy(tls ? settings.withTls(identities()) : settings)
			.eventLoopThreads(1)
			.socks5(null)
			.build());
		SecureStream stream = near.create(streamType, sink);
		stream.connect();
		return stream;
	}

	/** Returns when the peer has been made to wait. */
	private void peerWaits() {
		await().atMost(20, TimeUnit.SECONDS)
			.until(() -> this.proxy.links().stream().anyMatch(ProxyLinkSnapshot::paused));
		assertThat(this.proxy.links().get(0).unreadBytes()).isLessThan(BUFFER + ONE_READ);
	}

	@ParameterizedTest
	@CsvSource({ "unix:$file,h1", "unix:$file,h2", "unix:$file,ws", "tcp:127.0.0.1:0,h1", "tcp:127.0.0.1:0,h2",
			"tcp:127.0.0.1:0,ws", "tls,h1", "tls,h2", "tls,ws", "mux+tcp:127.0.0.1:0,h1", "mux+tcp:127.0.0.1:0,h2",
			"mux+tcp:127.0.0.1:0,ws" })
	void aLinkThatStandsStillHoldsThePeerBack(String address, String streamType) throws Exception {
		start(address);
		HaltingRelay relay = closing(new HaltingRelay());
		ProxyAddress at = relay.open(this.proxy.addresses().get(0), address.startsWith("mux+") ? "mux+" : "");
		Sink sink = new Sink(0);
		create(streamType, at, address.equals("tls"), sink);
		peerWaits();
		relay.goOn();
		isWhole(sink);
	}

	@ParameterizedTest
	@ValueSource(strings = { "h1", "h2", "ws" })
	void aHandlerThatPausesHoldsThePeerBack(String streamType) throws Exception {
		start("unix:$file");
		Sink sink = new Sink(3);
		SecureStream stream = create(streamType, this.proxy.addresses().get(0), false, sink);
		for (int i = 0; i < 3; i++) {
			int times = i;
			await().atMost(20, TimeUnit.SECONDS).until(() -> sink.pauses > times);
			peerWaits();
			stream.resumeReceiving();
		}
		isWhole(sink);
	}

	private void isWhole(Sink sink) throws Exception {
		assertThat(sink.end.get(30, TimeUnit.SECONDS)).isEqualTo((long) TOTAL);
		CRC32 whole = new CRC32();
		whole.update(this.content);
		assertThat(sink.digest.getValue()).isEqualTo(whole.getValue());
	}

	/** Has all of the content for whoever connects. */
	private final class Source implements StreamHandler {

		private int at;

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN) {
				stream.answer(200, HeldBackPeerTests.this.content);
			}
			else if (state == StreamState.SERVER_UPGRADE || state == StreamState.CONNECTED) {
				stream.requestTx();
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			int length = Math.min(slot.capacity(), TOTAL - this.at);
			slot.buffer().writeBytes(HeldBackPeerTests.this.content, this.at, length);
			slot.end();
			this.at += length;
			if (this.at < TOTAL) {
				stream.requestTx();
			}
		}

	}

	/** Takes it, and pauses a few times. */
	private static final class Sink implements StreamHandler {

		final CRC32 digest = new CRC32();

		final CompletableFuture<Long> end = new CompletableFuture<>();

		private final int most;

		volatile int pauses;

		private long length;

		Sink(int most) {
			this.most = most;
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.DISCONNECTED) {
				this.end.complete(this.length);
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.digest.update(payload.toByteArray());
			this.length += payload.length();
			if (this.pauses < this.most && this.length > (this.pauses + 1) * 100_000L) {
				stream.pauseReceiving();
				this.pauses++;
			}
			if (this.length == TOTAL) {
				this.end.complete(this.length);
			}
		}

	}

}
