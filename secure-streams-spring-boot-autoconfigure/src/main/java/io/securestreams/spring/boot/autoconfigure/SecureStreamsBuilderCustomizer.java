package io.securestreams.spring.boot.autoconfigure;

import io.securestreams.SecureStreams;

/**
 * Changes how the engine is built. Beans of this type are called in their order; one that
 * is not ordered comes after the one that applies the properties, whose order is 0.
 */
@FunctionalInterface
public interface SecureStreamsBuilderCustomizer {

	/**
	 * Changes the builder.
	 * @param builder builds the engine
	 */
	void customize(SecureStreams.Builder builder);

}
