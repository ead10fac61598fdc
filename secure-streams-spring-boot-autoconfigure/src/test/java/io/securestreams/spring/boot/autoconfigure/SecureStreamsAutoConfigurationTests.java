package io.securestreams.spring.boot.autoconfigure;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.netty.pkitesting.CertificateBuilder;
import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyException;
import io.securestreams.spring.boot.policy.MissingPolicyException;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.spring.event.EventPublishingObserver;
import io.securestreams.spring.event.PolicyChangedEvent;
import io.securestreams.spring.event.SecureStreamStateEvent;
import io.securestreams.spring.template.SecureStreamTemplate;
import io.securestreams.spring.testing.FakeStreamFactory;
import io.securestreams.spring.testing.TestPolicies;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.stream.observe.StreamObserver;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.SystemBlobs.Blob;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.stream.platform.WakeLock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SecureStreamsAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class SecureStreamsAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SecureStreamsAutoConfiguration.class, SecureStreamHandlerAutoConfiguration.class))
		.withPropertyValues("secure-streams.policy.location=classpath:test-policy.json",
				"secure-streams.engine.event-loop-threads=1");

	@Test
	void theEngineHasThePolicyOfTheLocation() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(SecureStreams.class).hasSingleBean(SecureStreamHandlerRegistry.class);
			assertThat(context.getBean(SecureStreams.class).policy().streamTypes()).containsOnlyKeys("bytes");
			assertThat(context.getBean(SecureStreamHandlerRegistry.class).isRunning()).isTrue();
		});
	}

	@Test
	void templateHasItsProperties() {
		this.contextRunner
			.withPropertyValues("secure-streams.template.timeout=5s", "secure-streams.template.max-response-size=1KB")
			.run((context) -> {
				assertThat(context).hasSingleBean(SecureStreamTemplate.class);
				SecureStreamsProperties.Template properties = context.getBean(SecureStreamsProperties.class).template();
				assertThat(properties.timeout()).isEqualTo(Duration.ofSeconds(5));
				assertThat(properties.maxResponseSize()).isEqualTo(DataSize.ofKilobytes(1));
			});
	}

	@Test
	void saysAtStartWhatDrivesSocketsAndTls(CapturedOutput output) {
		Logger logger = (Logger) LoggerFactory.getLogger(SecureStreams.class);
		Level usual = logger.getLevel();
		logger.setLevel(Level.INFO);
		try {
			this.contextRunner.withPropertyValues("secure-streams.engine.transport=nio")
				.run((context) -> assertThat(output).containsOnlyOnce("Sockets are driven by nio, TLS is that of "));
		}
		finally {
			logger.setLevel(usual);
		}
	}

	@Test
	void statesAndPolicyChangesAreEventsOfTheApplication() {
		this.contextRunner.withUserConfiguration(Listeners.class).run((context) -> {
			Listeners listeners = context.getBean(Listeners.class);
			SecureStreams engine = context.getBean(SecureStreams.class);
			SecureStream stream = engine.create("bytes", new StreamHandler() {
			});
			stream.close();
			Awaitility.await()
				.untilAsserted(() -> assertThat(listeners.states).containsExactly(stream.id() + " CREATING",
						stream.id() + " DESTROYING"));
			Policy before = engine.policy();
			engine.updatePolicy((policy) -> Policy.EMPTY);
			assertThat(listeners.policies).containsExactly(before, Policy.EMPTY);
		});
	}

	@Test
	void eventsCanBeSwitchedOff() {
		this.contextRunner.withPropertyValues("secure-streams.events.enabled=false")
			.withUserConfiguration(Listeners.class)
			.run((context) -> {
				assertThat(context).doesNotHaveBean(EventPublishingObserver.class);
				context.getBean(SecureStreams.class).updatePolicy((policy) -> Policy.EMPTY);
				assertThat(context.getBean(Listeners.class).policies).isEmpty();
			});
	}

	@Test
	void offByProperty() {
		this.contextRunner.withPropertyValues("secure-streams.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(SecureStreams.class)
				.doesNotHaveBean(SecureStreamHandlerRegistry.class)
				.doesNotHaveBean(SecureStreamsProperties.class));
	}

	@Test
	void offWithoutTheEngineOnTheClassPath() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(SecureStreams.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(SecureStreamsProperties.class)
				.doesNotHaveBean(SecureStreamHandlerRegistry.class));
	}

	@Test
	void anotherSourceOfStreamsNeedsNoPolicy() {
		this.contextRunner.withBean(StreamFactory.class, () -> new FakeStreamFactory(TestPolicies.POLICY))
			.withPropertyValues("secure-streams.policy.location=classpath:none.json")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(SecureStreams.class)
				.hasSingleBean(SecureStreamHandlerRegistry.class));
	}

	@Test
	void aPolicyBeanWins() {
		this.contextRunner.withBean(Policy.class, () -> TestPolicies.POLICY)
			.withPropertyValues("secure-streams.policy.location=classpath:none.json")
			.run((context) -> assertThat(context.getBean(SecureStreams.class).policy()).isSameAs(TestPolicies.POLICY));
	}

	@Test
	void overlaysAreAppliedInOrder() {
		this.contextRunner
			.withPropertyValues(
					"secure-streams.policy.overlays=classpath:test-overlay-1.json,classpath:test-overlay-2.json")
			.run((context) -> {
				Policy policy = context.getBean(SecureStreams.class).policy();
				assertThat(policy.streamTypes()).containsOnlyKeys("bytes", "more");
				assertThat(policy.streamType("bytes").orElseThrow().endpoint().port()).isEqualTo(4002);
			});
	}

	@Test
	void overlaysChangeAPolicyBeanToo() {
		this.contextRunner.withBean(Policy.class, () -> TestPolicies.POLICY)
			.withPropertyValues("secure-streams.policy.overlays=classpath:test-overlay-2.json")
			.run((context) -> assertThat(
					context.getBean(SecureStreams.class).policy().streamType("bytes").orElseThrow().endpoint().port())
				.isEqualTo(4002));
	}

	@Test
	void aMissingPolicyStopsTheStart() {
		this.contextRunner.withPropertyValues("secure-streams.policy.location=classpath:none.json")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(MissingPolicyException.class)
				.hasMessage("secure-streams.policy.location: classpath:none.json does not exist"));
	}

	@Test
	void aMissingOverlayStopsTheStart() {
		this.contextRunner.withPropertyValues("secure-streams.policy.overlays[0]=classpath:none.json")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessage("secure-streams.policy.overlays[0]: classpath:none.json does not exist"));
	}

	@Test
	void aBadPolicyStopsTheStart() {
		this.contextRunner.withPropertyValues("secure-streams.policy.location=classpath:test-policy-bad.json")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(PolicyException.class)
				.hasMessageContaining("classpath:test-policy-bad.json"));
	}

	@Test
	void anExpiredCertificateIsAWarningThatNamesItAndTheDate(CapturedOutput output, @TempDir Path directory)
			throws Exception {
		String certificate = Base64.getEncoder()
			.encodeToString(new CertificateBuilder().subject("CN=old")
				.setIsCertificateAuthority(true)
				.notBefore(Instant.parse("2001-01-01T00:00:00Z"))
				.notAfter(Instant.parse("2002-02-03T04:05:06Z"))
				.buildSelfSigned()
				.getCertificate()
				.getEncoded());
		Path policy = Files.writeString(directory.resolve("policy.json"), """
				{ "release": "01234567", "product": "test", "schema-version": 1,
				  "certs": [ { "old_ca": "%s" } ],
				  "trust_stores": [ { "name": "old", "stack": [ "old_ca" ] } ],
				  "s": [ { "bytes": { "endpoint": "127.0.0.1", "port": 4000, "protocol": "raw", "tls": true,
				    "tls_trust_store": "old" } } ] }
				""".formatted(certificate));
		this.contextRunner.withPropertyValues("secure-streams.policy.location=" + policy.toUri()).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output.toString().lines()).anySatisfy((line) -> assertThat(line).contains("WARN")
				.contains("policy.json")
				.contains("certs[0].old_ca")
				.contains("2002-02-03"));
		});
	}

	@Test
	void blobsComeFromProperties() {
		this.contextRunner
			.withPropertyValues("secure-streams.blobs.auth=a0", "secure-streams.blobs.auth-1=a1",
					"secure-streams.blobs.dsn=serial")
			.run((context) -> {
				SystemBlobs blobs = context.getBean(SystemBlobs.class);
				assertThat(blobs.get(Blob.AUTH)).isEqualTo("a0".getBytes(StandardCharsets.UTF_8));
				assertThat(blobs.get(Blob.AUTH_1)).isEqualTo("a1".getBytes(StandardCharsets.UTF_8));
				assertThat(blobs.get(Blob.DEVICE_SERIAL)).isEqualTo("serial".getBytes(StandardCharsets.UTF_8));
				assertThat(blobs.get(Blob.AUTH_2)).isNull();
				assertThat(context.getBean(SecureStreams.class).blobs()).isSameAs(blobs);
			});
	}

	@Test
	void beansOfTheUserWin() {
		SystemBlobs blobs = new SystemBlobs();
		TlsIdentities identities = new TlsIdentities() {
		};
		this.contextRunner.withBean(SystemBlobs.class, () -> blobs)
			.withBean(TlsIdentities.class, () -> identities)
			.run((context) -> {
				assertThat(context.getBean(SystemBlobs.class)).isSameAs(blobs);
				assertThat(context.getBean(TlsIdentities.class)).isSameAs(identities);
				assertThat(context.getBean(SecureStreams.class).blobs()).isSameAs(blobs);
			});
	}

	@Test
	void customizersComeInOrderAroundTheProperties() {
		this.contextRunner.withUserConfiguration(Customizers.class).run((context) -> {
			assertThat(Customizers.called).containsExactly("first", "last");
			assertThat(context.getBean(SecureStreams.class).policy()).isSameAs(TestPolicies.POLICY);
		});
	}

	@Test
	void observersSeeAllStreams() {
		List<String> seen = new ArrayList<>();
		StreamObserver observer = (stream, state, ordinal) -> {
			synchronized (seen) {
				seen.add(stream.streamType() + " " + state);
			}
		};
		this.contextRunner.withBean(StreamObserver.class, () -> observer).run((context) -> {
			SecureStream stream = context.getBean(SecureStreams.class).create("bytes", new StreamHandler() {
			});
			context.close();
			assertThat(stream.isClosed()).isTrue();
			assertThat(seen).containsExactly("bytes " + StreamState.CREATING, "bytes " + StreamState.DESTROYING);
		});
	}

	@Test
	void aWakeLockBeanIsHeldWhileARetryWaits(@TempDir Path directory) throws Exception {
		Path policy = Files.writeString(directory.resolve("policy.json"), """
				{ "release": "01234567", "product": "test", "schema-version": 1,
				  "retry": [ { "slow": { "backoff": [ 3600000 ], "conceal": 5 } } ],
				  "s": [ { "bytes": { "endpoint": "+/nonexistent/socket", "protocol": "raw", "retry": "slow",
				    "swake_validity": true } } ] }
				""");
		CompletableFuture<String> acquired = new CompletableFuture<>();
		CompletableFuture<Void> released = new CompletableFuture<>();
		WakeLock lock = (stream) -> {
			acquired.complete(stream);
			return () -> released.complete(null);
		};
		this.contextRunner.withPropertyValues("secure-streams.policy.location=" + policy.toUri())
			.withBean(WakeLock.class, () -> lock)
			.run((context) -> {
				SecureStream stream = context.getBean(SecureStreams.class).create("bytes", new StreamHandler() {
				});
				stream.connect();
				assertThat(acquired.get(20, TimeUnit.SECONDS)).isEqualTo(stream.id());
				assertThat(released).isNotDone();
				stream.close();
				released.get(20, TimeUnit.SECONDS);
			});
	}

	@Test
	void theNetworkIsAsTheProperties(@TempDir Path directory) throws Exception {
		try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
			Path policy = Files.writeString(directory.resolve("policy.json"), """
					{ "release": "01234567", "product": "test", "schema-version": 1,
					  "s": [ { "bytes": { "endpoint": "only-a-proxy-knows.test", "port": 1, "protocol": "raw" } } ] }
					""");
			CompletableFuture<String> failure = new CompletableFuture<>();
			this.contextRunner
				.withPropertyValues("secure-streams.policy.location=" + policy.toUri(),
						"secure-streams.network.socks5-timeout=200ms",
						"secure-streams.network.socks5=127.0.0.1:" + silent.getLocalPort())
				.run((context) -> {
					context.getBean(SecureStreams.class).create("bytes", new StreamHandler() {
						@Override
						public void onState(SecureStream stream, StreamState state, long ordinal) {
							if (state == StreamState.UNREACHABLE) {
								failure.complete(String.valueOf(stream.lastFailure()));
							}
						}
					}).connect();
					assertThat(failure.get(15, TimeUnit.SECONDS)).startsWith("PROXY only-a-proxy-knows.test:1");
				});
		}
	}

	@Test
	void anUnavailableTransportStopsTheStart() {
		this.contextRunner.withPropertyValues("secure-streams.engine.transport=kqueue")
			.run((context) -> assertThat(context).hasFailed());
	}

	@Configuration(proxyBeanMethods = false)
	static class Listeners {

		private final List<String> states = new CopyOnWriteArrayList<>();

		private final List<Policy> policies = new CopyOnWriteArrayList<>();

		@EventListener
		void state(SecureStreamStateEvent event) {
			this.states.add(event.stream().id() + " " + event.state());
		}

		@EventListener
		void policy(PolicyChangedEvent event) {
			this.policies.addAll(List.of(event.before(), event.after()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Customizers {

		private static final List<String> called = new ArrayList<>();

		@Bean
		SecureStreamsBuilderCustomizer last() {
			return (builder) -> {
				called.add("last");
				builder.policy(TestPolicies.POLICY);
			};
		}

		@Bean
		@Order(-1)
		SecureStreamsBuilderCustomizer first() {
			called.clear();
			return (builder) -> {
				called.add("first");
				builder.policy(Policy.EMPTY);
			};
		}

	}

}
