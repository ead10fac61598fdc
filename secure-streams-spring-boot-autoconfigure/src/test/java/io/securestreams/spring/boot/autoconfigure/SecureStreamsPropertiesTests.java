package io.securestreams.spring.boot.autoconfigure;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.securestreams.Transport;
import io.securestreams.limits.ListenerLimits;
import io.securestreams.limits.NetworkLimits;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.stream.platform.VirtualHost;
import io.securestreams.stream.platform.VirtualHost.ClientAuth;
import io.securestreams.system.auth.AwsKeySources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SecureStreamsProperties}.
 */
class SecureStreamsPropertiesTests {

	@Test
	void defaults() {
		SecureStreamsProperties properties = bind(Map.of());
		assertThat(properties.policy().location()).isEqualTo("classpath:secure-streams-policy.json");
		assertThat(properties.policy().overlays()).isEmpty();
		assertThat(properties.blobs().auth()).isNull();
		assertThat(properties.clientCerts()).isEmpty();
		assertThat(properties.sslBundle()).isNull();
		assertThat(properties.engine().eventLoopThreads()).isZero();
		assertThat(properties.engine().transport()).isEqualTo(Transport.AUTO);
		assertThat(properties.engine().eventLoopBlockedAfter()).hasSeconds(5);
		assertThat(properties.tls().legacyCertificates()).isFalse();
		assertThat(properties.handlers().dispatch()).isEqualTo(SecureStreamsProperties.Dispatch.AUTO);
		assertThat(properties.shutdown().drainTimeout()).isNull();
		assertThat(properties.network().socks5()).isNull();
		assertThat(NetworkSettings.of(properties.network())).isEqualTo(NetworkLimits.DEFAULTS);
	}

	@Test
	void network() {
		SecureStreamsProperties.Network network = bind(Map.of("secure-streams.network.connect-timeout", "1s",
				"secure-streams.network.tls-handshake-timeout", "2s", "secure-streams.network.socks5-timeout", "3s",
				"secure-streams.network.attempt-delay", "4ms", "secure-streams.network.name-servers",
				"127.0.0.1,127.0.0.2:54,::1,[::1]:55", "secure-streams.network.name-server-timeout", "5000",
				"secure-streams.network.socks5", "user:s3cret@proxy.test:1080"))
			.network();
		NetworkLimits settings = NetworkSettings.of(network);
		assertThat(settings.connectTimeout()).hasSeconds(1);
		assertThat(settings.tlsTimeout()).hasSeconds(2);
		assertThat(settings.socks5Timeout()).hasSeconds(3);
		assertThat(settings.attemptDelay()).hasMillis(4);
		assertThat(settings.nameServers()).containsExactly(new InetSocketAddress("127.0.0.1", 53),
				new InetSocketAddress("127.0.0.2", 54), new InetSocketAddress("::1", 53),
				new InetSocketAddress("::1", 55));
		assertThat(settings.nameServerTimeout()).hasSeconds(5);
		assertThat(NetworkSettings.socks5("user:s3cret@proxy.test:1080"))
			.isEqualTo(new Socks5Proxy("proxy.test", 1080, "user", "s3cret"));
		assertThat(NetworkSettings.socks5("")).isNull();
		assertThat(network.toString()).doesNotContain("s3cret");
	}

	@Test
	void networkErrorsNameTheProperty() {
		assertThatExceptionOfType(BindException.class)
			.isThrownBy(() -> bind(Map.of("secure-streams.network.connect-timeout", "0")))
			.havingRootCause()
			.withMessage("connect-timeout: PT0S (expected: 1ms or more)");
		assertThatIllegalArgumentException().isThrownBy(() -> NetworkSettings.socks5("user:s3cret@proxy.test"))
			.withMessageStartingWith("secure-streams.network.socks5: ")
			.withMessageNotContaining("s3cret");
		for (String server : List.of("dns.test", "127.0.0.1:x", "127.0.0.1:99999", "1.2.3.4.5", "")) {
			assertThatExceptionOfType(BindException.class)
				.isThrownBy(
						() -> bind(Map.of("secure-streams.network.name-servers[0]", server.isEmpty() ? " " : server)))
				.havingRootCause()
				.withMessageStartingWith("secure-streams.network.name-servers: ");
		}
	}

	@ParameterizedTest
	@CsvSource({ "template.timeout, 0, timeout: PT0S (expected: 1ms or more)",
			"template.timeout, -5s, timeout: PT-5S (expected: 1ms or more)",
			"template.max-response-size, -1, max-response-size: -1B (expected: 0 or more)",
			"shutdown.drain-timeout, -1s, drain-timeout: PT-1S (expected: 0 or more)",
			"network.socks5, user:s3cret@proxy.test, "
					+ "'secure-streams.network.socks5: \"proxy.test\" (expected: [user:password@]host:port)'" })
	void whatMakesNoSenseIsToldWhenItIsBound(String key, String value, String problem) {
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> bind(Map.of("secure-streams." + key, value)))
			.satisfies((ex) -> assertThat(ex).hasStackTraceContaining(problem))
			.satisfies((ex) -> assertThat(ex.toString()).doesNotContain("s3cret"));
	}

	@Test
	void anOverlayWithoutANameIsNone() {
		assertThat(bind(Map.of("secure-streams.policy.overlays", ", ,")).policy().overlays()).isEmpty();
	}

	@Test
	void everyKey() {
		SecureStreamsProperties properties = bind(Map.ofEntries(
				Map.entry("secure-streams.policy.location", "file:/policy.json"),
				Map.entry("secure-streams.policy.overlays[0]", "file:/a.json"),
				Map.entry("secure-streams.policy.overlays[1]", "file:/b.json"),
				Map.entry("secure-streams.blobs.auth", "0"), Map.entry("secure-streams.blobs.auth-1", "1"),
				Map.entry("secure-streams.blobs.auth-2", "2"), Map.entry("secure-streams.blobs.auth-3", "3"),
				Map.entry("secure-streams.blobs.dsn", "serial"), Map.entry("secure-streams.blobs.fwv", "firmware"),
				Map.entry("secure-streams.blobs.devtype", "type"),
				Map.entry("secure-streams.blobs.mqtt-client-id", "client"),
				Map.entry("secure-streams.blobs.mqtt-username", "user"),
				Map.entry("secure-streams.blobs.mqtt-password", "password"),
				Map.entry("secure-streams.client-certs[0].ssl-bundle", "first"),
				Map.entry("secure-streams.client-certs[7].ssl-bundle", "eighth"),
				Map.entry("secure-streams.ssl-bundle", "trust"),
				Map.entry("secure-streams.engine.event-loop-threads", "3"),
				Map.entry("secure-streams.engine.transport", "io_uring"),
				Map.entry("secure-streams.engine.event-loop-blocked-after", "300ms"),
				Map.entry("secure-streams.tls.legacy-certificates", "true"),
				Map.entry("secure-streams.handlers.dispatch", "event-loop"),
				Map.entry("secure-streams.shutdown.drain-timeout", "5s")));
		assertThat(properties.policy().location()).isEqualTo("file:/policy.json");
		assertThat(properties.policy().overlays()).containsExactly("file:/a.json", "file:/b.json");
		assertThat(properties.blobs()).isEqualTo(new SecureStreamsProperties.Blobs("0", "1", "2", "3", "serial",
				"firmware", "type", "client", "user", "password"));
		assertThat(properties.clientCerts()).containsOnlyKeys(0, 7);
		assertThat(properties.clientCerts().get(7).sslBundle()).isEqualTo("eighth");
		assertThat(properties.sslBundle()).isEqualTo("trust");
		assertThat(properties.engine())
			.isEqualTo(new SecureStreamsProperties.Engine(3, Transport.IO_URING, Duration.ofMillis(300)));
		assertThat(properties.tls().legacyCertificates()).isTrue();
		assertThat(properties.engine().transport()).isEqualTo(Transport.IO_URING);
		assertThat(properties.handlers().dispatch()).isEqualTo(SecureStreamsProperties.Dispatch.EVENT_LOOP);
		assertThat(properties.shutdown().drainTimeout()).isEqualTo(Duration.ofSeconds(5));
	}

	@Test
	void listenersAndVhosts() {
		assertThat(bind(Map.of()).listener().limits()).isEqualTo(ListenerLimits.DEFAULTS);
		assertThat(bind(Map.of()).vhosts()).isEmpty();
		SecureStreamsProperties properties = bind(Map.of("secure-streams.listener.max-connections", "1",
				"secure-streams.listener.max-connections-per-address", "2", "secure-streams.listener.backlog", "3",
				"secure-streams.vhosts.web.address", "eth0", "secure-streams.vhosts.web.port", "443",
				"secure-streams.vhosts.web.ssl-bundle", "site", "secure-streams.vhosts.web.client-auth", "want",
				"secure-streams.vhosts.plain.port", "80"));
		assertThat(properties.listener().limits())
			.isEqualTo(ListenerLimits.builder().maxConnections(1).maxConnectionsPerAddress(2).backlog(3).build());
		assertThat(properties.vhosts().get("web").host("web"))
			.isEqualTo(new VirtualHost("web", "eth0", 443, "web", ClientAuth.WANT));
		assertThat(properties.vhosts().get("plain").host("plain"))
			.isEqualTo(new VirtualHost("plain", "", 80, null, ClientAuth.NONE));
		assertThatExceptionOfType(BindException.class)
			.isThrownBy(() -> bind(Map.of("secure-streams.vhosts.web.client-auth", "need")))
			.havingRootCause()
			.withMessageContaining("wants client certificates without TLS");
		assertThatExceptionOfType(BindException.class)
			.isThrownBy(() -> bind(Map.of("secure-streams.listener.backlog", "0")))
			.havingRootCause()
			.withMessage("backlog: 0 (expected: 1 or more)");
	}

	@Test
	void durationsWithoutUnitAreMilliseconds() {
		assertThat(bind(Map.of("secure-streams.shutdown.drain-timeout", "1500")).shutdown().drainTimeout())
			.isEqualTo(Duration.ofMillis(1500));
	}

	@Test
	void keysOfAwsAreLookedForWhereThePropertiesSay() {
		assertThat(bind(Map.of("secure-streams.aws.environment", "false")).aws().sources())
			.isEqualTo(AwsKeySources.NONE);
		AwsKeySources sources = bind(
				Map.of("secure-streams.aws.credentials-file", "/etc/keys", "secure-streams.aws.profile", "work"))
			.aws()
			.sources();
		assertThat(sources.file()).isEqualTo(Path.of("/etc/keys"));
		assertThat(sources.profile()).isEqualTo("work");
	}

	@Test
	void blobsAreNotPrinted() {
		assertThat(bind(Map.of("secure-streams.blobs.auth", "secret")).toString()).doesNotContain("secret");
	}

	@Test
	void threadsAreNotNegative() {
		assertThatExceptionOfType(BindException.class)
			.isThrownBy(() -> bind(Map.of("secure-streams.engine.event-loop-threads", "-1")))
			.havingRootCause()
			.withMessage("event-loop-threads: -1 (expected: 0 or more)");
	}

	@Test
	void bothSpellingsOfATransportBind() {
		for (String name : new String[] { "io-uring", "io_uring", "IO_URING" }) {
			assertThat(bind(Map.of("secure-streams.engine.transport", name)).engine().transport())
				.isEqualTo(Transport.IO_URING);
		}
	}

	private static SecureStreamsProperties bind(Map<String, String> values) {
		return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate("secure-streams",
				SecureStreamsProperties.class);
	}

}
