package io.securestreams.policy;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class Socks5ProxyTests {

	@ParameterizedTest
	@CsvSource({ "proxy.test:1080,proxy.test:1080", "u:p@proxy.test:9,u:***@proxy.test:9", "[::1]:1080,::1:1080",
			"u:p@x:y@proxy.test:9,u:***@proxy.test:9" })
	void readsThePolicysForm(String text, String printed) {
		assertThat(Socks5Proxy.parse(text)).hasToString(printed);
	}

	@ParameterizedTest
	@CsvSource({ "proxy.test:1081,proxy.test:1081", "proxy.test,proxy.test:1080", "[::1],::1:1080",
			"socks://proxy.test:1081/,proxy.test:1081", "SOCKS5h://u:p@proxy.test,u:***@proxy.test:1080" })
	void readsTheEnvironment(String value, String printed) {
		assertThat(Socks5Proxy.fromEnvironment(Map.of("socks_proxy", value))).hasToString(printed);
		assertThat(Socks5Proxy.fromEnvironment(Map.of("SOCKS_PROXY", value))).hasToString(printed);
	}

	@Test
	void decodesCredentialsOfUrlsOnly() {
		Socks5Proxy url = Socks5Proxy.fromEnvironment(Map.of("socks_proxy", "socks5://a%40b:c%3Ad+e@proxy.test"));
		assertThat(url).isEqualTo(new Socks5Proxy("proxy.test", 1080, "a@b", "c:d+e"));
		Socks5Proxy plain = Socks5Proxy.fromEnvironment(Map.of("socks_proxy", "a%40b:c@proxy.test"));
		assertThat(plain).isEqualTo(new Socks5Proxy("proxy.test", 1080, "a%40b", "c"));
	}

	@Test
	void prefersTheLowerCaseVariable() {
		assertThat(Socks5Proxy.fromEnvironment(Map.of("SOCKS_PROXY", "upper.test", "socks_proxy", "lower.test")))
			.hasToString("lower.test:1080");
		assertThat(Socks5Proxy.fromEnvironment(Map.of("SOCKS_PROXY", "upper.test", "socks_proxy", " ")))
			.hasToString("upper.test:1080");
	}

	@Test
	void isNoneWithoutVariables() {
		assertThat(Socks5Proxy.fromEnvironment(Map.of("http_proxy", "proxy.test"))).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "socks4://proxy.test", "http://proxy.test:3128", "proxy.test:port", "user:s3cret@",
			"socks5://user:s3cret%zz@proxy.test", ":1080", "user:s3cret@proxy.test:99999" })
	void refusesWhatItCannotUse(String value) {
		assertThatIllegalArgumentException().isThrownBy(() -> Socks5Proxy.fromEnvironment(Map.of("socks_proxy", value)))
			.satisfies((ex) -> {
				for (Throwable t = ex; t != null; t = t.getCause()) {
					assertThat(t.getMessage()).doesNotContain("s3cret");
				}
			})
			.withMessageStartingWith("environment variable socks_proxy: ");
	}

	@Test
	void countsOctetsOfCredentials() {
		assertThatIllegalArgumentException().isThrownBy(() -> new Socks5Proxy("h", 1, "\u00e4".repeat(128), null))
			.withMessageContaining("at most 255 bytes");
		assertThat(new Socks5Proxy("h", 1, "\u00e4".repeat(127), "")).isNotNull();
	}

}
