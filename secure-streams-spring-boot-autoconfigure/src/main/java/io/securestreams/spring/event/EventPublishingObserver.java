package io.securestreams.spring.event;

import org.springframework.context.ApplicationEventPublisher;

import io.securestreams.policy.Policy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamObserver;
import io.securestreams.stream.StreamState;

/**
 * Publishes what an engine's observer sees.
 */
public class EventPublishingObserver implements StreamObserver {

	private final ApplicationEventPublisher publisher;

	/**
	 * Makes an observer.
	 * @param publisher takes the events
	 */
	public EventPublishingObserver(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		this.publisher.publishEvent(new SecureStreamStateEvent(stream, state, ordinal));
	}

	@Override
	public void onPolicyChanged(Policy before, Policy after) {
		this.publisher.publishEvent(new PolicyChangedEvent(before, after));
	}

}
