package io.securestreams.transport.http;

import java.util.function.BiConsumer;

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
	 * Gives all fields in the order received.
	 * @param each called with lower case name and value
	 */
	void forEach(BiConsumer<String, String> each);

}
