package io.securestreams.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import io.securestreams.policy.json.PolicyDocument;
import io.securestreams.policy.json.PolicyJson;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the README shows is true.
 */
class ReadmeTests {

	private static final Pattern POLICY = Pattern.compile("```json\\n(.*?)```", Pattern.DOTALL);

	@Test
	void policyIsOne() throws IOException {
		Matcher policy = POLICY.matcher(Files.readString(Path.of("..", "README.md")));
		assertThat(policy.find()).isTrue();
		PolicyDocument document = PolicyJson.read(policy.group(1), "README.md");
		assertThat(document.warnings()).isEmpty();
		assertThat(document.policy().streamTypes()).containsOnlyKeys("page");
	}

}
