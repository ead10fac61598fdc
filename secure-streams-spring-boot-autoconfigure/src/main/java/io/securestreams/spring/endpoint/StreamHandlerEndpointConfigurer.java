package io.securestreams.spring.endpoint;

/**
 * Registers handlers by program, where annotations are not enough: streamtypes that are
 * known only at run time, handlers that are not beans. Every bean of this type is asked
 * once for each start.
 */
@FunctionalInterface
public interface StreamHandlerEndpointConfigurer {

	/**
	 * Registers handlers.
	 * @param registrar takes them
	 */
	void configure(StreamHandlerEndpointRegistrar registrar);

}
