package io.securestreams.engine.local;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.Template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EndpointParserTests {

	private static final int PORT = 4321;

	/** All of it is the policy's own text. */
	private static Target parse(String text, int port, boolean tls) {
		return EndpointParser.parse(text, text.length(), port, tls);
	}

	/** Of a policy's endpoint with values of metadata. */
	private static Target parse(String template, String value, boolean tls) {
		Template endpoint = Template.parse(template);
		return EndpointParser.parse(endpoint.expand((name) -> value), endpoint.literalLength(), PORT, tls);
	}

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
		assertThat(parse(text, PORT, true)).isEqualTo(new Target(new Address.Host(host, port), tls, path));
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://warmcat.com", "wss://warmcat.com", "mqtts://warmcat.com", "warmcat.com:443" })
	void nothingTurnsTlsOn(String text) {
		assertThat(parse(text, PORT, false).tls()).isFalse();
	}

	@Test
	void emptyIsAnEmptyHost() {
		assertThat(parse("", PORT, true).address()).isEqualTo(new Address.Host("", PORT));
	}

	@Test
	void unixSocketsAndFiles() {
		assertThat(parse("+/tmp/socket", PORT, true).address()).isEqualTo(new Address.Unix("/tmp/socket", false));
		assertThat(parse("+@name", PORT, true).address()).isEqualTo(new Address.Unix("name", true));
		assertThat(parse("file:///etc/motd", PORT, true))
			.isEqualTo(new Target(new Address.File("/etc/motd"), false, null));
	}

	@ParameterizedTest
	@ValueSource(strings = { "a b", "a\r\nHost: b", "a\0b", "user@host", "http://user:password@host/",
			"http://host/a b", "http://host/\r\nX: y", "[::1", "[::1]x", "host:", "host:65536", "host:-1", "host:+1",
			"host:12a", "http://host:99999/", "a\tb", "+/tmp/a\nb", "file:///a\0b", "h\"ost", "h<ost>", "host\\path" })
	void whatIsNoEndpointIsRefused(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> parse(text, PORT, true))
			.withMessageStartingWith("endpoint: ");
	}

	@Test
	void longHostsAreRefusedAndLongPathsAreNot() {
		String longest = "h".repeat(239);
		assertThat(parse(longest, PORT, true).address()).isEqualTo(new Address.Host(longest, PORT));
		assertThatIllegalArgumentException().isThrownBy(() -> parse(longest + "h", PORT, true));
		assertThatIllegalArgumentException().isThrownBy(() -> parse("+" + longest, PORT, true));
		assertThatIllegalArgumentException().isThrownBy(() -> parse("file://" + longest, PORT, true));
		String url = "http://host/" + "p".repeat(8192 - 12);
		assertThat(parse(url, PORT, true).path()).hasSize(8192 - 11);
		assertThatIllegalArgumentException().isThrownBy(() -> parse(url + "p", PORT, true));
	}

	@ParameterizedTest
	@CsvSource({
			// template, value, tls
			"${v}, http://peer.example/, true", //
			"${v}, HTTP://peer.example/, true", //
			"${v}, ws://peer.example, true", //
			"${v}, mqtt://peer.example, true", //
			"${v}, other://peer.example, true", //
			"${v}, https://peer.example, false", //
			"${v}, wss://peer.example, false", //
			"h${v}, ttp://peer.example, true", //
			"http${v}, ://peer.example, true", //
			"http:${v}, //peer.example, true", //
			"http:/${v}, /peer.example, true", //
			"${v}://peer.example, http, true", //
			"http${v}://peer.example, '', true", //
			"${v}, file:///etc/passwd, true", //
			"${v}, file:///etc/passwd, false", //
			"${v}, FILE:///etc/passwd, false", //
			"f${v}, ile:///etc/passwd, false", //
			"file:/${v}, /etc/passwd, false", //
			"file${v}:///etc/passwd, '', false", //
			"${v}, +/run/docker.sock, false", //
			"${v}, +@name, false", //
			"${v}, +/run/docker.sock, true", //
			"${v}/run/docker.sock, +, false", //
			"+${v}, @name, false", //
			"+${v}, ../docker.sock, false", //
			"+/run/app/${v}, ../docker.sock, false", //
			"+/run/app/.${v}/docker.sock, ., false", //
			"file:///data/${v}, ../../etc/passwd, false", //
			"file:///data/${v}, a/.., false", //
			"file:///data/${v}/x, .., false", //
	})
	void whatThePolicyHasToSayIsNotForMetadata(String template, String value, boolean tls) {
		assertThatIllegalArgumentException().isThrownBy(() -> parse(template, value, tls))
			.withMessageStartingWith("endpoint: metadata may not ");
	}

	@ParameterizedTest
	@CsvSource({
			// template, value, tls, address, path
			"${v}, https://peer.example/a, true, peer.example:443, /a", //
			"${v}, HTTPS://peer.example:99/a, true, peer.example:99, /a", //
			"${v}, http://peer.example:80/a, false, peer.example:80, /a", //
			"${v}, ws://peer.example/a, false, peer.example:80, /a", //
			"${v}, peer.example/go?to=http://b.example, true, peer.example:4321, /go?to=http://b.example", //
			"https://${v}/a, peer.example, true, peer.example:443, /a", //
			"https://peer.example/${v}, http://b.example, true, peer.example:443, /http://b.example", //
			"a${v}, +/run/docker.sock, true, a+:4321, /run/docker.sock", //
			"+/run/${v}, app.sock, false, +/run/app.sock,", //
			"+@${v}, name, false, +@name,", //
			"file:///data/../${v}, a/b, false, file:///data/../a/b,", //
			"file://${v}, /etc/motd, false, file:///etc/motd,", //
	})
	void whatThePolicyLeavesOpenIs(String template, String value, boolean tls, String address, @Nullable String path) {
		Target target = parse(template, value, tls);
		assertThat(target.address()).hasToString(address);
		assertThat(target.path()).isEqualTo(path);
		assertThat(target.tls()).isEqualTo(tls && !(target.address() instanceof Address.File));
	}

}
