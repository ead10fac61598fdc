package io.securestreams.system.policyfetch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.securestreams.system.policyfetch.PolicyCache.Content;
import io.securestreams.system.policyfetch.RefreshOutcome.Result;

import static io.securestreams.system.policyfetch.RefreshFixture.client;
import static io.securestreams.system.policyfetch.RefreshFixture.document;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The last good policy is there at the next start, whatever has happened to the file.
 */
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class PolicyCacheTests {

	@TempDir
	private Path directory;

	private Path file() {
		return this.directory.resolve("deep/er/policy.json");
	}

	private PolicyCache cache() {
		return new PolicyCache(file(), 100_000);
	}

	private static Content content(String json) {
		return new Content(new FetchedDocument(json.getBytes(StandardCharsets.UTF_8), "\"é\r\n1\"", "Sat",
				new byte[] { -1, 0, 1 }), "abc", Set.of("one", "t w,o"));
	}

	@Test
	void keepsWhatItIsGiven() {
		assertThat(cache().read()).isEqualTo(Content.NOTHING);
		cache().write(content("{\"s\": []}"));
		Content read = cache().read();
		assertThat(read.document()).isNotNull();
		assertThat(new String(read.document().bytes(), StandardCharsets.UTF_8)).isEqualTo("{\"s\": []}");
		assertThat(read.document().etag()).isEqualTo("\"é\r\n1\"");
		assertThat(read.document().lastModified()).isEqualTo("Sat");
		assertThat(read.document().signature()).containsExactly(-1, 0, 1);
		assertThat(read.rejected()).isEqualTo("abc");
		assertThat(read.worked()).containsExactlyInAnyOrder("one", "t w,o");
	}

	@Test
	void knowsOfNoStreamtypeIfNoneHasWorked() {
		FetchedDocument document = new FetchedDocument("{}".getBytes(StandardCharsets.UTF_8), null, null, null);
		cache().write(new Content(document, "", Set.of()));
		assertThat(cache().read().worked()).isEmpty();
	}

	@Test
	void isAPolicyDocumentForItsOwnerOnly() throws IOException {
		cache().write(content("{\"s\": []}"));
		assertThat(RefreshFixture.policy(Files.readString(file()))).isNotNull();
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file()))).isEqualTo("rw-------");
	}

	@Test
	void symbolicLinksAreNotFollowed() throws IOException {
		Path other = Files.writeString(this.directory.resolve("other"), "untouched");
		Files.createDirectories(file().getParent());
		Files.createSymbolicLink(file(), other);
		assertThat(cache().read()).isEqualTo(Content.NOTHING);
		cache().write(content("{}"));
		assertThat(other).hasContent("untouched");
		assertThat(Files.isRegularFile(file(), LinkOption.NOFOLLOW_LINKS)).isTrue();
		assertThat(cache().read().document()).isNotNull();
	}

	@Test
	void whatOthersMayWriteIsNotTrusted() throws IOException {
		cache().write(content("{}"));
		Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-rw-rw-"));
		assertThat(cache().read()).isEqualTo(Content.NOTHING);
	}

	@Test
	void everyDamageIsNoticed() throws IOException {
		cache().write(content("{\"release\": \"1\", \"s\": []}"));
		byte[] good = Files.readAllBytes(file());
		for (int length = 0; length < good.length; length++) {
			Files.write(file(), Arrays.copyOf(good, length));
			assertThat(cache().read()).as("cut off after %d bytes", length).isEqualTo(Content.NOTHING);
		}
		for (String other : List.of("", "\n", "{}", "// secure-streams-policy-cache sha256=%%%\n{}")) {
			Files.writeString(file(), other);
			assertThat(cache().read()).isEqualTo(Content.NOTHING);
		}
		Files.write(file(), new byte[500_000]);
		assertThat(cache().read()).isEqualTo(Content.NOTHING);
	}

	@Test
	void leftoversOfAKilledProcessGoInTime() throws IOException {
		Files.createDirectories(file().getParent());
		Path old = Files.writeString(file().resolveSibling(".policy.json.new.1"), "half");
		Path recent = Files.writeString(file().resolveSibling(".policy.json.new.2"), "half");
		Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
		cache().write(content("{}"));
		assertThat(old).doesNotExist();
		assertThat(recent).exists();
	}

	@Test
	void whatCannotBeWrittenIsDoneWithout() throws IOException {
		Path blocked = Files.writeString(this.directory.resolve("file"), "");
		new PolicyCache(blocked.resolve("policy.json"), 100).write(content("{}"));
		assertThat(blocked).hasContent("");
	}

	/** SIGKILL while it is being written, again and again. */
	@Test
	void isWholeWheneverTheProcessIsKilled() throws Exception {
		cache().write(content("{\"release\": \"first\", \"s\": []}"));
		for (int i = 0; i < 5; i++) {
			Process writer = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
					"-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
					Writer.class.getName(), file().toString())
				.redirectErrorStream(true)
				.start();
			// It says so when it has begun
			for (int read = writer.getInputStream().read(); read != '!'; read = writer.getInputStream().read()) {
				assertThat(read).as("the writer has ended").isNotNegative();
			}
			writer.destroyForcibly().waitFor();
			assertThat(new PolicyCache(file(), 10_000_000).read().document()).as("after kill %d", i).isNotNull();
		}
		cache().write(content("{}"));
		try (Stream<Path> files = Files.list(file().getParent())) {
			assertThat(files).as("leftovers").hasSizeLessThanOrEqualTo(6);
		}
	}

	/** Writes for ever. */
	static final class Writer {

		private Writer() {
		}

		public static void main(String[] args) {
			PolicyCache cache = new PolicyCache(Path.of(args[0]), 10_000_000);
			for (int i = 0;; i++) {
				cache.write(content("{\"release\": \"" + i + "\"," + " ".repeat(1_000_000) + "\"s\": []}"));
				if (i == 3) {
					System.out.print('!');
					System.out.flush();
				}
			}
		}

	}

	private RefreshFixture start(int port) {
		return new RefreshFixture(document(port, client("old", 1, "")), new FetchSettings(true, Duration.ofHours(1),
				Duration.ofSeconds(10), 100_000, Duration.ZERO, file(), FetchPermissions.NONE, null));
	}

	@Test
	void theNextStartGoesWithoutTheServer() {
		int port;
		try (PolicyServer server = new PolicyServer()) {
			port = server.port();
			server.serve(document(port, client("new", 2, "")));
			try (RefreshFixture first = start(port)) {
				first.start();
			}
		}
		try (RefreshFixture second = start(port)) {
			RefreshOutcome outcome = second.start();
			assertThat(outcome.result()).isEqualTo(Result.FAILED);
			assertThat(outcome.message()).contains("earlier start");
			assertThat(second.streams.policy().streamTypes()).containsKey("new");
			assertThat(second.refresher.status().origin()).isEqualTo(PolicyStatus.Origin.CACHE);
			try (PolicyServer back = new PolicyServer(port)) {
				back.serve(document(port, client("newest", 2, "")));
				assertThat(second.nextFetch().result()).isEqualTo(Result.CHANGED);
				assertThat(second.streams.policy().streamTypes()).containsKey("newest");
			}
		}
		try (RefreshFixture third = start(port)) {
			third.start();
			assertThat(third.streams.policy().streamTypes()).containsKey("newest");
		}
	}

	@Test
	void whatWasKeptIsNotSentAgain() {
		try (PolicyServer server = new PolicyServer()) {
			server.serve("/policy.json", document(server.port(), client("new", 2, "")).getBytes(StandardCharsets.UTF_8),
					"\"v1\"", null);
			try (RefreshFixture first = start(server.port())) {
				first.start();
			}
			try (RefreshFixture second = start(server.port())) {
				RefreshOutcome outcome = second.start();
				assertThat(server.requests.get(1)).containsEntry("if-none-match", "\"v1\"");
				assertThat(outcome.result()).isEqualTo(Result.CHANGED);
				assertThat(second.streams.policy().streamTypes()).containsKey("new");
				assertThat(second.refresher.status().origin()).isEqualTo(PolicyStatus.Origin.FETCHED);
			}
		}
	}

	@Test
	void aBadPolicyAtTheStartLeavesTheOneThatWasKept() {
		try (PolicyServer server = new PolicyServer()) {
			server.serve(document(server.port(), client("new", 2, "")));
			try (RefreshFixture first = start(server.port())) {
				first.start();
			}
			server.serve("<html>");
			try (RefreshFixture second = start(server.port())) {
				assertThat(second.start().result()).isEqualTo(Result.REFUSED);
				assertThat(second.streams.policy().streamTypes()).containsKey("new");
			}
		}
	}

	@Test
	void aDamagedFileIsNoObstacle() throws IOException {
		Files.createDirectories(file().getParent());
		Files.writeString(file(), "// secure-streams-policy-cache sha256=");
		try (PolicyServer server = new PolicyServer()) {
			server.serve(document(server.port(), client("new", 2, "")));
			try (RefreshFixture first = start(server.port())) {
				assertThat(first.start().result()).isEqualTo(Result.CHANGED);
			}
			assertThat(cache().read().document()).isNotNull();
		}
	}

}
