package io.securestreams.system.auth;

import java.nio.file.Path;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Where access keys of AWS are looked for when the system blobs have none: in the
 * variables of the environment, then in the shared credentials file.
 *
 * @param environment variables of the environment, empty for none
 * @param file the shared credentials file, or {@code null} for none
 * @param profile its profile
 */
public record AwsKeySources(Map<String, String> environment, @Nullable Path file, String profile) {

	/** Profile of those who name none. */
	public static final String DEFAULT_PROFILE = "default";

	/** Nowhere else. */
	public static final AwsKeySources NONE = new AwsKeySources(Map.of(), null, DEFAULT_PROFILE);

	public AwsKeySources {
		environment = Map.copyOf(environment);
	}

	/**
	 * Looks where the tools of AWS look: {@code AWS_ACCESS_KEY_ID},
	 * {@code AWS_SECRET_ACCESS_KEY} and {@code AWS_SESSION_TOKEN}; then
	 * {@code ~/.aws/credentials} or what {@code AWS_SHARED_CREDENTIALS_FILE} names, there
	 * the profile that {@code AWS_PROFILE} names.
	 * @param environment variables of the environment
	 * @param home home directory of the user, or {@code null} if there is none
	 * @return the sources
	 */
	public static AwsKeySources of(Map<String, String> environment, @Nullable String home) {
		String file = environment.get("AWS_SHARED_CREDENTIALS_FILE");
		Path path = (file != null && !file.isBlank()) ? Path.of(file)
				: (home != null && !home.isBlank()) ? Path.of(home, ".aws", "credentials") : null;
		String profile = environment.get("AWS_PROFILE");
		return new AwsKeySources(environment, path,
				(profile != null && !profile.isBlank()) ? profile : DEFAULT_PROFILE);
	}

	/** Without values. */
	@Override
	public String toString() {
		return "AwsKeySources[file=" + this.file + ", profile=" + this.profile + "]";
	}

}
