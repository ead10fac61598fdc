package io.securestreams.policy.json.lint;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.Template;
import io.securestreams.policy.json.keys.EndpointKeys;
import io.securestreams.policy.json.keys.MqttKeys;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.text.Quoted;

/**
 * Finds topics and filters that MQTT does not know (MQTT 3.1.1 section 4.7).
 */
final class MqttLint {

	private static final String SHARED = "$share/";

	private final Suspect suspect;

	MqttLint(Suspect suspect) {
		this.suspect = suspect;
	}

	void check() {
		for (Key<Template> key : MqttKeys.TOPICS) {
			if (this.suspect.isMeant(key)) {
				checkTopic(key, literal(this.suspect.get(key)));
			}
		}
		List<Template> filters = this.suspect.get(MqttKeys.MQTT_SUBSCRIBE);
		if (this.suspect.isMeant(MqttKeys.MQTT_SUBSCRIBE)) {
			for (Template filter : filters) {
				String problem = problem(literal(filter));
				if (problem != null) {
					this.suspect.warn(MqttKeys.MQTT_SUBSCRIBE,
							"filter " + Quoted.of(filter.text()) + " " + problem + ": the stream cannot connect",
							"+ as a level, # as the last one");
				}
			}
		}
		if (filters.isEmpty() && this.suspect.get(MqttKeys.MQTT_TOPIC).text().isEmpty()
				&& this.suspect.isMeant(EndpointKeys.PROTOCOL)) {
			this.suspect.warn(EndpointKeys.PROTOCOL, "the stream can neither publish nor receive",
					"\"mqtt_topic\" or \"mqtt_subscribe\"");
		}
	}

	private void checkTopic(Key<Template> key, String topic) {
		if (topic.indexOf('+') >= 0 || topic.indexOf('#') >= 0) {
			this.suspect.warn(key, Quoted.of(key.name()) + " has a wildcard, and cannot be published to",
					"neither + nor #");
		}
	}

	/** A value of metadata is some text. */
	private static String literal(Template template) {
		return template.expand((symbol) -> "x");
	}

	private static @Nullable String problem(String filter) {
		String pattern = filter;
		if (filter.startsWith(SHARED)) {
			int end = filter.indexOf('/', SHARED.length());
			if (end <= SHARED.length()) {
				return "shares a subscription without a name";
			}
			String name = filter.substring(SHARED.length(), end);
			if (name.indexOf('+') >= 0 || name.indexOf('#') >= 0) {
				return "shares a subscription by a name with a wildcard";
			}
			pattern = filter.substring(end + 1);
		}
		if (pattern.isEmpty()) {
			return "is empty";
		}
		String[] levels = pattern.split("/", -1);
		for (int i = 0; i < levels.length; i++) {
			String level = levels[i];
			boolean wild = level.indexOf('+') >= 0 || level.indexOf('#') >= 0;
			if (wild && !level.equals("+") && !(level.equals("#") && i == levels.length - 1)) {
				return "has a wildcard inside";
			}
		}
		return null;
	}

}
