package io.securestreams.spring.boot.health;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.securestreams.SecureStreams;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamFactory;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Health of the streams. They are up unless a stream that the policy wants connected
 * always ({@code nailed_up}) has used up its retries, for nothing but intervention will
 * connect it again. Other streams come and go without harm. Out of service before handler
 * beans have their streams and when these have been stopped.
 */
public class SecureStreamsHealthIndicator extends AbstractHealthIndicator {

	private final StreamFactory streams;

	private final SecureStreamHandlerRegistry registry;

	/**
	 * Makes an indicator.
	 * @param streams where the streams are
	 * @param registry tells whether they run
	 */
	public SecureStreamsHealthIndicator(StreamFactory streams, SecureStreamHandlerRegistry registry) {
		super("Health check of secure streams failed");
		this.streams = streams;
		this.registry = registry;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		if (!this.registry.isRunning()) {
			builder.outOfService();
			return;
		}
		Collection<SecureStream> live = this.streams.streams();
		Map<StreamState, Long> states = live.stream()
			.collect(Collectors.groupingBy(SecureStream::state, TreeMap::new, Collectors.counting()));
		builder.up().withDetail("streams", states).withDetail("servers", this.streams.servers().size());
		if (this.streams instanceof SecureStreams engine && !engine.faults().isEmpty()) {
			builder.withDetail("faultsOnPurpose", engine.faults().keySet());
		}
		List<String> failed = live.stream()
			.filter((stream) -> stream.state() == StreamState.ALL_RETRIES_FAILED)
			.filter(SecureStreamsHealthIndicator::isNailedUp)
			.map(SecureStream::id)
			.toList();
		if (!failed.isEmpty()) {
			builder.down().withDetail("allRetriesFailed", failed);
		}
	}

	private static boolean isNailedUp(SecureStream stream) {
		StreamPolicy policy = stream.policy();
		return policy != null && policy.persistence().nailedUp();
	}

}
