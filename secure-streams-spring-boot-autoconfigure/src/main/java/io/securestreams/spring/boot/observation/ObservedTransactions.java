package io.securestreams.spring.boot.observation;

import java.util.LinkedHashMap;
import java.util.Map;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.spring.template.TransactionObserver;
import io.securestreams.spring.template.TransactionRequest;
import org.jspecify.annotations.Nullable;

/**
 * Observes each transaction of a template, as a child of what its caller is in the middle
 * of. A trace goes on at the peer where the policy lets it: with metadata that is mapped
 * to the header of the trace ({@code "metadata": [{"trace": "traceparent:"}]}), or
 * {@code direct_proto_str}.
 */
public final class ObservedTransactions implements TransactionObserver {

	private final ObservationRegistry registry;

	private final TransactionObservationConvention convention;

	/**
	 * Makes an observer.
	 * @param registry takes the observations
	 * @param convention names them
	 */
	public ObservedTransactions(ObservationRegistry registry, TransactionObservationConvention convention) {
		this.registry = registry;
		this.convention = convention;
	}

	@Override
	public Following begin(String streamType, @Nullable StreamPolicy policy, TransactionRequest request) {
		if (this.registry.isNoop()) {
			return TransactionObserver.NONE.begin(streamType, policy, request);
		}
		Map<String, String> headers = new LinkedHashMap<>();
		TransactionContext context = new TransactionContext(streamType,
				(policy != null) ? policy.protocol().protocol().policyName() : "proxied", headers);
		Observation observation = Observation.start(this.convention, () -> context, this.registry);
		return new Following((policy != null) ? with(headers, policy, request) : request, (answer, failure) -> {
			if (failure != null) {
				observation.error(failure);
			}
			context.ended(answer);
			observation.stop();
		});
	}

	/** What the application has set itself stays. */
	private static TransactionRequest with(Map<String, String> headers, StreamPolicy policy,
			TransactionRequest request) {
		TransactionRequest more = request;
		for (Map.Entry<String, String> header : headers.entrySet()) {
			String name = TraceHeaders.name(header.getKey(), policy);
			if (name != null && !request.metadata().containsKey(name)) {
				more = more.andWith(name, header.getValue());
			}
		}
		return more;
	}

}
