package io.securestreams.spring.endpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import io.securestreams.stream.StreamHandler;

/**
 * Collects what handles which streamtype.
 */
public final class StreamHandlerEndpointRegistrar {

	private final List<StreamHandlerEndpoint> endpoints = new ArrayList<>();

	StreamHandlerEndpointRegistrar() {
	}

	/**
	 * Registers one handler for all streams of a streamtype.
	 * @param streamType a name of the policy
	 * @param handler the handler, called on the streams' event loops
	 * @return this registrar
	 */
	public StreamHandlerEndpointRegistrar register(String streamType, StreamHandler handler) {
		return register(new StreamHandlerEndpoint(streamType, owner(handler), Set.of(), () -> handler));
	}

	/**
	 * Registers a handler for each stream of a streamtype.
	 * @param streamType a name of the policy
	 * @param handlers gives the handler of each stream, called on its event loop
	 * @return this registrar
	 */
	public StreamHandlerEndpointRegistrar registerPerStream(String streamType,
			Supplier<? extends StreamHandler> handlers) {
		return register(new StreamHandlerEndpoint(streamType, owner(handlers), Set.of(), handlers));
	}

	/**
	 * Registers an endpoint.
	 * @param endpoint the endpoint
	 * @return this registrar
	 */
	public StreamHandlerEndpointRegistrar register(StreamHandlerEndpoint endpoint) {
		this.endpoints.add(endpoint);
		return this;
	}

	List<StreamHandlerEndpoint> endpoints() {
		return List.copyOf(this.endpoints);
	}

	private static String owner(Object source) {
		return source.getClass().getName();
	}

}
