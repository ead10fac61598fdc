package io.securestreams.demo.client;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.convert.DurationStyle;

import io.securestreams.stream.adapter.MessageSource;

/**
 * What the command line asks for.
 *
 * @param stream the streamtype
 * @param message what to send, or {@code null} for nothing
 * @param metadata values to set before connecting
 * @param timeout how long it all may take, or {@code null} for the policy's
 * {@code timeout_ms}
 */
record ClientOptions(String stream, @Nullable MessageSource message, Map<String, String> metadata,
		@Nullable Duration timeout) {

	private static final String USAGE = "--stream=NAME [--send=TEXT|--send-file=FILE] [--metadata=NAME=VALUE ...]"
			+ " [--timeout=5s]";

	/** Options of the client; whatever else is given belongs to Spring Boot. */
	private static final Set<String> SINGLE = Set.of("stream", "send", "send-file", "timeout");

	/**
	 * Reads the command line.
	 * @param arguments the command line
	 * @return the options
	 * @throws IllegalArgumentException if it makes no sense; the message is for the user
	 */
	static ClientOptions parse(ApplicationArguments arguments) {
		if (!arguments.getNonOptionArgs().isEmpty()) {
			throw new IllegalArgumentException(
					"unexpected argument \"" + arguments.getNonOptionArgs().get(0) + "\" (expected: " + USAGE + ")");
		}
		SINGLE.forEach((name) -> single(arguments, name));
		String stream = single(arguments, "stream");
		if (stream == null || stream.isEmpty()) {
			throw new IllegalArgumentException("no streamtype given (expected: " + USAGE + ")");
		}
		return new ClientOptions(stream, message(arguments), metadata(arguments), timeout(arguments));
	}

	private static @Nullable MessageSource message(ApplicationArguments arguments) {
		String text = single(arguments, "send");
		String file = single(arguments, "send-file");
		if (text != null && file != null) {
			throw new IllegalArgumentException("both --send and --send-file given (expected: one of them)");
		}
		if (file != null) {
			try {
				return MessageSource.of(Path.of(file));
			}
			catch (IOException ex) {
				throw new IllegalArgumentException("cannot read --send-file=" + file + ": " + ex, ex);
			}
		}
		return (text != null) ? MessageSource.of(text) : null;
	}

	private static Map<String, String> metadata(ApplicationArguments arguments) {
		Map<String, String> metadata = new LinkedHashMap<>();
		List<String> values = arguments.getOptionValues("metadata");
		for (String value : (values != null) ? values : List.<String>of()) {
			int equals = value.indexOf('=');
			if (equals < 1) {
				throw new IllegalArgumentException("--metadata=" + value + " (expected: --metadata=NAME=VALUE)");
			}
			metadata.put(value.substring(0, equals), value.substring(equals + 1));
		}
		return metadata;
	}

	private static @Nullable Duration timeout(ApplicationArguments arguments) {
		String text = single(arguments, "timeout");
		if (text == null) {
			return null;
		}
		try {
			Duration timeout = DurationStyle.detectAndParse(text);
			if (timeout.toMillis() > 0) {
				return timeout;
			}
		}
		catch (IllegalArgumentException | ArithmeticException ex) {
			// told below
		}
		throw new IllegalArgumentException(
				"--timeout=" + text + " (expected: a positive time such as 500ms, 5s or 2m)");
	}

	private static @Nullable String single(ApplicationArguments arguments, String name) {
		List<String> values = arguments.getOptionValues(name);
		if (values == null) {
			return null;
		}
		if (values.size() != 1) {
			throw new IllegalArgumentException(
					"--" + name + " given " + values.size() + " times with a value (expected: once, --" + name + "=…)");
		}
		return values.get(0);
	}

}
