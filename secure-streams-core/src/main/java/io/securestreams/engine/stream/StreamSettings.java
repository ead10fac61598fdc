package io.securestreams.engine.stream;

import java.util.List;

import io.securestreams.stream.observe.StreamObserver;

/**
 * What all streams of an engine have in common.
 *
 * @param observers what sees their events
 * @param strict whether a state that must not be announced throws, for tests; otherwise
 * it is logged and dropped
 */
public record StreamSettings(List<StreamObserver> observers, boolean strict) {

	public StreamSettings {
		observers = List.copyOf(observers);
	}

}
