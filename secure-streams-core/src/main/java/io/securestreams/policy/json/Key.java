package io.securestreams.policy.json;

import org.jspecify.annotations.Nullable;

/**
 * One key that a section of the policy knows.
 *
 * @param <T> type of its value
 * @param index place in a {@link Draft}
 * @param name name in the document
 * @param reader reads the value
 * @param fallback what holds where the document does not have the key, {@code null} if
 * that is to be asked for with {@link Draft#find(Key)}
 * @param scope where the key has an effect
 */
record Key<T>(int index, String name, ValueReader<T> reader, @Nullable T fallback, Scope scope) {

}
