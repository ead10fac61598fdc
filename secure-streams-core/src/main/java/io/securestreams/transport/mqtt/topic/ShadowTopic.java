package io.securestreams.transport.mqtt.topic;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Topics of AWS IoT by which the shadow of a device is asked for, changed or deleted. The
 * answer comes by two topics below.
 */
public final class ShadowTopic {

	private static final Pattern OPERATION = Pattern
		.compile("\\$aws/things/[^/]+/shadow(?:/name/[^/]+)?/(?:get|update|delete)");

	private ShadowTopic() {
	}

	/**
	 * Tells where answers to a message come.
	 * @param topic the message's topic
	 * @return filters, none if no operation on a shadow has that topic
	 */
	public static List<String> answers(String topic) {
		return OPERATION.matcher(topic).matches() ? List.of(topic + "/accepted", topic + "/rejected") : List.of();
	}

}
