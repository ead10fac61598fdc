package io.securestreams.engine.local;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.Target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EndpointParserTests {

	private static final int PORT = 4321;

	@ParameterizedTest
	@CsvSource({
			// text, host, port, tls, path
			"warmcat.com, warmcat.com, 4321, true,", //
			"127.0.0.1, 127.0.0.1, 4321, true,", //
			"warmcat.com:80, warmcat.com, 80, true,", //
			"warmcat.com:80/x?y=z, warmcat.com, 80, true, /x?y=z", //
			"::1, ::1, 4321, true,", //
			"[::1], ::1, 4321, true,", //
			"[::1]:80, ::1, 80, true,", //
			"http://warmcat.com, warmcat.com, 80, false,", //
			"HTTP://warmcat.com/, warmcat.com, 80, false,", //
			"http://warmcat.com:8080/a/b?c#d, warmcat.com, 8080, false, /a/b?c", //
			"http://[fe80::1]:8080/a, fe80::1, 8080, false, /a", //
			"https://warmcat.com/index.html, warmcat.com, 443, true, /index.html", //
			"https://warmcat.com?q=1, warmcat.com, 443, true, /?q=1", //
			"ws://echo.example/chat, echo.example, 80, false, /chat", //
			"wss://echo.example/chat, echo.example, 443, true, /chat", //
			"mqtt://broker.example, broker.example, 1883, false,", //
			"mqtts://broker.example, broker.example, 8883, true,", //
			"other://peer.example:1, peer.example, 1, true,", //
			"other://peer.example, peer.example, 4321, true,", //
	})
	void hostsAndUrls(String text, String host, int port, boolean tls, @Nullable String path) {
		assertThat(EndpointParser.parse(text, PORT, true))
			.isEqualTo(new Target(new Address.Host(host, port), tls, path));
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://warmcat.com", "wss://warmcat.com", "mqtts://warmcat.com", "warmcat.com:443" })
	void nothingTurnsTlsOn(String text) {
		assertThat(EndpointParser.parse(text, PORT, false).tls()).isFalse();
	}

	@Test
	void emptyIsAnEmptyHost() {
		assertThat(EndpointParser.parse("", PORT, true).address()).isEqualTo(new Address.Host("", PORT));
	}

	@Test
	void unixSocketsAndFiles() {
		assertThat(EndpointParser.parse("+/tmp/socket", PORT, true).address())
			.isEqualTo(new Address.Unix("/tmp/socket", false));
		assertThat(EndpointParser.parse("+@name", PORT, true).address()).isEqualTo(new Address.Unix("name", true));
		assertThat(EndpointParser.parse("file:///etc/motd", PORT, true))
			.isEqualTo(new Target(new Address.File("/etc/motd"), false, null));
	}

	@ParameterizedTest
	@ValueSource(strings = { "a b", "a\r\nHost: b", "a\0b", "user@host", "http://user:password@host/",
			"http://host/a b", "http://host/\r\nX: y", "[::1", "[::1]x", "host:", "host:65536", "host:-1", "host:+1",
			"host:12a", "http://host:99999/", "a\tb", "+/tmp/a\nb", "file:///a\0b", "h\"ost", "h<ost>", "host\\path" })
	void whatIsNoEndpointIsRefused(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> EndpointParser.parse(text, PORT, true))
			.withMessageStartingWith("endpoint: ");
	}

	@Test
	void longHostsAreRefusedAndLongPathsAreNot() {
		String longest = "h".repeat(239);
		assertThat(EndpointParser.parse(longest, PORT, true).address()).isEqualTo(new Address.Host(longest, PORT));
		assertThatIllegalArgumentException().isThrownBy(() -> EndpointParser.parse(longest + "h", PORT, true));
		assertThatIllegalArgumentException().isThrownBy(() -> EndpointParser.parse("+" + longest, PORT, true));
		assertThatIllegalArgumentException().isThrownBy(() -> EndpointParser.parse("file://" + longest, PORT, true));
		String url = "http://host/" + "p".repeat(8192 - 12);
		assertThat(EndpointParser.parse(url, PORT, true).path()).hasSize(8192 - 11);
		assertThatIllegalArgumentException().isThrownBy(() -> EndpointParser.parse(url + "p", PORT, true));
	}

}
