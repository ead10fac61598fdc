package io.securestreams.demo.peers;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The server program as {@code spring-boot:process-aot} has prepared it.
 */
@Timeout(120)
class AheadOfTimeIT {

	@TempDir
	Path directory;

	@Test
	void handlersOfBothFormsAndScopesServe() throws Exception {
		try (DemoServer server = new DemoServer(this.directory, "-Dspring.aot.enabled=true")) {
			assertThat(server.log()).contains("Starting AOT-processed DemoApplication");
			assertThat(curl("http://127.0.0.1:" + server.port("page") + "/")).contains("Served by Secure Streams");
			String download = "http://127.0.0.1:" + server.port("download") + "/download/20";
			assertThat(curl(download + " " + download)).isEqualTo("0123456789abcde\n0123".repeat(2));
			assertThat(curl(
					"--cacert ca.pem --cert alice.pem --key alice.key https://localhost:" + server.port("members")))
				.isEqualTo("Good morning, CN=Alice.\n");
		}
	}

	private String curl(String arguments) throws Exception {
		return PeerPrograms.run(this.directory, "curl -sS " + arguments);
	}

}
