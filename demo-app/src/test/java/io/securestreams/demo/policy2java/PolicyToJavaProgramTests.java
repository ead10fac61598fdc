package io.securestreams.demo.policy2java;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.securestreams.demo.DemoApplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The policy writer as it is started from the command line.
 */
@ExtendWith(OutputCaptureExtension.class)
class PolicyToJavaProgramTests {

	@TempDir
	Path directory;

	private static int run(String... arguments) {
		String[] line = new String[arguments.length + 1];
		line[0] = "--spring.profiles.active=policy2java";
		System.arraycopy(arguments, 0, line, 1, arguments.length);
		return DemoApplication.run(System.out, line).orElseThrow();
	}

	private String policy(String json) throws IOException {
		return Files.writeString(this.directory.resolve("policy.json"), json).toString();
	}

	@Test
	void writesAClass(CapturedOutput output) throws IOException {
		String file = policy("{ \"s\": [ { \"page\": { \"endpoint\": \"a\", \"port\": 80 } } ] }");
		assertThat(run(file)).isZero();
		assertThat(output.getOut()).startsWith("package com.example;")
			.contains("public final class StaticPolicy implements Supplier<Policy> {", "stream_page()");
		Path made = this.directory.resolve("Mine.java");
		assertThat(run(file, "--class=a.b.Mine", "--output=" + made)).isZero();
		assertThat(made).content().startsWith("package a.b;").contains("class Mine");
	}

	@Test
	void saysWhatIsWrong(CapturedOutput output) throws IOException {
		assertThat(run(policy("{ \"s\": 1 }"))).isEqualTo(5);
		assertThat(run(policy("{}"), "--class=Mine")).isEqualTo(5);
		assertThat(run(policy("{}"), "--clas=a.Mine")).isEqualTo(5);
		assertThat(output.getErr()).contains("This policy cannot be used:", "a full name, with its package",
				"Unknown option --clas");
	}

}
