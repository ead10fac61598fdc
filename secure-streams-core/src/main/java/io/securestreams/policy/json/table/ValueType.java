package io.securestreams.policy.json.table;

/**
 * What the value of a key looks like.
 *
 * @param <T> type of what is read from it
 * @param text says it to people, for the reference
 * @param schema says it to editors: a JSON Schema, whose {@code $defs} stand in the
 * published one
 * @param reader reads it
 */
public record ValueType<T>(String text, String schema, ValueReader<T> reader) {

}
