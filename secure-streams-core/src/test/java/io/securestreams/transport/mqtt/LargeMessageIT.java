package io.securestreams.transport.mqtt;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One message of 50 MiB there and back through Mosquitto, in a JVM that has neither heap
 * nor direct memory for it.
 */
@Timeout(240)
class LargeMessageIT {

	@TempDir
	private Path directory;

	@ParameterizedTest
	@CsvSource({ "0, 3", "1, 3", "2, 3", "1, 5", "2, 5" })
	void aLargeMessageNeedsLittleMemory(int qos, int version) throws Exception {
		Assumptions.assumeTrue(Mosquitto.isInstalled(), "no mosquitto, or none of its clients");
		try (Mosquitto broker = new Mosquitto(this.directory)) {
			await().until(() -> broker.hasLogged(" running"));
			Path log = this.directory.resolve("large.log");
			Process process = new ProcessBuilder(
					List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
							"-XX:MaxDirectMemorySize=32m", "-XX:+UseSerialGC", "-cp",
							System.getProperty("java.class.path"), LargeMessage.class.getName(),
							Integer.toString(broker.port()), Integer.toString(qos), Integer.toString(version)))
				.redirectErrorStream(true)
				.redirectOutput(log.toFile())
				.start();
			try {
				assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
			}
			finally {
				process.destroyForcibly();
			}
			String said = Files.readString(log);
			assertThat(said).contains("sent " + LargeMessage.SIZE + " ");
			String sent = said.lines().filter((line) -> line.startsWith("sent ")).findFirst().orElseThrow();
			assertThat(said.lines()).contains(sent.replace("sent ", "received "));
			assertThat(process.exitValue()).isZero();
		}
	}

}
