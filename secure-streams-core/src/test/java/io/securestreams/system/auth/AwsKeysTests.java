package io.securestreams.system.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import io.securestreams.policy.AuthScheme;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.SystemBlobs.Blob;
import io.securestreams.system.auth.AwsKeys.Found;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class AwsKeysTests {

	private static final Map<String, String> VARIABLES = Map.of("AWS_ACCESS_KEY_ID", "env", "AWS_SECRET_ACCESS_KEY",
			"envSecret", "AWS_SESSION_TOKEN", "envToken");

	@TempDir
	private Path directory;

	private final SystemBlobs blobs = new SystemBlobs();

	private Instant now = Instant.EPOCH;

	private AwsKeys keys(AwsKeySources sources) {
		return new AwsKeys(this.blobs, sources, Runnable::run, () -> this.now);
	}

	private static Found find(AwsKeys keys, int blob) {
		AtomicReference<Found> found = new AtomicReference<>();
		keys.find(new AuthScheme("aws", AuthScheme.SIGV4, "", blob), found::set);
		return found.get();
	}

	@Test
	void blobsComeFirst() {
		AwsKeys keys = keys(AwsKeySources.of(VARIABLES, null));
		this.blobs.set(Blob.AUTH, "id").set(Blob.AUTH_1, "secret").setAwsKey(2, "two", "second", "token");
		assertThat(find(keys, 0).key()).isEqualTo(new AwsKey("id", "secret", null));
		assertThat(find(keys, 2).key()).isEqualTo(new AwsKey("two", "second", "token"));
		assertThat(find(keys, 3).key()).isEqualTo(new AwsKey("env", "envSecret", "envToken"));
	}

	@Test
	void theFileIsReadAgainAfterAWhileAndWhenAKeyIsRefused() throws IOException {
		Path file = this.directory.resolve("credentials");
		AwsKeys keys = keys(new AwsKeySources(Map.of(), file, "work"));
		assertThat(find(keys, 0).problem()).contains("blob 0 has none", file + " cannot be read");
		this.now = this.now.plusSeconds(31);
		Files.writeString(file, """
				# mine
				[default]
				aws_access_key_id = other
				aws_secret_access_key = other
				[work]
				aws_access_key_id = first
				aws_secret_access_key=a=b
				s3 =
				  aws_access_key_id = nested
				""");
		assertThat(find(keys, 0).key()).isEqualTo(new AwsKey("first", "a=b", null));
		Files.writeString(file,
				"[work]\naws_access_key_id = second\naws_secret_access_key = c\naws_session_token = d\n");
		assertThat(find(keys, 0).key()).extracting(AwsKey::id).isEqualTo("first");
		keys.forget();
		assertThat(find(keys, 0).key()).isEqualTo(new AwsKey("second", "c", "d"));
	}

	@Test
	void aProfileWithoutAKeyIsNamed() throws IOException {
		Path file = Files.writeString(this.directory.resolve("credentials"), "[default]\nregion = x\n");
		assertThat(find(keys(new AwsKeySources(Map.of(), file, "default")), 0).problem())
			.endsWith("and " + file + " has no key in profile \"default\"");
	}

	@Test
	void theVariablesOfAwsSayWhereToLook() {
		assertThat(AwsKeySources.of(Map.of(), "/home/me"))
			.isEqualTo(new AwsKeySources(Map.of(), Path.of("/home/me/.aws/credentials"), "default"));
		AwsKeySources told = AwsKeySources
			.of(Map.of("AWS_SHARED_CREDENTIALS_FILE", "/etc/keys", "AWS_PROFILE", "p", "SECRET", "s"), "/home/me");
		assertThat(told.file()).isEqualTo(Path.of("/etc/keys"));
		assertThat(told.profile()).isEqualTo("p");
		assertThat(told.toString()).doesNotContain("SECRET");
	}

}
