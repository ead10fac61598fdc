package io.securestreams.spring.boot.autoconfigure;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.spring.boot.metrics.PolicyMetricsLog;
import io.securestreams.spring.boot.policy.LoadedPolicy;
import io.securestreams.spring.boot.policy.MqttBroker;
import io.securestreams.spring.boot.policy.PolicyLoader;
import io.securestreams.spring.event.EventPublishingObserver;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.stream.observe.StreamObserver;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.SystemBlobs.Blob;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.stream.platform.WakeLock;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.ResourceLoader;

import io.securestreams.spring.endpoint.PolicyChanges;
import io.securestreams.system.metrics.PolicyMetrics;
import io.securestreams.system.policyfetch.PolicyTrial;

/**
 * Auto-configuration of the engine, {@link SecureStreams}.
 */
@AutoConfiguration(after = SslAutoConfiguration.class)
@ConditionalOnClass(SecureStreams.class)
@ConditionalOnBooleanProperty(name = "secure-streams.enabled", matchIfMissing = true)
@EnableConfigurationProperties({ SecureStreamsProperties.class, ProxyServerProperties.class })
@ImportRuntimeHints(SecureStreamsRuntimeHints.class)
public final class SecureStreamsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SystemBlobs secureStreamsBlobs(SecureStreamsProperties properties, ObjectProvider<MqttConnectionDetails> mqtt) {
		SystemBlobs blobs = new SystemBlobs();
		SecureStreamsProperties.Blobs values = properties.blobs();
		PropertyMapper map = PropertyMapper.get();
		map.from(values::auth).to((value) -> blobs.set(Blob.AUTH, value));
		map.from(values::auth1).to((value) -> blobs.set(Blob.AUTH_1, value));
		map.from(values::auth2).to((value) -> blobs.set(Blob.AUTH_2, value));
		map.from(values::auth3).to((value) -> blobs.set(Blob.AUTH_3, value));
		map.from(values::dsn).to((value) -> blobs.set(Blob.DEVICE_SERIAL, value));
		map.from(values::fwv).to((value) -> blobs.set(Blob.FIRMWARE_VERSION, value));
		map.from(values::devtype).to((value) -> blobs.set(Blob.DEVICE_TYPE, value));
		map.from(values::mqttClientId).to((value) -> blobs.set(Blob.MQTT_CLIENT_ID, value));
		map.from(values::mqttUsername).to((value) -> blobs.set(Blob.MQTT_USERNAME, value));
		map.from(values::mqttPassword).to((value) -> blobs.set(Blob.MQTT_PASSWORD, value));
		mqtt.ifAvailable((details) -> {
			map.from(details::getClientId).to((value) -> blobs.set(Blob.MQTT_CLIENT_ID, value));
			map.from(details::getUsername).to((value) -> blobs.set(Blob.MQTT_USERNAME, value));
			map.from(details::getPassword).to((value) -> blobs.set(Blob.MQTT_PASSWORD, value));
		});
		return blobs;
	}

	@Bean
	@ConditionalOnMissingBean
	TlsIdentities secureStreamsTlsIdentities(SecureStreamsProperties properties, ProxyServerProperties proxy,
			ObjectProvider<SslBundles> bundles) {
		return new SslBundleTlsIdentities(bundles.getIfAvailable(DefaultSslBundleRegistry::new), properties,
				proxy.enabled() ? proxy.sslBundle() : null);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBooleanProperty(name = "secure-streams.events.enabled", matchIfMissing = true)
	EventPublishingObserver secureStreamsEventPublishingObserver(ApplicationEventPublisher publisher) {
		return new EventPublishingObserver(publisher);
	}

	@Bean
	static AmbiguousEngines secureStreamsAmbiguousEngines(ConfigurableListableBeanFactory beanFactory) {
		return new AmbiguousEngines(beanFactory);
	}

	@Bean
	@ConditionalOnMissingBean
	PolicyChanges secureStreamsPolicyChanges() {
		return new PolicyChanges();
	}

	/**
	 * The engine. Without it neither policy nor customizers are needed.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(StreamFactory.class)
	static class EngineConfiguration {

		@Bean
		LoadedPolicy secureStreamsLoadedPolicy(SecureStreamsProperties properties, ResourceLoader resources,
				ObjectProvider<Policy> policy, ObjectProvider<MqttConnectionDetails> mqtt) {
			LoadedPolicy loaded = new PolicyLoader(resources).load(policy.getIfAvailable(),
					properties.policy().source(), properties.proxy().client().isEnabled());
			MqttConnectionDetails details = mqtt.getIfAvailable();
			String host = (details != null) ? details.getHost() : null;
			return (details != null && host != null) ? new MqttBroker(host, details.getPort()).in(loaded) : loaded;
		}

		@Bean
		@ConditionalOnMissingBean
		PolicyTrial secureStreamsPolicyTrial() {
			return new PolicyTrial();
		}

		// The engine needs its observers, so they get it later
		@Bean
		@Order(0)
		@ConditionalOnMissingBean
		PolicyMetrics secureStreamsPolicyMetrics(ObjectProvider<StreamFactory> streams) {
			return new PolicyMetrics(() -> ReplaceableEngine.withPolicy(streams.getObject()).policy());
		}

		@Bean
		@ConditionalOnMissingBean
		PolicyMetricsLog secureStreamsPolicyMetricsLog(PolicyMetrics metrics) {
			return new PolicyMetricsLog(metrics);
		}

		@Bean
		PropertiesSecureStreamsBuilderCustomizer propertiesSecureStreamsBuilderCustomizer(
				SecureStreamsProperties properties, LoadedPolicy policy, SystemBlobs blobs, TlsIdentities tlsIdentities,
				ObjectProvider<StreamObserver> observers, ObjectProvider<WakeLock> wakeLock) {
			return new PropertiesSecureStreamsBuilderCustomizer(properties, policy.initial(), blobs, tlsIdentities,
					observers.orderedStream().toList(), wakeLock.getIfAvailable());
		}

		/** Has a proxy fulfil client streams. */
		@Bean
		@Order(0)
		SecureStreamsBuilderCustomizer proxyClientSecureStreamsBuilderCustomizer(SecureStreamsProperties properties,
				ObjectProvider<SslBundles> bundles) {
			ProxyProperties.Client client = properties.proxy().client();
			String bundle = client.sslBundle();
			TlsIdentities tls = (bundle != null)
					? new SslBundleTlsIdentities(bundles.getIfAvailable(DefaultSslBundleRegistry::new),
							"secure-streams.proxy.client.ssl-bundle", bundle)
					: null;
			return (builder) -> {
				if (client.isEnabled()) {
					builder.proxy(client.settings(tls));
				}
			};
		}

		@Bean(destroyMethod = "close")
		SecureStreams secureStreams(ObjectProvider<SecureStreamsBuilderCustomizer> customizers) {
			SecureStreams.Builder builder = SecureStreams.builder();
			customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
			return builder.build();
		}

	}

}
