package io.securestreams.system.auth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.securestreams.system.auth.CanonicalRequest.PathForm;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The requests that AWS publishes, with what their signatures are made of.
 */
class SigV4VectorTests {

	private static final String DATE = "20150830T123600Z";

	private static final AwsKey KEY = new AwsKey("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null);

	static Stream<Vector> published() throws IOException {
		Map<String, Map<String, String>> files = new LinkedHashMap<>();
		try (InputStream suite = SigV4VectorTests.class.getResourceAsStream("aws-signing-test-suite.txt")) {
			String text = new String(suite.readAllBytes(), StandardCharsets.UTF_8);
			for (String file : text.split("(?m)^==== ")) {
				if (!file.isEmpty()) {
					String[] name = file.substring(0, file.indexOf('\n')).split(" ");
					String content = file.substring(file.indexOf('\n') + 1, file.length() - 1);
					files.computeIfAbsent(name[0], (key) -> new LinkedHashMap<>()).put(name[1], content);
				}
			}
		}
		assertThat(files).hasSize(38);
		return files.entrySet().stream().map((entry) -> new Vector(entry.getKey(), entry.getValue()));
	}

	@ParameterizedTest
	@MethodSource("published")
	void signsAsAwsPublishes(Vector vector) {
		CanonicalRequest canonical = vector.canonical();
		assertThat(canonical.text()).isEqualTo(vector.file("header-canonical-request.txt"));
		SigV4Signature signature = SigV4Signature.of(KEY, "us-east-1", "service", DATE, canonical);
		assertThat(signature.stringToSign()).isEqualTo(vector.file("header-string-to-sign.txt"));
		assertThat(vector.file("header-signed-request.txt")).contains("Authorization:" + signature.authorization());
	}

	/** As S3 wants it: what is sent is encoded once, and a path is a name. */
	@ParameterizedTest
	@CsvSource({ "/a%20b/c,/a%20b/c", "/a+b,/a%2Bb", "/%e1%88%b4,/%E1%88%B4", "/a//b/../c,/a//b/../c", "/50%,/50%25" })
	void aKeyOfAnObjectIsEncodedOnce(String sent, String canonical) {
		assertThat(PathForm.OBJECT_KEY.canonical(sent)).isEqualTo(canonical);
	}

	/** As others want it. */
	@ParameterizedTest
	@CsvSource({ "/a%20b,/a%2520b", "/,/", "/a/./b/,/a/b/", "/../a,/a" })
	void anyOtherPathIsEncodedOnceMore(String sent, String canonical) {
		assertThat(PathForm.NORMALIZED.canonical(sent)).isEqualTo(canonical);
	}

	record Vector(String name, Map<String, String> files) {

		String file(String file) {
			return this.files.get(file).strip();
		}

		private @Nullable String context(String member) {
			Matcher matcher = Pattern.compile("\"" + member + "\":\\s*\"?([^\",\\s]+)").matcher(file("context.json"));
			return matcher.find() ? matcher.group(1) : null;
		}

		CanonicalRequest canonical() {
			String request = this.files.get("request.txt");
			int blank = request.indexOf("\n\n");
			String head = (blank < 0) ? request.stripTrailing() : request.substring(0, blank);
			String body = (blank < 0) ? "" : request.substring(blank + 2);
			// A field that goes on in the next line is one field
			String[] lines = head.replaceAll("\n[ \t]+", " ").split("\n");
			TreeMap<String, List<String>> headers = new TreeMap<>();
			for (int i = 1; i < lines.length; i++) {
				int colon = lines[i].indexOf(':');
				headers
					.computeIfAbsent(lines[i].substring(0, colon).toLowerCase(Locale.ROOT), (key) -> new ArrayList<>())
					.add(lines[i].substring(colon + 1));
			}
			headers.put("x-amz-date", List.of(DATE));
			String token = context("token");
			if (token != null && !"true".equals(context("omit_session_token"))) {
				headers.put("x-amz-security-token", List.of(token));
			}
			String hash = SigV4Signature.hex(SigV4Signature.sha256(body.getBytes(StandardCharsets.UTF_8)));
			if ("true".equals(context("sign_body"))) {
				headers.put("x-amz-content-sha256", List.of(hash));
			}
			String line = lines[0];
			return CanonicalRequest.of(line.substring(0, line.indexOf(' ')),
					line.substring(line.indexOf(' ') + 1, line.lastIndexOf(' ')),
					"true".equals(context("normalize")) ? PathForm.NORMALIZED : PathForm.AS_IS, headers, hash);
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
