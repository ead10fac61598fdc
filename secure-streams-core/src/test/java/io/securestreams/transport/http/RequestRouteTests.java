package io.securestreams.transport.http;

import java.nio.charset.StandardCharsets;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Redirects (RFC 9110 section 15.4) and references (RFC 3986 section 5).
 */
class RequestRouteTests {

	private static Target target(boolean tls) {
		return new Target(new Address.Host("a.test", tls ? 443 : 80), tls, null);
	}

	private static RequestRoute follow(boolean tls, String location) throws RedirectRefusedException {
		return RequestRoute.first(target(tls), "GET").follow(302, octets(location), "/dir/page?q=1", 10);
	}

	private static String octets(String text) {
		return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
	}

	@ParameterizedTest
	@CsvSource({ "/x,a.test:80/x", "/x/../y,a.test:80/y", "/./x,a.test:80/x", "/../../x,a.test:80/x",
			"x,a.test:80/dir/x", "../x,a.test:80/x", "./x?y=/../z,a.test:80/dir/x?y=/../z", "?z,a.test:80/dir/page?z",
			"#f,a.test:80/dir/page?q=1", "/x#f,a.test:80/x", "//b.test/x,b.test:80/x", "http://b.test,b.test:80/",
			"HTTP://b.test:8080?q,b.test:8080/?q", "https://b.test/x y,b.test:443/x%20y",
			"https://b.test:/ä,b.test:443/%C3%A4", "http://[::1]:81/x,[::1]:81/x", "/a/..,a.test:80/",
			"/x:y,a.test:80/x:y", "http://b.test/a/./b/../c,b.test:80/a/c" })
	void references(String location, String expected) throws RedirectRefusedException {
		Target next = follow(false, location).target();
		assertThat(next.address() + String.valueOf(next.path())).isEqualTo(expected);
	}

	@Test
	void octetsOfAReferenceStayWhatTheyAre() throws RedirectRefusedException {
		Target next = RequestRoute.first(target(false), "GET").follow(302, "/syn\u00f8ve", "/", 10).target();
		assertThat(next.path()).isEqualTo("/syn%F8ve");
	}

	@ParameterizedTest
	@CsvSource({ "http://b.test/", "http://a.test/", "http://a.test:443/" })
	void downgradesAreRefused(String location) {
		assertThatExceptionOfType(RedirectRefusedException.class).isThrownBy(() -> follow(true, location));
	}

	@ParameterizedTest
	@CsvSource({ "http://a.test/x,true", "http://A.TEST:80/x,true", "/x,true", "//a.test/,true",
			"http://a.test:81/x,false", "https://a.test/x,false", "http://b.test/x,false", "http://a.test.b/,false" })
	void credentialsOnlyToTheSameOrigin(String location, boolean kept) throws RedirectRefusedException {
		assertThat(follow(false, location).credentials()).isEqualTo(kept);
	}

	@Test
	void neverWithoutLocation() {
		assertThatExceptionOfType(RedirectRefusedException.class)
			.isThrownBy(() -> RequestRoute.first(target(false), "GET").follow(302, null, "/", 10));
	}

	@ParameterizedTest
	@CsvSource({ "file:///etc/passwd", "FILE:///etc/passwd", "unix:/run/docker.sock",
			"http+unix://%2Frun%2Fdocker.sock/x", "ws://b.test/", "javascript:alert(1)", "ftp://b.test/" })
	void otherThanHttpIsRefused(String location) {
		assertThatExceptionOfType(RedirectRefusedException.class).isThrownBy(() -> follow(false, location));
	}

	/** What stands for a socket in a policy is a path, or no host, in an answer. */
	@ParameterizedTest
	@CsvSource({ "+/run/docker.sock,a.test:80/dir/+/run/docker.sock", "+@name,a.test:80/dir/+@name",
			"//+/run/docker.sock,+:80/run/docker.sock", "http://+/run/docker.sock,+:80/run/docker.sock" })
	void redirectsLeadToHostsOnly(String location, String expected) throws RedirectRefusedException {
		Target next = follow(false, location).target();
		assertThat(next.address()).isInstanceOf(Address.Host.class);
		assertThat(next.address() + String.valueOf(next.path())).isEqualTo(expected);
	}

	@Test
	void fromASocketARelativeReferenceStaysThere() throws RedirectRefusedException {
		Address socket = new Address.Unix("/run/app.sock", false);
		RequestRoute route = RequestRoute.first(new Target(socket, false, null), "GET");
		assertThat(route.follow(302, "/x", "/", 10).target().address()).isEqualTo(socket);
		RequestRoute away = route.follow(302, "http://localhost/x", "/", 10);
		assertThat(away.target().address()).isEqualTo(new Address.Host("localhost", 80));
		assertThat(away.credentials()).isFalse();
	}

}
