package io.securestreams.transport.http;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One spelling for each path.
 */
class RequestTargetTests {

	@ParameterizedTest
	@CsvSource({ "/,/", "/a/b,/a/b", "/public/../admin,/admin", "/%2e%2e,/", "/..,/", "/../../a,/a", "/a/.,/a/",
			"/a/..,/", "/a/./b,/a/b", "/a/b/../../c,/c", "/a/%2E%2e/c,/c", "/a/.%2e/c,/c", "/.../a,/.../a",
			"/.hidden,/.hidden", "/a./b,/a./b", "//,//", "//a,//a", "/a//../b,/a/b", "/%61%7Eb,/a~b",
			"/%2f%3a%c3%a4,/%2F%3A%C3%A4", "/a?b/../c,/a?b/../c", "/a/..?%zz=%00,/?%zz=%00", "*,*" })
	void pathsAreNormalised(String target, String expected) {
		assertThat(RequestTarget.normalize(target)).isEqualTo(expected);
		assertThat(RequestTarget.normalize(expected)).as("again").isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/a%00b", "/%0d%0a", "/%7f", "/%", "/%2", "/%zz", "/a%?b", "/a#b" })
	void whatIsNoPathIsRefused(String target) {
		assertThat(RequestTarget.normalize(target)).isNull();
	}

	@Test
	void whatIsNormalisedAlreadyIsNotCopied() {
		String target = "/some/path?and=query";
		assertThat(RequestTarget.normalize(target)).isSameAs(target);
	}

}
