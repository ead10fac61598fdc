package io.securestreams.spring.event;

import io.securestreams.policy.Policy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.observe.StreamObserver;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes what an engine's observer sees, as far as somebody listens.
 */
public class EventPublishingObserver implements StreamObserver {

	private final ApplicationEventPublisher publisher;

	private final EventAudience states;

	private final EventAudience policies;

	/**
	 * Makes an observer.
	 * @param publisher takes the events
	 */
	public EventPublishingObserver(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
		this.states = new EventAudience(publisher, SecureStreamStateEvent.class);
		this.policies = new EventAudience(publisher, PolicyChangedEvent.class);
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		if (this.states.isListening()) {
			this.publisher.publishEvent(new SecureStreamStateEvent(stream, state, ordinal));
		}
	}

	@Override
	public void onPolicyChanged(Policy before, Policy after) {
		if (this.policies.isListening()) {
			this.publisher.publishEvent(new PolicyChangedEvent(before, after));
		}
	}

}
