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

	/**
	 * There is a new filter.
	 * @param created the filter
	 * @param all others
	 */
	void add(Subscription created, Collection<Subscription> all) {
		for (Subscription other : all) {
			relate(created, other);
			relate(other, created);
		}
		if (created.wild && !created.shared) {
			this.wild.add(created);
		}
	}

	private static void relate(Subscription one, Subscription other) {
		if (one.isWiderThan(other)) {
			one.narrower.add(other);
			other.wider.add(one);
		}
	}

	void remove(Subscription subscription) {
		this.wild.remove(subscription);
		subscription.narrower.forEach((each) -> each.wider.remove(subscription));
		subscription.wider.forEach((each) -> each.narrower.remove(subscription));
		subscription.narrower.clear();
		subscription.wider.clear();
	}

	/** The widest filter by which messages of another one come; it may be that itself. */
	Subscription carrier(Subscription subscription) {
		Subscription found = subscription;
		for (int i = 0; i < subscription.wider.size(); i++) {
			Subscription each = subscription.wider.get(i);
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
	boolean isNeeded(Subscription subscription) {
		return (subscription.isGranted() || subscription.asked != 0) && subscription.narrower.stream()
			.anyMatch((each) -> each.isUsed() && !each.isGranted() && carrier(each) == subscription);
	}

	/** A cover needs the QoS of those it stands for. */
	void raise(Subscription cover) {
		for (Subscription each : cover.narrower) {
			if (each.isUsed() && each.wanted > cover.wanted && cover.covers(each)) {
				cover.wanted = each.wanted;
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
	 * @return whether covers that no stream has are to yield to what they cover
	 */
	boolean isUnwanted() {
		if (++this.unwanted <= MAX_UNWANTED) {
			return false;
		}
		this.unwanted = 0;
		boolean found = false;
		for (Subscription cover : this.wild) {
			if (!cover.isUsed() && !cover.yielding && isNeeded(cover)) {
				cover.yielding = true;
				found = true;
			}
		}
		return found;
	}

	/** Covers that have yielded to what they covered. */
	List<Subscription> yielded() {
		List<Subscription> found = new ArrayList<>();
		for (Subscription cover : this.wild) {
			if (cover.yielding && !cover.isUsed() && cover.isGranted()
					&& cover.narrower.stream().noneMatch((each) -> each.isUsed() && !carrier(each).isGranted())) {
				found.add(cover);
			}
		}
		return found;
	}

	/** Those that overlap with filters although neither covers the other. */
	static List<Subscription> clashing(Collection<Subscription> all, List<String> filters) {
		List<Subscription> found = new ArrayList<>(0);
		for (Subscription each : all) {
			if (!filters.contains(each.filter) && filters.stream().anyMatch((filter) -> clash(filter, each.filter))) {
				found.add(each);
			}
		}
		return found;
	}

	/**
	 * Whether copies that two filters bring could not be told apart.
	 * @param one a filter
	 * @param other another one
	 */
	static boolean clash(String one, String other) {
		boolean special = isSpecial(one) || isSpecial(other);
		if (!special || one.equals(other) || !FilterRelation.overlap(one, other)) {
			return false;
		}
		return FilterRelation.isShared(one) || FilterRelation.isShared(other)
				|| !(FilterRelation.covers(one, other) || FilterRelation.covers(other, one));
	}

	private static boolean isSpecial(String filter) {
		return FilterRelation.isWild(filter) || FilterRelation.isShared(filter);
	}

}
