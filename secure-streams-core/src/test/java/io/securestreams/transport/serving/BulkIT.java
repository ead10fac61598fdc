package io.securestreams.transport.serving;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Long bodies through a server whose heap, and memory outside, is a small part of them;
 * the client is curl.
 */
@Timeout(300)
@ParameterizedClass
@ValueSource(strings = { "--http1.1", "--http2-prior-knowledge" })
class BulkIT {

	private final String version;

	@TempDir
	Path directory;

	private Process site;

	private int port;

	BulkIT(String version) {
		this.version = version;
	}

	@BeforeEach
	void start() throws Exception {
		PeerProgram.require("curl");
		this.site = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx64m", "-XX:MaxDirectMemorySize=64m", "-cp", System.getProperty("java.class.path"),
				BulkSite.class.getName()))
			.redirectError(this.directory.resolve("log").toFile())
			.start();
		BufferedReader output = this.site.inputReader();
		String line = output.readLine();
		while (line != null && !line.startsWith("PORT ")) {
			line = output.readLine();
		}
		assertThat(line).isNotNull();
		this.port = Integer.parseInt(line.substring(5));
	}

	@AfterEach
	void stop() throws Exception {
		if (this.site != null) {
			this.site.getOutputStream().close();
			this.site.waitFor();
		}
	}

	@Test
	void aGibibyteEachWay() throws Exception {
		String url = "http://127.0.0.1:" + this.port;
		long size = 1L << 30;
		assertThat(PeerProgram.run(this.directory,
				"curl -sS -o /dev/null -w '%{http_code} %{size_download}' " + this.version + " " + url + "/" + size))
			.isEqualTo("200 " + size);
		assertThat(PeerProgram.run(this.directory,
				"head -c " + size + " /dev/zero | curl -sS -T - " + this.version + " " + url + "/"))
			// SHA-256 of a gibibyte of zeros
			.isEqualTo(
					PeerProgram.run(this.directory, "head -c " + size + " /dev/zero | sha256sum | cut -c1-64").strip());
	}

	@Test
	void manyUploadsAtOnce() throws Exception {
		String url = "http://127.0.0.1:" + this.port;
		PeerProgram.run(this.directory, "head -c 20000000 /dev/urandom > body");
		String expected = PeerProgram.run(this.directory, "sha256sum body | cut -c1-64").strip();
		String hashes = PeerProgram.run(this.directory, "for i in 1 2 3 4 5 6 7 8; do (h=$(curl -sS -T body "
				+ this.version + " " + url + "/); echo $h) & done; wait");
		assertThat(hashes.lines()).hasSize(8).containsOnly(expected);
	}

}
