package io.securestreams.policy.json;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

import io.securestreams.policy.json.text.Problems;
import io.securestreams.policy.json.text.SourceText;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Documents from someone who means no good: they end in a {@link PolicyException} that
 * says what is wrong, and in nothing else.
 */
class HostileDocumentTests {

	private static void refused(byte[] document) {
		assertThatExceptionOfType(PolicyException.class).isThrownBy(() -> PolicyJson.read(document, "test"))
			.satisfies((ex) -> assertThat(ex.problems()).isNotEmpty());
	}

	@Test
	void documentThatEndsTooEarlyIsRefusedWhereverThatIs() {
		String readme = ReadmePolicyTests.README.strip();
		for (int length = 0; length < readme.length(); length++) {
			refused(readme.substring(0, length).getBytes(StandardCharsets.UTF_8));
		}
	}

	@Test
	void hundredMegabytesAreRefusedAfterTheFirstSixteen() {
		long[] read = new long[1];
		InputStream endless = new InputStream() {

			@Override
			public int read() {
				return (read[0]++ < 100L * 1024 * 1024) ? ' ' : -1;
			}

			@Override
			public int read(byte[] into, int offset, int length) {
				java.util.Arrays.fill(into, offset, offset + length, (byte) ' ');
				read[0] += length;
				return length;
			}

		};
		assertThatExceptionOfType(PolicyException.class).isThrownBy(() -> PolicyJson.read(endless, "test"))
			.withMessage("test: (line 1, column 1): document too large (expected: at most 16777216 bytes)");
		assertThat(read[0]).isLessThanOrEqualTo(PolicyJson.DEFAULT_MAX_SIZE + 1L);
	}

	@Test
	void hundredMegabytesInMemoryAreRefused() {
		byte[] large = new byte[100 * 1024 * 1024];
		assertThatExceptionOfType(PolicyException.class).isThrownBy(() -> PolicyJson.read(large, "test"))
			.withMessageContaining("document too large");
	}

	@Test
	void brokenStreamIsNotAProblemOfTheDocument() {
		InputStream broken = new InputStream() {

			@Override
			public int read() throws IOException {
				throw new IOException("broken");
			}

		};
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> PolicyJson.read(broken, "test"));
	}

	@Test
	void deepNestingIsRefused() {
		assertThat(Documents.problems("{ \"x\": " + "[".repeat(100_000))).last()
			.asString()
			.contains("nested too deeply (expected: at most 32 levels)");
	}

	@Test
	void tooMuchOfSomethingIsToldWhereItIs() {
		assertThat(Documents.problems("{\n \"x\":" + "[".repeat(40) + "]".repeat(40) + ",\n\n \"s\": [] }")).last()
			.asString()
			.startsWith("test: x[0][0]")
			.contains(" (line 2, column 37): nested too deeply");
	}

	@Test
	void veryManyTokensAreRefused() {
		assertThat(Documents.problems("{ \"x\": [" + "1,".repeat(3_000_000) + "1] }")).last()
			.asString()
			.contains("a document of too many tokens");
	}

	@Test
	void numbersOfVeryManyDigitsAreRefused() {
		assertThat(Documents.problems("{ \"s\": [ { \"x\": { \"port\": " + "1".repeat(1001) + " } } ] }"))
			.containsExactly(
					"test: s[0].x.port (line 1, column 19): a number too long (expected: at most 1000 digits)");
	}

	@Test
	void veryLongNamesAreRefused() {
		assertThat(Documents.problems("{ \"s\": [ { \"" + "x".repeat(50_001) + "\": {} } ] }"))
			.containsExactly("test: s[0] (line 1, column 10): a name too long (expected: at most 50000 characters)");
	}

	@Test
	void manyMembersOfOneObjectDoNotTakeForEver() {
		StringBuilder document = new StringBuilder("{ \"x\": { \"a\": 1");
		for (int i = 0; i < 500_000; i++) {
			document.append(", \"a").append(i).append("\": 1");
		}
		assertThat(PolicyJson.read(document.append("} }").toString(), "test").warnings()).hasSize(1);
	}

	@Test
	void manyUnknownNamesDoNotTakeForEver() {
		StringBuilder document = new StringBuilder("{ \"s\": [ { \"first\": {} }");
		for (int i = 0; i < 10_000; i++) {
			document.append(", { \"s").append(i).append("\": { \"rideshare\": \"t").append(i).append("\" } }");
		}
		assertThat(Documents.problems(document.append("] }").toString()))
			.filteredOn((each) -> !each.contains("warning"))
			.hasSize(101)
			.last()
			.asString()
			.contains("9900 more errors");
	}

	@Test
	void manyReferencesToNothingDoNotTakeForEver() {
		StringBuilder document = new StringBuilder("{ \"retry\": [ { \"first\": {}");
		for (int i = 0; i < 200_000; i++) {
			document.append(", \"r").append(i).append("\": {}");
		}
		document.append(" } ], \"s\": [ { \"first\": {}");
		for (int i = 0; i < 200_000; i++) {
			document.append(", \"s").append(i).append("\": { \"retry\": \"q").append(i).append("\" }");
		}
		assertThat(Documents.problems(document.append(" } ] }").toString()))
			.filteredOn((each) -> !each.contains("warning"))
			.hasSize(101)
			.last()
			.asString()
			.contains("199900 more errors");
	}

	/**
	 * Names that are compared with misspelt ones are counted, and at some time it is
	 * enough.
	 */
	@Test
	void suggestionsHaveAnEnd() {
		Problems problems = new Problems(new SourceText("test", new char[0], 0));
		List<String> known = java.util.stream.IntStream.range(0, 60_000).mapToObj((i) -> "name" + i).toList();
		assertThat(problems.errorHint("nome1", () -> known)).contains("did you mean");
		assertThat(problems.errorHint("nome1", () -> known)).isEmpty();
	}

	@Test
	void largeTemplatesAreNotRepeated() {
		for (String text : List.of("${".repeat(7_000_000), "x".repeat(15_000_000) + "${",
				"${}" + "x".repeat(15_000_000), "${" + "x".repeat(15_000_000) + "}")) {
			assertThat(Documents.problems("{ \"s\": [ { \"x\": { \"http_url\": \"" + text + "\" } } ] }"))
				.allSatisfy((problem) -> assertThat(problem).hasSizeLessThan(400));
		}
	}

	@Test
	void symbolsAreNamedOnce() {
		PolicyDocument document = PolicyJson
			.read("{ \"s\": [ { \"x\": { \"endpoint\": \"a\", \"port\": 1, \"http_url\": \""
					+ "${a}${b}".repeat(1_000_000) + "\" } } ] }", "test");
		assertThat(document.warnings()).extracting(PolicyProblem::message)
			.containsExactly("${a} is not declared: no attempt can succeed",
					"${b} is not declared: no attempt can succeed");
	}

	@Test
	void malformedUtf8IsRefusedWithItsPlace() {
		byte[] document = "{\n \"release\": \"?\" }".getBytes(StandardCharsets.UTF_8);
		document[15] = (byte) 0xff;
		assertThatExceptionOfType(PolicyException.class).isThrownBy(() -> PolicyJson.read(document, "test"))
			.withMessage("test: (line 2, column 14): malformed UTF-8: byte 0xff (expected: UTF-8)");
	}

	@Test
	void problemsOfBytesAndOfTextAreTheSame() {
		for (String document : List.of("", "[]", "{} {}", "{ \"s\": [],, }", "{ \"s\": [,] }", "{ \"s\": [ 1, ], }",
				"{ \"s\": [ { \"x\": { \"port\": 1", "{ \"s\": [ { \"x\": { \"port\": 70000 } } ],\n \"retry\": 1 }",
				"{ \"s\": [ tru ] }", "{ \"release\": \"\u00e9\", \"s\": 5 }")) {
			List<String> problems = Documents.problems(document);
			assertThat(problems).isNotEmpty();
			assertThatExceptionOfType(PolicyException.class)
				.isThrownBy(() -> PolicyJson.read(document.getBytes(StandardCharsets.UTF_8), "test"))
				.satisfies((ex) -> assertThat(ex.problems()).extracting(PolicyProblem::toString)
					.containsExactlyElementsOf(problems));
		}
	}

	@Test
	void utf16IsRefused() {
		byte[] utf16 = "{ \"release\": \"1\" }".getBytes(StandardCharsets.UTF_16BE);
		assertThatExceptionOfType(PolicyException.class).isThrownBy(() -> PolicyJson.read(utf16, "test"));
	}

	@Test
	void byteOrderMarkIsIgnored() {
		assertThat(PolicyJson.read("\ufeff{ \"release\": \"1\" }".getBytes(StandardCharsets.UTF_8), "test")
			.policy()
			.release()).isEqualTo("1");
	}

	@Test
	void commentsAreAccepted() {
		assertThat(PolicyJson.read("{ # one\n // two\n /* three */ \"release\": \"1\" }", "test").policy().release())
			.isEqualTo("1");
	}

	/** Bytes changed, left out, doubled and moved: the reader must always come back. */
	@Test
	void damagedDocumentsAreReadOrRefused() {
		byte[] readme = ReadmePolicyTests.README.getBytes(StandardCharsets.UTF_8);
		Random random = new Random(20260101);
		int refused = 0;
		for (int round = 0; round < 3000; round++) {
			byte[] damaged = readme.clone();
			int changes = 1 + random.nextInt(4);
			for (int i = 0; i < changes; i++) {
				int at = random.nextInt(damaged.length);
				switch (random.nextInt(3)) {
					case 0 -> damaged[at] = (byte) random.nextInt(256);
					case 1 -> damaged[at] = (byte) "{}[]\",:0-e\\ \n".charAt(random.nextInt(13));
					default -> {
						int from = random.nextInt(damaged.length);
						int length = Math.min(random.nextInt(40), damaged.length - Math.max(at, from));
						System.arraycopy(readme, from, damaged, at, length);
					}
				}
			}
			try {
				assertThat(PolicyJson.read(damaged, "test").policy()).isNotNull();
			}
			catch (PolicyException ex) {
				assertThat(ex.problems()).isNotEmpty();
				refused++;
			}
		}
		assertThat(refused).isPositive();
	}

}
