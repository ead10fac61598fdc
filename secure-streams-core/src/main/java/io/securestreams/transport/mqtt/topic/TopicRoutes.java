package io.securestreams.transport.mqtt.topic;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.transport.mqtt.frame.MqttText;
import io.securestreams.transport.mqtt.frame.MqttViolation;

/**
 * Finds where messages go, by the bytes of their topics. What was found lately is
 * remembered, so that a known topic costs neither an object nor a look at the filters.
 * Not for several threads.
 *
 * @param <T> what filters lead to
 */
public final class TopicRoutes<T> {

	/** A power of two. */
	private static final int REMEMBERED = 1024;

	private final TopicTrie<T> filters = new TopicTrie<>();

	private final Route.Maker<T> maker;

	/** With the first look-up. */
	private @Nullable Known<T> @Nullable [] known;

	/**
	 * Makes routes without filters.
	 * @param maker makes a route of what the filters that match lead to
	 */
	public TopicRoutes(Route.Maker<T> maker) {
		this.maker = maker;
	}

	/**
	 * Adds a target.
	 * @param filter a valid filter
	 * @param target what it leads to
	 */
	public void add(String filter, T target) {
		this.filters.add(filter, target);
		this.known = null;
	}

	/**
	 * Removes a target, once.
	 * @param filter as it was added
	 * @param target as it was added
	 */
	public void remove(String filter, T target) {
		this.filters.remove(filter, target);
		this.known = null;
	}

	/**
	 * Finds where a topic leads.
	 * @param source what holds the topic
	 * @param index where it starts
	 * @param length bytes
	 * @return the route; the same one until filters change
	 * @throws MqttViolation if it is no topic
	 */
	public Route<T> find(ByteBuf source, int index, int length) throws MqttViolation {
		int hash = length;
		for (int i = 0; i < length; i++) {
			hash = 31 * hash + source.getByte(index + i);
		}
		int place = (hash ^ hash >>> 16) & (REMEMBERED - 1);
		@Nullable Known<T>[] table = table();
		Known<T> there = table[place];
		if (there != null && there.is(hash, source, index, length)) {
			return there.route;
		}
		String topic = MqttText.decode(source, index, length);
		try {
			TopicFilter.requireTopic(topic);
		}
		catch (IllegalArgumentException ex) {
			throw new MqttViolation(MqttViolation.PROTOCOL_ERROR, "a message for " + ex.getMessage());
		}
		byte[] bytes = new byte[length];
		source.getBytes(index, bytes);
		Known<T> fresh = new Known<>(hash, bytes, route(topic));
		table[place] = fresh;
		return fresh.route;
	}

	/**
	 * Finds where a topic leads.
	 * @param topic a topic
	 * @return the route
	 */
	public Route<T> route(String topic) {
		Set<T> found = new LinkedHashSet<>();
		this.filters.match(topic, found);
		return this.maker.make(topic, List.copyOf(found));
	}

	@SuppressWarnings("unchecked")
	private @Nullable Known<T>[] table() {
		@Nullable Known<T>[] current = this.known;
		if (current == null) {
			current = (@Nullable Known<T>[]) new Known<?>[REMEMBERED];
			this.known = current;
		}
		return current;
	}

	private static final class Known<T> {

		private final int hash;

		private final byte[] topic;

		private final Route<T> route;

		Known(int hash, byte[] topic, Route<T> route) {
			this.hash = hash;
			this.topic = topic;
			this.route = route;
		}

		boolean is(int otherHash, ByteBuf source, int index, int length) {
			if (otherHash != this.hash || length != this.topic.length) {
				return false;
			}
			for (int i = 0; i < length; i++) {
				if (source.getByte(index + i) != this.topic[i]) {
					return false;
				}
			}
			return true;
		}

	}

}
