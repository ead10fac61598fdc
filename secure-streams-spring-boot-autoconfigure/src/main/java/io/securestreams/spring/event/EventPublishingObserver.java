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

	private final EventPublication states;

	private final EventPublication policies;

	/**
	 * Makes an observer.
	 * @param publisher takes the events
	 */
	public EventPublishingObserver(ApplicationEventPublisher publisher) {
		this.states = new EventPublication(publisher, SecureStreamStateEvent.class);
		this.policies = new EventPublication(publisher, PolicyChangedEvent.class);
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		if (this.states.isListenedTo()) {
			this.states.publish(new SecureStreamStateEvent(stream, state, ordinal));
		}
	}

	@Override
	public void onPolicyChanged(Policy before, Policy after) {
		if (this.policies.isListenedTo()) {
			this.policies.publish(new PolicyChangedEvent(before, after));
		}
	}

}
