package io.securestreams.transport.http2.server;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.limits.HttpServerLimits;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every case of h2spec, the strict ones included, against a server stream; in the profile
 * {@code h2spec}. Reports are left under {@code target/h2spec}.
 */
@EnabledIf("isInstalled")
class H2SpecIT {

	/** Filled by the profile. */
	private static final Path HOME = Path.of("target", "h2spec");

	private static final Path ARCHIVE = HOME.resolve(Path.of("h2spec", "2.2.0", "h2spec_linux_amd64.tar.gz"));

	private static final Pattern SUMMARY = Pattern
		.compile("(\\d+) tests, (\\d+) passed, (\\d+) skipped, (\\d+) failed");

	private static final int CASES = 146;

	static boolean isInstalled() {
		return Files.isRegularFile(ARCHIVE) && System.getProperty("os.name").equals("Linux")
				&& System.getProperty("os.arch").equals("amd64");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	@Timeout(600)
	void passesEveryCase(boolean tls) throws Exception {
		Path bin = Files.createDirectories(HOME.resolve("bin"));
		run(List.of("tar", "-xzf", ARCHIVE.toString(), "-C", bin.toString()), HOME.resolve("tar.log"));
		String name = tls ? "tls" : "cleartext";
		Path log = HOME.resolve(name + ".log");
		try (Http2Site site = new Http2Site("auto", tls, HttpServerLimits.DEFAULTS)) {
			List<String> command = new ArrayList<>(List.of(bin.resolve("h2spec").toString(), "--strict", "--timeout",
					"10", "--host", "127.0.0.1", "--port", Integer.toString(site.port()), "--junit-report",
					HOME.resolve(name + ".xml").toString()));
			if (tls) {
				command.addAll(List.of("--tls", "--insecure"));
			}
			int status = run(command, log);
			String output = Files.readString(log, StandardCharsets.UTF_8);
			Matcher summary = SUMMARY.matcher(output);
			assertThat(summary.find()).as(output).isTrue();
			System.out.println("h2spec, " + name + ": " + summary.group());
			assertThat(summary.group(1) + " " + summary.group(2)).as(output).isEqualTo(CASES + " " + CASES);
			assertThat(status).isZero();
		}
	}

	private static int run(List<String> command, Path log) throws Exception {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		if (!process.waitFor(300, TimeUnit.SECONDS)) {
			process.destroyForcibly();
			throw new AssertionError(command + " does not end, see " + log);
		}
		return process.exitValue();
	}

}
