package io.securestreams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The figures of the source tree: what has grown beyond them is two things, or a room.
 */
class TreeTests {

	private static final Path MAIN = Path.of("src/main/java/io/securestreams");

	private static final int MAX_LINES = 400;

	/** Of twenty files one may have more. */
	private static final int MANY_LINES = 300;

	private static final int MAX_FILES = 25;

	@Test
	void noFileIsTwoThings() throws IOException {
		assertThat(sources(MAIN)).isNotEmpty()
			.allSatisfy((file) -> assertThat(lines(file)).as(file.toString()).isLessThanOrEqualTo(MAX_LINES));
	}

	@Test
	void fewFilesAreLong() throws IOException {
		List<Path> all = sources(MAIN);
		assertThat(all).filteredOn((file) -> lines(file) > MANY_LINES).hasSizeLessThanOrEqualTo(all.size() / 20);
	}

	@Test
	void noPackageIsACrowd() throws IOException {
		Map<Path, Long> files = sources(MAIN).stream()
			.collect(Collectors.groupingBy(Path::getParent, Collectors.counting()));
		assertThat(files).isNotEmpty()
			.allSatisfy((room, count) -> assertThat(count).as(room.toString()).isLessThanOrEqualTo(MAX_FILES));
	}

	@Test
	void everyPackageSaysWhatItIsAndWhatMayBeNull() throws IOException {
		assertThat(sources(MAIN)).map(Path::getParent).allSatisfy((room) -> {
			Path info = room.resolve("package-info.java");
			assertThat(info).exists();
			assertThat(Files.readString(info)).startsWith("/**").contains("@NullMarked");
		});
	}

	private static List<Path> sources(Path root) throws IOException {
		try (Stream<Path> files = Files.walk(root)) {
			return files.filter((file) -> file.toString().endsWith(".java")).toList();
		}
	}

	private static int lines(Path file) {
		try {
			return Files.readAllLines(file).size();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
