package io.securestreams.transport.http1;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The header fields of a head that has been checked, as bytes; text when it is asked for.
 */
final class KeptFields implements Supplier<Map<String, List<String>>> {

	/** Lines that end with CRLF. */
	private final byte[] lines;

	KeptFields(byte[] lines) {
		this.lines = lines;
	}

	/** Whether these are the same lines. */
	boolean equal(byte[] bytes, int from, int to) {
		return Arrays.equals(this.lines, 0, this.lines.length, bytes, from, to);
	}

	@Override
	public Map<String, List<String>> get() {
		Map<String, List<String>> fields = new LinkedHashMap<>();
		int from = 0;
		while (from < this.lines.length) {
			int colon = from;
			while (this.lines[colon] != ':') {
				colon++;
			}
			int end = colon;
			while (this.lines[end] != '\r') {
				end++;
			}
			String name = text(from, colon).toLowerCase(Locale.ROOT);
			fields.computeIfAbsent(name, (unseen) -> new ArrayList<>(1)).add(text(colon + 1, end).strip());
			from = end + 2;
		}
		fields.replaceAll((name, values) -> List.copyOf(values));
		return Collections.unmodifiableMap(fields);
	}

	private String text(int from, int to) {
		return new String(this.lines, from, to - from, StandardCharsets.UTF_8);
	}

}
