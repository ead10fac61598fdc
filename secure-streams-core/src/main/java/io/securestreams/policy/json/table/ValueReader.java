package io.securestreams.policy.json.table;

import io.securestreams.policy.json.text.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * Turns the value of one key into what the policy holds.
 *
 * @param <T> type of the result
 */
@FunctionalInterface
public interface ValueReader<T> {

	/**
	 * Reads a value.
	 * @param value the value as it stands in the document
	 * @param document the document being read, for references and for problems
	 * @return the result, or {@code null} if the value is wrong, which has been reported
	 */
	@Nullable T read(JsonValue value, DocumentContext document);

}
