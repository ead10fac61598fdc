package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.securestreams.transport.mqtt.topic.FilterRelation;

/**
 * A topic filter that streams of a session want, and what the broker has been told of it.
 */
final class Subscription {

	/** Granted nothing. */
	static final int NONE = -1;

	final String filter;

	/** Number in MQTT 5, if {@link #numbered}. */
	final int identifier;

	final boolean wild;

	final boolean shared;

	final Set<MqttClientTransport> members = new LinkedHashSet<>();

	/** Others whose topics include all of its own. */
	final List<Subscription> wider = new ArrayList<>(0);

	/** Others all of whose topics are among its own. */
	final List<Subscription> narrower = new ArrayList<>(0);

	/** Highest QoS that has been asked for and granted. */
	int granted = NONE;

	/** Highest QoS that somebody has wanted. */
	int wanted;

	/** Number of the SUBSCRIBE that is under way, or 0. */
	int asked;

	int askedQos;

	/** Has to be asked for again, for somebody who has come late. */
	boolean again;

	/** So many filters that this one covers are being ended. */
	int ending;

	/** Whether messages have to say that they are of it. */
	boolean numbered;

	/** Only there as a cover; what else it brings nobody waits for. */
	boolean idle;

	/** Nothing may rely on it as a cover any more. */
	boolean yielding;

	Subscription(String filter, int identifier) {
		this.filter = filter;
		this.identifier = identifier;
		this.wild = FilterRelation.isWild(filter);
		this.shared = FilterRelation.isShared(filter);
	}

	boolean isUsed() {
		return !this.members.isEmpty();
	}

	boolean isGranted() {
		return this.granted != NONE;
	}

	/** Whether all topics of another one are among its own, and those are no share. */
	boolean isWiderThan(Subscription other) {
		return this != other && this.wild && !this.shared && !other.shared
				&& FilterRelation.covers(this.filter, other.filter);
	}

	/** Whether those that are {@link #narrower} can do without the broker. */
	boolean isCover() {
		return !this.yielding && (isUsed() || isGranted() || this.asked != 0);
	}

	boolean covers(Subscription other) {
		return isCover() && other.wider.contains(this);
	}

	/** There is a new connection. */
	void renew(boolean remembered) {
		if (!remembered || this.asked != 0) {
			this.granted = NONE;
		}
		this.asked = 0;
		this.again = false;
		this.ending = 0;
		this.yielding = false;
		this.wanted = this.members.stream().mapToInt(MqttClientTransport::qos).max().orElse(0);
	}

}
