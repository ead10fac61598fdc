package io.securestreams.policy;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Replacing symbols by metadata.
 */
class TemplateTests {

	private static final Map<String, String> VALUES = Map.of("a", "1", "b", "${a}", "empty", "");

	@ParameterizedTest
	@CsvSource({ "plain,plain", "x${a}y,x1y", "${a}${a},11", "$a,$a", "$,$", "a$,a$", "$$${a},$$1", "$${a}$,$1$",
			"x${empty}y,xy", "{a},{a}" })
	void replacesSymbolsAndNothingElse(String template, String expanded) {
		assertThat(Template.parse(template).expand(VALUES::get)).isEqualTo(expanded);
	}

	@Test
	void valuesAreNotTemplates() {
		assertThat(Template.parse("${b}").expand(VALUES::get)).isEqualTo("${a}");
	}

	@Test
	void undeclaredSymbolIsNamed() {
		assertThatExceptionOfType(Template.UndeclaredSymbolException.class)
			.isThrownBy(() -> Template.parse("x/${nam}").expand(VALUES::get))
			.satisfies((ex) -> assertThat(ex.symbol()).isEqualTo("nam"))
			.withMessageContaining("\"nam\"");
	}

	@ParameterizedTest
	@ValueSource(strings = { "${", "x${a", "${}", "${12345678901234567890123456789012}" })
	void malformedTemplatesAreRefused(String template) {
		assertThatIllegalArgumentException().isThrownBy(() -> Template.parse(template))
			.withMessageContaining("(expected: ");
	}

	@Test
	void symbolsAreListedInOrder() {
		assertThat(Template.parse("${b}/${a}?${b}").symbols()).containsExactly("b", "a", "b");
		assertThat(Template.parse("none").isLiteral()).isTrue();
	}

	@Test
	void messagesDoNotRepeatLargeTemplates() {
		String large = "${a}" + "x".repeat(1_000_000);
		assertThatExceptionOfType(Template.UndeclaredSymbolException.class)
			.isThrownBy(() -> Template.parse(large + "${nam}").expand(VALUES::get))
			.satisfies((ex) -> assertThat(ex.getMessage()).hasSizeLessThan(300));
	}

}
