package io.securestreams.spring.endpoint;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.UnknownStreamTypeException;

/**
 * What is asked of endpoints before they start.
 */
final class EndpointChecks {

	private EndpointChecks() {
	}

	static Collection<StreamHandlerEndpoint> unique(List<StreamHandlerEndpoint> endpoints) {
		Map<String, StreamHandlerEndpoint> byStreamType = new LinkedHashMap<>();
		for (StreamHandlerEndpoint endpoint : endpoints) {
			StreamHandlerEndpoint other = byStreamType.put(endpoint.streamType(), endpoint);
			if (other != null) {
				throw new StreamHandlerRegistrationException(endpoint.owner(), endpoint.streamType(),
						"it has a handler already, " + other.owner() + " (expected: one handler for each streamtype)",
						null);
			}
		}
		return byStreamType.values();
	}

	static StreamPolicy.Role role(StreamHandlerEndpoint endpoint, Policy policy) {
		StreamPolicy streamPolicy = policy.streamType(endpoint.streamType())
			.orElseThrow(() -> registration(endpoint,
					new UnknownStreamTypeException(endpoint.streamType(), List.copyOf(policy.streamTypes().keySet()))));
		List<String> declared = streamPolicy.metadata().stream().map(MetadataDeclaration::name).toList();
		for (String name : endpoint.metadata()) {
			if (!declared.contains(name) && !streamPolicy.features().directHeaders()) {
				throw new StreamHandlerRegistrationException(endpoint.owner(), endpoint.streamType(),
						"the policy declares no metadata \"" + name + "\" (expected: one of " + declared + ")", null);
			}
		}
		return streamPolicy.role();
	}

	static StreamHandlerRegistrationException registration(StreamHandlerEndpoint endpoint, RuntimeException cause) {
		return new StreamHandlerRegistrationException(endpoint.owner(), endpoint.streamType(),
				String.valueOf(cause.getMessage()), cause);
	}

}
