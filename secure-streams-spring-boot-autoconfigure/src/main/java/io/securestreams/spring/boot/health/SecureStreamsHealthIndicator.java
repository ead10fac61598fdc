package io.securestreams.spring.boot.health;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

import io.securestreams.SecureStreams;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.stream.observe.EventLoopState;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamFactory;

import io.securestreams.system.captiveportal.CaptivePortalDetector;
import io.securestreams.system.captiveportal.CaptivePortalStatus;
import io.securestreams.system.policyfetch.PolicyRefresher;
import io.securestreams.system.policyfetch.PolicyStatus;

/**
 * Health of the streams. They are up unless a stream that the policy wants connected
 * always ({@code nailed_up}) has used up its retries, for nothing but intervention will
 * connect it again, or an event loop is blocked by a handler that does not return, for
 * everything else on it waits. Other streams come and go without harm. Why attempts fail
 * that are still being repeated is a detail: the peer may recover. Out of service before
 * handler beans have their streams and when these have been stopped.
 */
public class SecureStreamsHealthIndicator extends AbstractHealthIndicator {

	/** Most streams whose failures are told. */
	private static final int MAX_FAILURES = 20;

	private final StreamFactory streams;

	private final SecureStreamHandlerRegistry registry;

	private final @Nullable PolicyRefresher refresher;

	private final @Nullable CaptivePortalDetector detector;

	/**
	 * Makes an indicator.
	 * @param streams where the streams are
	 * @param registry tells whether they run
	 */
	public SecureStreamsHealthIndicator(StreamFactory streams, SecureStreamHandlerRegistry registry) {
		this(streams, registry, null, null);
	}

	/**
	 * Makes an indicator.
	 * @param streams where the streams are
	 * @param registry tells whether they run
	 * @param refresher tells how the policy came about, or {@code null}
	 * @param detector tells of the way to the internet, or {@code null}
	 */
	public SecureStreamsHealthIndicator(StreamFactory streams, SecureStreamHandlerRegistry registry,
			@Nullable PolicyRefresher refresher, @Nullable CaptivePortalDetector detector) {
		super("Health check of secure streams failed");
		this.streams = streams;
		this.registry = registry;
		this.refresher = refresher;
		this.detector = detector;
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
			Map<String, String> faults = new TreeMap<>();
			engine.faults().forEach((name, fault) -> faults.put(name, fault.toString()));
			builder.withDetail("faultsOnPurpose", faults);
		}
		addPolicy(builder);
		addCaptivePortal(builder);
		List<String> failed = live.stream()
			.filter((stream) -> stream.state() == StreamState.ALL_RETRIES_FAILED)
			.filter(SecureStreamsHealthIndicator::isNailedUp)
			.map(SecureStream::id)
			.toList();
		if (!failed.isEmpty()) {
			builder.down().withDetail("allRetriesFailed", failed);
		}
		addFailures(builder, live);
		Map<String, Duration> blocked = new TreeMap<>();
		this.streams.eventLoops()
			.stream()
			.filter(EventLoopState::isBlocked)
			.forEach((loop) -> blocked.put(loop.thread(), loop.blockedFor()));
		if (!blocked.isEmpty()) {
			builder.down().withDetail("eventLoopsBlocked", blocked);
		}
	}

	/** Of streams whose last attempt has failed, or that are to be connected always. */
	private static void addFailures(Health.Builder builder, Collection<SecureStream> live) {
		Map<String, String> failures = new TreeMap<>();
		for (SecureStream stream : live) {
			StreamFailure failure = stream.lastFailure();
			if (failure != null && (failure.unsent() || isNailedUp(stream)) && failures.size() < MAX_FAILURES) {
				failures.put(stream.id(), failure.phase() + ": " + failure.message());
			}
		}
		if (!failures.isEmpty()) {
			builder.withDetail("failures", failures);
		}
	}

	/** A policy that cannot be fetched is no harm as long as there is one. */
	private void addPolicy(Health.Builder builder) {
		Set<String> waiting = this.registry.waiting();
		if (!waiting.isEmpty()) {
			builder.withDetail("waitingForPolicy", waiting);
		}
		// Where a test has put a mock in its place, there is no status
		PolicyStatus status = (this.refresher != null) ? this.refresher.status() : null;
		if (status != null && status.fetching()) {
			Map<String, Object> details = new LinkedHashMap<>();
			details.put("origin", status.origin());
			details.put("loadedAt", status.loadedAt());
			if (status.lastFetch() != null) {
				details.put("lastFetch", status.lastFetch().toString());
			}
			details.put("failures", status.failures());
			builder.withDetail("policy", details);
		}
	}

	private void addCaptivePortal(Health.Builder builder) {
		CaptivePortalStatus status = (this.detector != null) ? this.detector.status() : null;
		if (status != null && status.available()) {
			builder.withDetail("captivePortal", status.state().text());
		}
	}

	private static boolean isNailedUp(SecureStream stream) {
		StreamPolicy policy = stream.policy();
		return policy != null && policy.persistence().nailedUp();
	}

}
