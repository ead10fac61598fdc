package io.securestreams.spring.boot.observation;

import java.util.Locale;

import io.micrometer.observation.transport.Propagator;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStream;
import org.jspecify.annotations.Nullable;

/**
 * Headers of traces among the metadata: those that the policy maps to metadata
 * ({@code "metadata": [{"trace": "traceparent:"}]}), or all, with
 * {@code direct_proto_str}.
 */
final class TraceHeaders implements Propagator.Getter<SecureStream> {

	static final TraceHeaders RECEIVED = new TraceHeaders();

	private TraceHeaders() {
	}

	/** The metadata that travels as this header, if there is one. */
	static @Nullable String name(String header, StreamPolicy policy) {
		String wanted = header.toLowerCase(Locale.ROOT);
		for (MetadataDeclaration declared : policy.metadata()) {
			if (declared.isHeader() && declared.headerName().equals(wanted)) {
				return declared.name();
			}
		}
		return policy.features().directHeaders() ? header : null;
	}

	@Override
	public @Nullable String get(SecureStream stream, String header) {
		StreamPolicy policy = stream.policy();
		String name = (policy != null) ? name(header, policy) : null;
		return (name != null) ? stream.metadata().get(name) : null;
	}

}
