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

	@Test
	void everyPropertyIsKnownAndDescribed() throws Exception {
		Map<String, String> descriptions = new LinkedHashMap<>();
		for (JsonNode property : metadata().get("properties")) {
			String name = property.get("name").asString();
			if (name.startsWith("secure-streams.")) {
				descriptions.put(name.substring("secure-streams.".length()), property.path("description").asString(""));
			}
		}
		assertThat(descriptions).containsOnlyKeys("enabled", "policy.location", "policy.overlays", "blobs.auth",
				"blobs.auth-1", "blobs.auth-2", "blobs.auth-3", "blobs.dsn", "blobs.fwv", "blobs.devtype",
				"client-certs", "ssl-bundle", "engine.event-loop-threads", "engine.transport", "handlers.dispatch",
				"network.connect-timeout", "network.tls-handshake-timeout", "network.socks5-timeout",
				"network.attempt-delay", "network.name-servers", "network.name-server-timeout", "network.socks5",
				"shutdown.drain-timeout");
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
