package io.securestreams.spring.endpoint;

import java.util.List;

/**
 * Where the registry gets its endpoints from.
 */
@FunctionalInterface
public interface StreamHandlerEndpointSource {

	/**
	 * Returns the endpoints; asked once for each start.
	 * @return endpoints, in the order their streams are to be started
	 */
	List<StreamHandlerEndpoint> endpoints();

}
