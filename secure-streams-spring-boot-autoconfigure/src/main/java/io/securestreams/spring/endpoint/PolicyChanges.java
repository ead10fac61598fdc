package io.securestreams.spring.endpoint;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.securestreams.policy.Policy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.observe.StreamObserver;
import io.securestreams.stream.StreamState;

/**
 * Passes on that there is a new policy. Given to the engine as an observer when it is
 * built, so that what is made after the engine can hear of it.
 */
public class PolicyChanges implements StreamObserver {

	private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

	void listener(Runnable listener) {
		this.listeners.add(listener);
	}

	void remove(Runnable listener) {
		this.listeners.remove(listener);
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
	}

	@Override
	public void onPolicyChanged(Policy before, Policy after) {
		this.listeners.forEach(Runnable::run);
	}

}
