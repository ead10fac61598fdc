package io.securestreams.stream;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The metadata of one stream: values of the names its policy declares; README section
 * "metadata". May be used from any thread; what is set while a request is being written
 * counts for the next one.
 * <p>
 * What the application sets is sent, and stays until it is replaced or removed. What has
 * been received is read, but never sent, unless the application sets it: after
 * {@code set(name, get(name))} it is. The last of both is what {@link #get} gives:
 * setting or removing a value hides the received one, receiving one hides the one that is
 * set. Received values belong to one transaction or connection; when the next attempt of
 * the stream starts they are gone, and the set ones are there again.
 * <p>
 * A stream that is not fulfilled by a policy of this process takes any name.
 */
public interface StreamMetadata {

	/**
	 * Returns a value.
	 * @param name a declared name; with policy {@code direct_proto_str} also a header
	 * name
	 * @return the value, or {@code null} if none is set
	 * @throws UnknownMetadataException if the name is not declared
	 */
	@Nullable String get(String name);

	/**
	 * Sets a value, which is copied.
	 * @param name a declared name; with policy {@code direct_proto_str} also a header
	 * name
	 * @param value the value
	 * @return this metadata
	 * @throws UnknownMetadataException if the name is not declared
	 * @throws IllegalArgumentException if the name is mapped to a header and the value
	 * has a CR, LF or NUL
	 */
	StreamMetadata set(String name, String value);

	/**
	 * Removes a value.
	 * @param name a declared name
	 * @return this metadata
	 * @throws UnknownMetadataException if the name is not declared
	 */
	StreamMetadata remove(String name);

	/**
	 * Returns the values that are set.
	 * @return a copy, by name in the order of the policy
	 */
	Map<String, String> asMap();

}
