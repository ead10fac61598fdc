package io.securestreams.transport.mqtt;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.policy.MqttPolicy;
import io.securestreams.policy.Template;
import io.securestreams.stream.PrintableText;
import io.securestreams.transport.mqtt.frame.MqttText;
import io.securestreams.transport.mqtt.settings.TopicSymbols;
import io.securestreams.transport.mqtt.topic.ShadowTopic;
import io.securestreams.transport.mqtt.topic.TopicFilter;

/**
 * What a stream listens to: the filters of its policy as long as it is connected, and
 * answers of device shadows until they have come. On the stream's executor.
 */
final class WantedFilters {

	private static final Logger log = LoggerFactory.getLogger(WantedFilters.class);

	/**
	 * Most topics that are remembered; retained messages of further ones may come again.
	 */
	private static final int MAX_RETAINED = 1024;

	/** AWS IoT takes 50 filters of a connection, and an answer has two. */
	private static final int MAX_SHADOWS = 25;

	/** How long an answer of a device shadow is waited for. */
	private static final long ANSWER_MILLIS = 60_000;

	/** Characters of a topic in the log. */
	private static final int MAX_TOPIC = 256;

	private final MqttClientTransport member;

	private final ClientLink link;

	private final MqttPolicy policy;

	private List<String> filters = List.of();

	/** Topics of retained messages that the handler has had on this connection. */
	private final Set<String> retained = new HashSet<>(0);

	/** By the topic that is published to, oldest first. */
	private final Map<String, Shadow> shadows = new LinkedHashMap<>(0);

	private boolean ambiguous;

	private boolean warned;

	WantedFilters(MqttClientTransport member, MqttPolicy policy) {
		this.member = member;
		this.link = member.link();
		this.policy = policy;
	}

	/**
	 * There is another attempt.
	 * @throws IllegalArgumentException if a filter cannot be subscribed to
	 */
	void expand() {
		this.retained.clear();
		List<String> expanded = new ArrayList<>();
		for (Template filter : this.policy.subscribe()) {
			String text = TopicSymbols.expand(filter, this.link.metadata());
			MqttText.encode(text);
			TopicFilter.requireFilter(text);
			if (!expanded.contains(text)) {
				expanded.add(text);
			}
		}
		this.ambiguous = expanded.stream()
			.anyMatch((one) -> expanded.stream().anyMatch((other) -> Covers.clash(one, other)));
		if (this.ambiguous && !this.policy.options().isVersion5() && !this.warned) {
			this.warned = true;
			log.warn("[{}] a broker may send messages twice that several of {} match (expected: \"mqtt_version\": 5, "
					+ "which tells copies apart)", this.link.tag(), expanded);
		}
		this.filters = expanded;
	}

	/** Those of the policy. */
	List<String> filters() {
		return this.filters;
	}

	/** Whether copies of a message may come by several of the filters. */
	boolean isAmbiguous() {
		return this.ambiguous;
	}

	/**
	 * A retained message has come.
	 * @param topic its topic
	 * @return whether it is the first one of that topic
	 */
	boolean takesRetained(String topic) {
		return (this.retained.size() < MAX_RETAINED) ? this.retained.add(topic) : !this.retained.contains(topic);
	}

	/**
	 * A message is going to be published: listens to where a device shadow answers.
	 * @param encoded its topic
	 * @param subscriptions of the session
	 * @return whether the broker knows; else {@link MqttClientTransport#listening}
	 * follows
	 */
	boolean isListening(byte[] encoded, Subscriptions subscriptions) {
		if (!this.policy.awsIot()) {
			return true;
		}
		String topic = new String(encoded, StandardCharsets.UTF_8);
		List<String> answers = ShadowTopic.answers(topic);
		if (answers.isEmpty()) {
			return true;
		}
		Shadow shadow = this.shadows.get(topic);
		if (shadow == null) {
			if (this.shadows.size() == MAX_SHADOWS) {
				quit(this.shadows.keySet().iterator().next());
			}
			shadow = new Shadow(answers);
			this.shadows.put(topic, shadow);
			for (String answer : answers) {
				subscriptions.listen(this.member, answer);
			}
		}
		return this.shadows.get(topic) == shadow
				&& answers.stream().allMatch((answer) -> subscriptions.isListening(this.member, answer));
	}

	/** A message has been published, which may have an answer. */
	void published(byte[] encoded) {
		if (this.shadows.isEmpty()) {
			return;
		}
		String topic = new String(encoded, StandardCharsets.UTF_8);
		Shadow shadow = this.shadows.get(topic);
		if (shadow != null) {
			shadow.expected++;
			shadow.stopTimer();
			shadow.deadline = this.link.executor().schedule(() -> {
				shadow.deadline = null;
				log.warn("[{}] no answer to {} within {} ms", this.link.tag(), PrintableText.of(topic, MAX_TOPIC),
						ANSWER_MILLIS);
				quit(topic);
			}, ANSWER_MILLIS);
		}
	}

	/** The handler has had a message, which may be the answer of a device shadow. */
	void received(String topic) {
		if (this.shadows.isEmpty()) {
			return;
		}
		for (Map.Entry<String, Shadow> each : this.shadows.entrySet()) {
			Shadow shadow = each.getValue();
			if (shadow.answers.contains(topic)) {
				if (shadow.expected > 0 && --shadow.expected == 0) {
					quit(each.getKey());
				}
				return;
			}
		}
	}

	private void quit(String topic) {
		Shadow shadow = this.shadows.remove(topic);
		if (shadow != null) {
			shadow.stopTimer();
			this.member.quit(shadow.answers);
		}
	}

	/**
	 * The stream has left the connection.
	 * @return what it listened to besides the filters of the policy
	 */
	List<String> leave() {
		List<String> left = new ArrayList<>(0);
		this.shadows.values().forEach((shadow) -> {
			shadow.stopTimer();
			left.addAll(shadow.answers);
		});
		this.shadows.clear();
		return left;
	}

	/** Where a device shadow answers. */
	private static final class Shadow {

		private final List<String> answers;

		/** So many messages have not been answered. */
		private int expected;

		private StreamExecutor.@Nullable Timer deadline;

		Shadow(List<String> answers) {
			this.answers = answers;
		}

		private void stopTimer() {
			if (this.deadline != null) {
				this.deadline.cancel();
				this.deadline = null;
			}
		}

	}

}
