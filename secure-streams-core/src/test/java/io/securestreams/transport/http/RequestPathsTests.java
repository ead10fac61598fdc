package io.securestreams.transport.http;

import java.util.List;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.Template;
import io.securestreams.testing.TestMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * README section "metadata" and 6.1.1 of the reference: exactly one leading slash.
 */
class RequestPathsTests {

	private static String path(@Nullable String own, String url, String value) {
		TestMetadata metadata = new TestMetadata(List.of(new MetadataDeclaration("v", "")));
		metadata.set("v", value);
		return RequestPaths.path(new Target(new Address.Host("h", 80), false, own), Template.parse(url), metadata);
	}

	@ParameterizedTest
	@CsvSource({ "'',/", "/,/", "///a,/a", "a/b,/a/b", "/a?b=c,/a?b=c", "${v},/x%20y", "/${v},/x%20y", "/$v/$,/$v/$" })
	void oneLeadingSlash(String url, String expected) {
		assertThat(path(null, url, "x%20y")).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "${v},http://b.test/x,/http://b.test/x", "${v},//b.test/x,/b.test/x", "/${v},//b.test/x,/b.test/x",
			"${v},+/run/docker.sock,/+/run/docker.sock", "${v},file:///etc/passwd,/file:///etc/passwd" })
	void aValueIsNeverMoreThanAPath(String url, String value, String expected) {
		assertThat(path(null, url, value)).isEqualTo(expected);
	}

	@Test
	void theTargetsOwnPathWins() {
		assertThat(path("/own", "/url", "")).isEqualTo("/own");
	}

	@Test
	void textOutsideAsciiIsEncoded() {
		assertThat(path(null, "/${v}", "ä€")).isEqualTo("/%C3%A4%E2%82%AC");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a b", "a\rb", "a\nb", "a\0b", "a\tb", "a\u007fb" })
	void whatWouldSplitTheRequestIsRefused(String value) {
		assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> path(null, "/${v}", value));
	}

	@Test
	void undeclaredSymbols() {
		assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> path(null, "/${w}", ""))
			.withMessageContaining("w");
	}

	@ParameterizedTest
	@CsvSource({ "h.test,80,false,h.test", "h.test,443,true,h.test", "h.test,443,false,h.test:443",
			"h.test,80,true,h.test:80", "::1,80,false,[::1]", "fe80::1%eth0,81,false,[fe80::1]:81",
			"bücher.test,80,false,xn--bcher-kva.test" })
	void authorities(String host, int port, boolean tls, String expected) {
		assertThat(RequestPaths.authority(new Target(new Address.Host(host, port), tls, null))).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a b", "a\r\nb", "a/b", "a@b", "a?b" })
	void hostsThatAreNone(String host) {
		assertThatExceptionOfType(InvalidRequestException.class)
			.isThrownBy(() -> RequestPaths.authority(new Target(new Address.Host(host, 80), false, null)));
	}

}
