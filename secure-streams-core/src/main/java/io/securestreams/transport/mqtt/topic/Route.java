package io.securestreams.transport.mqtt.topic;

import java.util.List;

/**
 * Where messages of one topic go.
 *
 * @param topic the topic
 * @param targets those who get each message once
 * @param others who get messages besides, of subscriptions of their own
 * @param <T> what filters lead to
 */
public record Route<T>(String topic, List<T> targets, List<T> others) {

	/**
	 * Makes routes of what filters lead to.
	 *
	 * @param <T> what filters lead to
	 */
	@FunctionalInterface
	public interface Maker<T> {

		/**
		 * Makes a route.
		 * @param topic the topic
		 * @param found whatever the filters that match it lead to, each once
		 * @return the route
		 */
		Route<T> make(String topic, List<T> found);

	}

}
