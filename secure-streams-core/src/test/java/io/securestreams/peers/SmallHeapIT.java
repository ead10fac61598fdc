package io.securestreams.peers;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.securestreams.transport.TestPki;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * 100 MiB each way in a JVM that has neither heap nor direct memory for as much.
 */
@EnabledIf("io.securestreams.peers.PeerServers#areInstalled")
class SmallHeapIT {

	private static final int SIZE = 100 * 1024 * 1024;

	@TempDir
	Path directory;

	@ParameterizedTest
	@CsvSource({ "h1, false", "h1, true", "h2, true" })
	void largeBodiesNeedLittleMemory(String protocol, boolean tls) throws Exception {
		Path file = this.directory.resolve("large");
		String sha = write(file);
		String ca = Base64.getEncoder().encodeToString(TestPki.CA.getCertificate().getEncoded());
		try (PeerServers servers = new PeerServers(this.directory)) {
			Path log = this.directory.resolve("transfer.log");
			Process process = new ProcessBuilder(List.of(
					Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
					"-XX:MaxDirectMemorySize=32m", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
					LargeTransfer.class.getName(), protocol,
					Integer.toString(tls ? servers.nginxTls : servers.nginxPlain), tls ? ca : "", file.toString()))
				.redirectErrorStream(true)
				.redirectOutput(log.toFile())
				.start();
			assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
			assertThat(Files.readString(log)).contains("down " + SIZE + " " + sha + "\n")
				.contains("up " + SIZE + " " + sha + "\n");
			assertThat(process.exitValue()).isZero();
		}
	}

	private static String write(Path file) throws Exception {
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		Random random = new Random(7);
		byte[] block = new byte[65536];
		try (OutputStream out = Files.newOutputStream(file)) {
			for (int left = SIZE; left > 0; left -= block.length) {
				random.nextBytes(block);
				digest.update(block);
				out.write(block);
			}
		}
		return HexFormat.of().formatHex(digest.digest());
	}

}
