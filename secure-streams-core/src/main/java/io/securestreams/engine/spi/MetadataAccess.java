package io.securestreams.engine.spi;

import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.StreamMetadata;

/**
 * A stream's metadata as transports use it: by position in the policy's declarations,
 * without look-ups by name.
 */
public interface MetadataAccess extends StreamMetadata {

	/**
	 * Returns what is to be sent: the value the application has set for a declaration,
	 * whatever has been received since.
	 * @param index position in {@code StreamPolicy.metadata()}
	 * @return the value, or {@code null} if none is set
	 */
	@Nullable String value(int index);

	/**
	 * Stores what has been received for a declaration. It is what the application reads,
	 * until it sets a value or another transaction starts.
	 * @param index position in {@code StreamPolicy.metadata()}
	 * @param value the value, or {@code null} if there is none after all
	 */
	void receive(int index, @Nullable String value);

	/**
	 * Stores a received header under its own name, for streamtypes with
	 * {@code direct_proto_str}.
	 * @param header header name, lower case, without colon
	 * @param value the value
	 */
	void receiveDirect(String header, String value);

	/**
	 * Gives the headers the application set by their own names
	 * ({@code direct_proto_str}).
	 * @param each called with header name (without colon) and value
	 */
	void forEachDirect(BiConsumer<String, String> each);

	/**
	 * Returns the value of a symbol for {@code Template.expand}: one that is to be sent.
	 * @param name a metadata name
	 * @return the value, empty if declared but unset, {@code null} if undeclared
	 */
	@Nullable String symbol(String name);

	/**
	 * Returns a number that changes whenever the application sets or removes a value, so
	 * that what was built from the values can be kept.
	 * @return the version
	 */
	int version();

}
