package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import io.securestreams.transport.mqtt.topic.FilterRelation;

/**
 * Filters that stand for others, whose topics are among their own: nothing tells the
 * copies of a message apart that a broker may send for each filter, so it is told of the
 * wide one alone. On the session's executor.
 */
final class Covers {

	/** Messages that nobody wants, before a cover that is only in the way goes. */
	private static final int MAX_UNWANTED = 100;

	/** Those with wildcards. */
	private final List<Subscription> wild = new ArrayList<>();

	private int unwanted;

	void add(Subscription subscription) {
		if (subscription.wild && !subscription.shared) {
			this.wild.add(subscription);
		}
	}

	void remove(Subscription subscription) {
		this.wild.remove(subscription);
	}

	/** The widest filter by which messages of another one come; it may be that itself. */
	Subscription carrier(Subscription subscription) {
		Subscription found = subscription;
		for (int i = 0; i < this.wild.size(); i++) {
			Subscription each = this.wild.get(i);
			if (each.covers(found)) {
				found = each;
			}
		}
		return found;
	}

	/**
	 * Whether the broker has to know a filter although no stream has it any more. A
	 * message could be lost or come twice while the filters that it stands for take its
	 * place, so that is done only if it is a burden.
	 */
	boolean isNeeded(Subscription subscription, Collection<Subscription> all) {
		return subscription.wild && (subscription.isGranted() || subscription.asked != 0)
				&& all.stream().anyMatch((each) -> each.isUsed() && !each.isGranted() && carrier(each) == subscription);
	}

	/** A cover needs the QoS of those it stands for. */
	void raise(Subscription cover, Collection<Subscription> all) {
		if (cover.wild && !cover.shared) {
			for (Subscription each : all) {
				if (each.isUsed() && each.wanted > cover.wanted && cover.covers(each)) {
					cover.wanted = each.wanted;
				}
			}
		}
	}

	/** Whether a topic is of interest to nobody but a cover. */
	boolean isIdle(String topic) {
		for (Subscription cover : this.wild) {
			if (cover.idle && FilterRelation.covers(cover.filter, topic)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * A message has come that nobody wants.
	 * @param all subscriptions
	 * @return whether covers that no stream has are to yield to what they cover
	 */
	boolean isUnwanted(Collection<Subscription> all) {
		if (++this.unwanted <= MAX_UNWANTED) {
			return false;
		}
		this.unwanted = 0;
		boolean found = false;
		for (Subscription cover : this.wild) {
			if (!cover.isUsed() && !cover.yielding && isNeeded(cover, all)) {
				cover.yielding = true;
				found = true;
			}
		}
		return found;
	}

	/** Covers that have yielded to what they covered. */
	List<Subscription> yielded(Collection<Subscription> all) {
		List<Subscription> found = new ArrayList<>();
		for (Subscription cover : this.wild) {
			if (cover.yielding && !cover.isUsed() && cover.isGranted()
					&& all.stream()
						.noneMatch((each) -> each.isUsed() && !carrier(each).isGranted()
								&& FilterRelation.covers(cover.filter, each.filter))) {
				found.add(cover);
			}
		}
		return found;
	}

	/** Whether filters overlap with others although neither covers the other. */
	boolean clash(Collection<Subscription> all, List<String> filters) {
		for (String filter : filters) {
			boolean special = FilterRelation.isWild(filter) || FilterRelation.isShared(filter);
			for (Subscription other : all) {
				if ((special || other.wild || other.shared) && !filters.contains(other.filter)
						&& clash(filter, other.filter)) {
					return true;
				}
			}
		}
		return false;
	}

	/**
	 * Whether copies that two filters bring could not be told apart.
	 * @param one a filter
	 * @param other another one
	 */
	static boolean clash(String one, String other) {
		if (one.equals(other) || !FilterRelation.overlap(one, other)) {
			return false;
		}
		return FilterRelation.isShared(one) || FilterRelation.isShared(other)
				|| !(FilterRelation.covers(one, other) || FilterRelation.covers(other, one));
	}

}
