package io.securestreams.system.auth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A shared credentials file of AWS: profiles in brackets, each with its settings.
 */
final class CredentialsFile {

	/** Nobody has a longer one. */
	private static final int MAX_BYTES = 1 << 20;

	private CredentialsFile() {
	}

	/**
	 * Reads a key.
	 * @param file the file
	 * @param profile name of the profile
	 * @return the key, or {@code null} if the profile has none
	 * @throws IOException if the file cannot be read
	 */
	static @Nullable AwsKey read(Path file, String profile) throws IOException {
		byte[] bytes;
		try (InputStream in = Files.newInputStream(file)) {
			bytes = in.readNBytes(MAX_BYTES + 1);
		}
		if (bytes.length > MAX_BYTES) {
			throw new IOException("longer than " + MAX_BYTES + " bytes");
		}
		return parse(new String(bytes, StandardCharsets.UTF_8), profile);
	}

	static @Nullable AwsKey parse(String text, String profile) {
		Map<String, String> settings = new HashMap<>();
		boolean ours = false;
		for (String line : text.split("\\R")) {
			String setting = line.strip();
			if (setting.isEmpty() || setting.startsWith("#") || setting.startsWith(";")) {
				continue;
			}
			if (setting.startsWith("[")) {
				int end = setting.indexOf(']');
				ours = end > 0 && setting.substring(1, end).strip().equals(profile);
				continue;
			}
			int equals = setting.indexOf('=');
			// What is indented belongs to the setting before it
			if (ours && equals > 0 && !Character.isWhitespace(line.charAt(0))) {
				settings.put(setting.substring(0, equals).strip(), setting.substring(equals + 1).strip());
			}
		}
		String id = settings.get("aws_access_key_id");
		String secret = settings.get("aws_secret_access_key");
		String token = settings.get("aws_session_token");
		if (id == null || id.isEmpty() || secret == null || secret.isEmpty()) {
			return null;
		}
		return new AwsKey(id, secret, (token != null && !token.isEmpty()) ? token : null);
	}

}
