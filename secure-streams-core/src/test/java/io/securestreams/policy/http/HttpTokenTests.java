package io.securestreams.policy.http;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class HttpTokenTests {

	@ParameterizedTest
	@ValueSource(strings = { "GET", "x-a", "!#$%&'*+-.^_`|~09azAZ" })
	void isAToken(String text) {
		assertThat(HttpToken.isToken(text)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a b", "a:", "a\r\n", "a\u0000", "a\u007f", "é", "\uff21", "a,b", "\"a\"" })
	void isNoToken(String text) {
		assertThat(HttpToken.isToken(text)).isFalse();
	}

	@Test
	void bytesAreCharactersToo() {
		assertThat(HttpToken.isTokenCharacter('a')).isTrue();
		assertThat(HttpToken.isTokenCharacter(0xff)).isFalse();
	}

}
