package io.securestreams.demo.broker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who is there, who gets what, and what is retained. Used on the broker's event loop
 * only.
 */
final class TopicRouter {

	static final int MAX_SESSIONS = 32;

	static final int MAX_RETAINED = 64;

	private final Set<BrokerSession> sessions = new LinkedHashSet<>();

	private final Map<String, BrokerSession> clients = new LinkedHashMap<>();

	private final Map<String, Publication> retained = new LinkedHashMap<>();

	/**
	 * Takes in a connection.
	 * @param session what has just been accepted
	 * @return false if there are too many
	 */
	boolean enter(BrokerSession session) {
		return this.sessions.size() < MAX_SESSIONS && this.sessions.add(session);
	}

	/** Ends the connection that had this client id before (MQTT-3.1.4-2). */
	void identify(String clientId, BrokerSession session) {
		BrokerSession before = this.clients.put(clientId, session);
		if (before != null) {
			before.end();
		}
	}

	void leave(BrokerSession session) {
		this.sessions.remove(session);
		this.clients.values().remove(session);
	}

	/** Brings a message to everybody who has subscribed to its topic. */
	void publish(Publication publication) {
		// A copy, as a session that is too far behind leaves
		for (BrokerSession session : List.copyOf(this.sessions)) {
			session.offer(publication);
		}
	}

	/**
	 * Keeps a message for those who subscribe later; an empty one ends that. A new topic
	 * is not kept while there are {@value #MAX_RETAINED}.
	 */
	void retain(Publication publication) {
		if (publication.payload().length == 0) {
			this.retained.remove(publication.topic());
		}
		else if (this.retained.size() < MAX_RETAINED || this.retained.containsKey(publication.topic())) {
			this.retained.put(publication.topic(), publication);
		}
	}

	List<Publication> retained(String filter) {
		List<Publication> found = new ArrayList<>();
		this.retained.forEach((topic, publication) -> {
			if (matches(filter, topic)) {
				found.add(publication);
			}
		});
		return found;
	}

	/** Whether one can publish to this (MQTT 3.1.1 section 4.7). */
	static boolean isTopic(String topic) {
		return !topic.isEmpty() && topic.indexOf('+') < 0 && topic.indexOf('#') < 0 && topic.indexOf('\0') < 0;
	}

	/** Whether one can subscribe to this: + and # stand alone, # at the end. */
	static boolean isFilter(String filter) {
		String[] levels = filter.split("/", -1);
		for (int i = 0; i < levels.length; i++) {
			boolean wildcard = levels[i].equals("+") || (levels[i].equals("#") && i == levels.length - 1);
			if (!wildcard && !levels[i].isEmpty() && !isTopic(levels[i])) {
				return false;
			}
		}
		return !filter.isEmpty();
	}

	/** Whether a filter covers a topic. A first wildcard does not cover $ (4.7.2). */
	static boolean matches(String filter, String topic) {
		String[] wanted = filter.split("/", -1);
		String[] levels = topic.split("/", -1);
		if (topic.startsWith("$") && (wanted[0].equals("+") || wanted[0].equals("#"))) {
			return false;
		}
		for (int i = 0; i < wanted.length; i++) {
			if (wanted[i].equals("#")) {
				return true;
			}
			if (i == levels.length) {
				return false;
			}
			if (!wanted[i].equals("+") && !wanted[i].equals(levels[i])) {
				return false;
			}
		}
		return wanted.length == levels.length;
	}

}
