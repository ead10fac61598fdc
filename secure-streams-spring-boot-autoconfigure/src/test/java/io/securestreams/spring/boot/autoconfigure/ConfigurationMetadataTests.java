package io.securestreams.spring.boot.autoconfigure;

import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what editors show about our properties.
 */
class ConfigurationMetadataTests {

	private static final String KEYS = """
			aws.credentials-file
			aws.environment
			aws.profile
			blobs.auth
			blobs.auth-1
			blobs.auth-2
			blobs.auth-3
			blobs.devtype
			blobs.dsn
			blobs.fwv
			blobs.mqtt-client-id
			blobs.mqtt-password
			blobs.mqtt-username
			captive-portal.enabled
			client-certs
			enabled
			engine.event-loop-blocked-after
			engine.event-loop-threads
			engine.transport
			events.enabled
			faults.allowed
			handlers.dispatch
			http.client.body-timeout
			http.client.continue-timeout
			http.client.cookies.max
			http.client.cookies.max-per-host
			http.client.cookies.max-size
			http.client.http2.connection-window
			http.client.http2.max-concurrent-streams
			http.client.http2.max-connections
			http.client.http2.max-continuations
			http.client.http2.max-wasted-frames
			http.client.http2.stream-window
			http.client.idle-timeout
			http.client.max-chunk-extensions
			http.client.max-header-size
			http.client.max-headers
			http.client.max-idle-connections
			http.client.max-interim-responses
			http.client.max-line-length
			http.client.max-part-head
			http.client.max-parts
			http.client.max-redirects
			http.client.max-repeatable-body
			http.client.response-timeout
			http.server.answer-timeout
			http.server.body-timeout
			http.server.head-timeout
			http.server.http2.connection-window
			http.server.http2.max-concurrent-streams
			http.server.http2.max-continuations
			http.server.http2.max-resets
			http.server.http2.max-wasted-frames
			http.server.http2.stream-window
			http.server.idle-timeout
			http.server.max-body-size
			http.server.max-chunk-extensions
			http.server.max-header-size
			http.server.max-headers
			http.server.max-line-length
			http.server.max-part-head
			http.server.max-parts
			http.server.min-data-rate
			listener.backlog
			listener.max-connections
			listener.max-connections-per-address
			mqtt.connect-timeout
			mqtt.max-collected
			mqtt.max-held
			mqtt.max-in-flight
			mqtt.max-in-flight-bytes
			mqtt.max-packet-size
			mqtt.max-useless
			mqtt.slot-capacity
			mqtt.unclaimed-time
			network.attempt-delay
			network.connect-timeout
			network.name-server-timeout
			network.name-servers
			network.socks5
			network.socks5-timeout
			network.tls-handshake-timeout
			policy.fetch.allow.files
			policy.fetch.allow.servers
			policy.fetch.allow.sinks
			policy.fetch.allow.trust
			policy.fetch.allow.unix-sockets
			policy.fetch.cache
			policy.fetch.enabled
			policy.fetch.interval
			policy.fetch.max-size
			policy.fetch.signature.ssl-bundle
			policy.fetch.timeout
			policy.fetch.trial
			policy.location
			policy.overlays
			policy.static-class
			proxy.client.address
			proxy.client.socks5
			proxy.client.ssl-bundle
			proxy.server.access
			proxy.server.address
			proxy.server.client-auth
			proxy.server.enabled
			proxy.server.limits.create-timeout
			proxy.server.limits.links-per-second
			proxy.server.limits.max-buffered-per-client
			proxy.server.limits.max-links
			proxy.server.limits.max-links-per-client
			proxy.server.limits.max-metadata
			proxy.server.socket-group
			proxy.server.socket-permissions
			proxy.server.ssl-bundle
			proxy.server.version-0
			shutdown.drain-timeout
			ssl-bundle
			template.max-response-size
			template.timeout
			tls.legacy-certificates
			vhosts
			web-socket.close-timeout
			web-socket.handshake-timeout
			web-socket.max-control-rate
			web-socket.max-frame-size
			web-socket.max-header-size
			web-socket.max-inflate-ratio
			web-socket.max-inflated-size
			web-socket.max-message-size
			web-socket.slot-capacity
			""";

	@Test
	void everyPropertyIsKnownAndDescribed() throws Exception {
		Map<String, String> descriptions = new LinkedHashMap<>();
		for (JsonNode property : metadata().get("properties")) {
			String name = property.get("name").asString();
			if (name.startsWith("secure-streams.")) {
				descriptions.put(name.substring("secure-streams.".length()), property.path("description").asString(""));
			}
		}
		assertThat(descriptions.keySet()).containsExactlyInAnyOrderElementsOf(KEYS.lines().toList());
		assertThat(descriptions.values()).allSatisfy((text) -> assertThat(text).matches("[A-Z].*\\."));
	}

	@Test
	void hintsExplainTheValues() throws Exception {
		assertThat(metadata().get("hints")).extracting((hint) -> hint.get("name").asString())
			.contains("secure-streams.engine.transport", "secure-streams.handlers.dispatch");
	}

	private static JsonNode metadata() throws Exception {
		java.net.URL own = SecureStreamsProperties.class.getProtectionDomain().getCodeSource().getLocation();
		try (InputStream json = new java.net.URL(own, "META-INF/spring-configuration-metadata.json").openStream()) {
			return JsonMapper.builder().build().readTree(json);
		}
	}

}
