package io.securestreams.spring.endpoint;

import java.util.Set;
import java.util.function.Supplier;

import io.securestreams.stream.StreamHandler;

/**
 * What handles a streamtype: the description from which the registry makes a stream or a
 * listener.
 *
 * @param streamType a name of the policy
 * @param owner who registered it, for messages, for example {@code bean "pageWatcher"}
 * @param metadata names of the metadata the handlers read, which the policy must declare
 * @param handlers gives the handler of each stream
 */
public record StreamHandlerEndpoint(String streamType, String owner, Set<String> metadata,
		Supplier<? extends StreamHandler> handlers) {

	public StreamHandlerEndpoint {
		if (streamType.isBlank()) {
			throw new IllegalArgumentException(owner + " names no streamtype");
		}
		metadata = Set.copyOf(metadata);
	}

	@Override
	public String toString() {
		return "\"" + this.streamType + "\" of " + this.owner;
	}

}
