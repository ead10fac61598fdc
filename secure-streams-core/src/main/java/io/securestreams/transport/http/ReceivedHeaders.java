package io.securestreams.transport.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The header fields of a message that has been received.
 */
public interface ReceivedHeaders {

	/**
	 * Returns the first value of a field.
	 * @param name field name, lower case
	 * @return the value without surrounding blanks, or {@code null} if there is no such
	 * field
	 */
	@Nullable String first(String name);

	/**
	 * Returns the first value of a field whose characters may mean anything.
	 * @param name field name, lower case
	 * @return the value, a character for each octet, or {@code null} if there is no such
	 * field
	 */
	default @Nullable String octets(String name) {
		String value = first(name);
		return (value != null) ? new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1) : null;
	}

	/**
	 * Gives all fields in the order received.
	 * @param each called with lower case name and value
	 */
	void forEach(BiConsumer<String, String> each);

	/**
	 * Keeps the fields for later, at little expense, for hardly anybody asks for them.
	 * @return gives all fields, by lower case name in the order received, unmodifiable;
	 * of any thread, and for as long as it is held
	 */
	default Supplier<Map<String, List<String>>> keep() {
		Map<String, List<String>> fields = new LinkedHashMap<>();
		forEach((name, value) -> fields.computeIfAbsent(name, (unseen) -> new ArrayList<>(1)).add(value));
		fields.replaceAll((name, values) -> List.copyOf(values));
		Map<String, List<String>> kept = Collections.unmodifiableMap(fields);
		return () -> kept;
	}

	/**
	 * Keeps the fields as {@link #keep()} does, at less expense if they are the same as
	 * those of the message before.
	 * @param before what has been kept of it, or {@code null}
	 * @return {@code before} if the fields are known to be the same
	 */
	default Supplier<Map<String, List<String>>> keep(@Nullable Supplier<Map<String, List<String>>> before) {
		return keep();
	}

}
