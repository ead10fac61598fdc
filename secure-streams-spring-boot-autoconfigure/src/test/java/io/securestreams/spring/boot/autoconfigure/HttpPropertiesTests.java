package io.securestreams.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import io.securestreams.limits.CookieLimits;
import io.securestreams.limits.Http2ClientLimits;
import io.securestreams.limits.Http2ServerLimits;
import io.securestreams.limits.HttpClientLimits;
import io.securestreams.limits.HttpMessageLimits;
import io.securestreams.limits.HttpServerLimits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link HttpProperties}.
 */
class HttpPropertiesTests {

	@Test
	void defaultsAreThoseOfTheEngine() {
		assertThat(bind(Map.of()).client().limits()).isEqualTo(HttpClientLimits.DEFAULTS);
		assertThat(bind(Map.of()).server().limits()).isEqualTo(HttpServerLimits.DEFAULTS);
	}

	@Test
	void everyClientKey() {
		Map<String, String> keys = new HashMap<>();
		keys.put("response-timeout", "1s");
		keys.put("body-timeout", "2s");
		keys.put("continue-timeout", "21s");
		keys.put("idle-timeout", "3s");
		keys.put("max-idle-connections", "4");
		keys.put("max-interim-responses", "5");
		keys.put("max-redirects", "6");
		keys.put("max-repeatable-body", "7KB");
		keys.put("max-line-length", "8000");
		keys.put("max-header-size", "9KB");
		keys.put("max-headers", "10");
		keys.put("max-chunk-extensions", "11B");
		keys.put("max-parts", "22");
		keys.put("max-part-head", "23KB");
		keys.put("http2.stream-window", "12KB");
		keys.put("http2.connection-window", "13MB");
		keys.put("http2.max-connections", "14");
		keys.put("http2.max-concurrent-streams", "15");
		keys.put("http2.max-continuations", "16");
		keys.put("http2.max-wasted-frames", "17");
		keys.put("cookies.max", "18");
		keys.put("cookies.max-per-host", "19");
		keys.put("cookies.max-size", "20B");
		assertThat(bind(prefixed("client.", keys)).client().limits()).isEqualTo(HttpClientLimits.builder()
			.responseTimeout(Duration.ofSeconds(1))
			.bodyTimeout(Duration.ofSeconds(2))
			.continueTimeout(Duration.ofSeconds(21))
			.idleTimeout(Duration.ofSeconds(3))
			.maxIdleConnections(4)
			.maxInterimResponses(5)
			.maxRedirects(6)
			.maxRepeatableBody(7 * 1024)
			.message(HttpMessageLimits.builder()
				.maxLineLength(8000)
				.maxHeaderSize(9 * 1024)
				.maxHeaders(10)
				.maxChunkExtensions(11)
				.maxParts(22)
				.maxPartHead(23 * 1024)
				.build())
			.http2(Http2ClientLimits.builder()
				.streamWindow(12 * 1024)
				.connectionWindow(13 * 1024 * 1024)
				.maxConnections(14)
				.maxConcurrentStreams(15)
				.maxContinuations(16)
				.maxWastedFrames(17)
				.build())
			.cookies(CookieLimits.builder().maxCookies(18).maxPerHost(19).maxLength(20).build())
			.build());
	}

	@Test
	void everyServerKey() {
		Map<String, String> keys = new HashMap<>();
		keys.put("head-timeout", "1s");
		keys.put("body-timeout", "2s");
		keys.put("idle-timeout", "3s");
		keys.put("max-line-length", "4KB");
		keys.put("max-header-size", "5KB");
		keys.put("max-headers", "6");
		keys.put("max-chunk-extensions", "7B");
		keys.put("max-body-size", "8TB");
		keys.put("max-parts", "16");
		keys.put("max-part-head", "17KB");
		keys.put("min-data-rate", "15KB");
		keys.put("answer-timeout", "18s");
		keys.put("http2.max-concurrent-streams", "9");
		keys.put("http2.stream-window", "10KB");
		keys.put("http2.connection-window", "11MB");
		keys.put("http2.max-continuations", "12");
		keys.put("http2.max-wasted-frames", "13");
		keys.put("http2.max-resets", "14");
		assertThat(bind(prefixed("server.", keys)).server().limits()).isEqualTo(HttpServerLimits.builder()
			.headTimeout(Duration.ofSeconds(1))
			.bodyTimeout(Duration.ofSeconds(2))
			.idleTimeout(Duration.ofSeconds(3))
			.maxBodySize(8L * 1024 * 1024 * 1024 * 1024)
			.minDataRate(15 * 1024)
			.message(HttpMessageLimits.builder()
				.maxLineLength(4 * 1024)
				.maxHeaderSize(5 * 1024)
				.maxHeaders(6)
				.maxChunkExtensions(7)
				.maxParts(16)
				.maxPartHead(17 * 1024)
				.build())
			.http2(Http2ServerLimits.builder()
				.maxConcurrentStreams(9)
				.streamWindow(10 * 1024)
				.connectionWindow(11 * 1024 * 1024)
				.maxContinuations(12)
				.maxWastedFrames(13)
				.maxResets(14)
				.build())
			.answerTimeout(Duration.ofSeconds(18))
			.build());
	}

	@Test
	void whatMakesNoSenseIsRefusedByName() {
		assertThatExceptionOfType(BindException.class)
			.isThrownBy(() -> bind(Map.of("secure-streams.http.client.max-redirects", "-1")))
			.havingRootCause()
			.withMessage("maxRedirects: -1 (expected: 0 or more)");
	}

	private static Map<String, String> prefixed(String prefix, Map<String, String> keys) {
		Map<String, String> prefixed = new HashMap<>();
		keys.forEach((key, value) -> prefixed.put("secure-streams.http." + prefix + key, value));
		return prefixed;
	}

	private static HttpProperties bind(Map<String, String> values) {
		return new Binder(new MapConfigurationPropertySource(values))
			.bindOrCreate("secure-streams", SecureStreamsProperties.class)
			.http();
	}

}
