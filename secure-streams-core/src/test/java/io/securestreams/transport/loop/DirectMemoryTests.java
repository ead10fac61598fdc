package io.securestreams.transport.loop;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What event loops are told when there is no direct memory left, in a process that has
 * little.
 */
class DirectMemoryTests {

	@Test
	void memoryThatCannotBeHadIsRefusedAndNotWaitedFor() throws Exception {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		Process process = new ProcessBuilder(List.of(java, "-Xmx128m", "-XX:MaxDirectMemorySize=64m", "-cp",
				System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
				MemoryEater.class.getName()))
			.redirectErrorStream(true)
			.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
		assertThat(output).contains("refusal ").contains("served true");
		// That is what the JDK says, after it has collected garbage and slept
		assertThat(output).doesNotContain("Cannot reserve");
	}

}
