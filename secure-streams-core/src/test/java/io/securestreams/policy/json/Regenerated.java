package io.securestreams.policy.json;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A file in the repository that is made from the table of keys. With the system property
 * {@code policy.regenerate} it is written, otherwise compared.
 */
final class Regenerated {

	private static final boolean WRITE = System.getProperty("policy.regenerate") != null;

	private Regenerated() {
	}

	/**
	 * Compares a file with what it should be, or makes it so.
	 * @param file the file, from the module's directory
	 * @param expected what it should be
	 */
	static void check(Path file, String expected) {
		try {
			if (WRITE) {
				Files.createDirectories(file.toAbsolutePath().getParent());
				Files.writeString(file, expected);
			}
			assertThat(Files.readString(file)).as("%s; CONTRIBUTING.md says how to make it anew", file)
				.isEqualTo(expected);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
