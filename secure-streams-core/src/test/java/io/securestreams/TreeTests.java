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

	private static final int MAX_FILES = 25;

	/** Rooms that are fuller already, and are not to grow. */
	private static final Map<String, Integer> FULLER = Map.of("proxy/server", 26, "proxy/client", 26);

	@Test
	void noFileOfTheEngineIsTwoThings() throws IOException {
		assertThat(sources(MAIN.resolve("engine"))).isNotEmpty()
			.allSatisfy((file) -> assertThat(lines(file)).as(file.toString()).isLessThanOrEqualTo(MAX_LINES));
	}

	@Test
	void noPackageIsACrowd() throws IOException {
		Map<Path, Long> files = sources(MAIN).stream()
			.collect(Collectors.groupingBy(Path::getParent, Collectors.counting()));
		assertThat(files).isNotEmpty()
			.allSatisfy((room, count) -> assertThat(count).as(room.toString())
				.isLessThanOrEqualTo(FULLER.getOrDefault(MAIN.relativize(room).toString(), MAX_FILES)));
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
