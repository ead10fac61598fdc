package io.securestreams.spring.boot.autoconfigure;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HexFormat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.securestreams.proxy.server.ProxyBindException;
import io.securestreams.spring.boot.actuate.endpoint.SecureStreamsProxyEndpoint;
import io.securestreams.spring.boot.health.SecureStreamsProxyHealthIndicator;
import io.securestreams.spring.boot.metrics.SecureStreamsProxyMetrics;
import io.securestreams.spring.proxy.SecureStreamsProxy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the proxy as part of an application.
 */
@Timeout(60)
class SecureStreamsProxyAutoConfigurationTests {

	@TempDir
	Path directory;

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SecureStreamsAutoConfiguration.class,
					SecureStreamHandlerAutoConfiguration.class, SecureStreamsProxyAutoConfiguration.class))
			.withPropertyValues("secure-streams.policy.location=classpath:test-policy.json",
					"secure-streams.engine.event-loop-threads=1",
					"secure-streams.proxy.server.address=unix:" + this.directory.resolve("p") + ",tcp:127.0.0.1:0",
					"management.endpoints.web.exposure.include=securestreamsproxy");
	}

	@Test
	void thereIsNoneUnlessItIsEnabled() {
		runner().run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SecureStreamsProxy.class));
	}

	@Test
	void clientsAreServedAndShown() {
		runner().withPropertyValues("secure-streams.proxy.server.enabled=true")
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				MeterRegistry meters = context.getBean(MeterRegistry.class);
				context.getBean(SecureStreamsProxyMetrics.class).bindTo(meters);
				try (SocketChannel client = SocketChannel
					.open(UnixDomainSocketAddress.of(this.directory.resolve("p")))) {
					ask(client, "aa000f" + "01" + "00001267" + "1dcd6500" + "6e6f73756368");
					assertThat(HexFormat.of().formatHex(read(client))).isEqualTo("5600050100000000");
					var shown = context.getBean(SecureStreamsProxyEndpoint.class).proxy();
					assertThat(shown.addresses()).hasSize(2);
					assertThat(shown.refused()).containsEntry("streamtype", 1L);
					assertThat(shown.links()).singleElement().satisfies((link) -> {
						assertThat(link.pid()).isEqualTo(0x1267);
						assertThat(link.streamtype()).isEqualTo("nosuch");
						assertThat(link.client()).isNotEmpty();
					});
					assertThat(context.getBean(SecureStreamsProxyHealthIndicator.class).health().getDetails())
						.containsEntry("links", 1);
					assertThat(meters.get("secure.streams.proxy.links").gauge().value()).isEqualTo(1);
					assertThat(meters.get("secure.streams.proxy.refused")
						.tag("cause", "streamtype")
						.functionCounter()
						.count()).isEqualTo(1);
				}
			});
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void itStopsAndStartsWithTheContext() {
		runner().withPropertyValues("secure-streams.proxy.server.enabled=true").run((context) -> {
			SecureStreamsProxy proxy = context.getBean(SecureStreamsProxy.class);
			proxy.stop();
			assertThat(proxy.server()).isEmpty();
			assertThat(context.getBean(SecureStreamsProxyHealthIndicator.class).health().getStatus().getCode())
				.isEqualTo("OUT_OF_SERVICE");
			assertThat(this.directory).isEmptyDirectory();
			proxy.start();
			assertThat(this.directory.resolve("p")).exists();
		});
	}

	@Test
	void whatMakesNoSenseFailsTheStart() {
		for (String property : new String[] { "address=somewhere", "socket-permissions=600", "client-auth=need",
				"access[0].stream-types=a", "limits.max-links=0" }) {
			runner()
				.withPropertyValues("secure-streams.proxy.server.enabled=true",
						"secure-streams.proxy.server." + property)
				.run((context) -> assertThat(context).as(property).hasFailed());
		}
	}

	@Test
	void anAddressThatIsTakenFailsTheStart() {
		runner().withPropertyValues("secure-streams.proxy.server.enabled=true")
			.run((first) -> runner().withPropertyValues("secure-streams.proxy.server.enabled=true")
				.run((second) -> assertThat(second).getFailure()
					.hasRootCauseMessage(this.directory.resolve("p") + ": Address already in use")
					.hasStackTraceContaining(ProxyBindException.class.getName())));
	}

	private static void ask(SocketChannel client, String hex) throws IOException {
		client.write(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
	}

	private static byte[] read(SocketChannel client) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(100);
		client.read(buffer);
		byte[] bytes = new byte[buffer.flip().remaining()];
		buffer.get(bytes);
		return bytes;
	}

}
