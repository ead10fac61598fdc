package io.securestreams.transport.mqtt.topic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Filters as a tree of levels. Matching costs what matches, and as many look-ups as a
 * topic has levels and wildcards lead there. Not for several threads.
 *
 * @param <T> what filters lead to
 */
final class TopicTrie<T> {

	private final Node<T> root = new Node<>();

	/**
	 * Adds a target.
	 * @param filter a valid filter
	 * @param target what it leads to
	 */
	void add(String filter, T target) {
		Node<T> node = this.root;
		String[] levels = TopicFilter.pattern(filter).split("/", -1);
		for (String level : levels) {
			node = node.children.computeIfAbsent(level, (name) -> new Node<>());
		}
		node.targets.add(target);
	}

	/**
	 * Removes a target, once.
	 * @param filter as it was added
	 * @param target as it was added
	 */
	void remove(String filter, T target) {
		remove(this.root, TopicFilter.pattern(filter).split("/", -1), 0, target);
	}

	private boolean remove(Node<T> node, String[] levels, int level, T target) {
		if (level == levels.length) {
			node.targets.remove(target);
		}
		else {
			Node<T> next = node.children.get(levels[level]);
			if (next != null && remove(next, levels, level + 1, target)) {
				node.children.remove(levels[level]);
			}
		}
		return node.targets.isEmpty() && node.children.isEmpty();
	}

	/**
	 * Finds what a topic leads to.
	 * @param topic a topic
	 * @param found takes each target once
	 * @return how many levels of filters that took
	 */
	int match(String topic, Set<T> found) {
		return match(this.root, topic.split("/", -1), 0, found);
	}

	private int match(Node<T> node, String[] levels, int level, Set<T> found) {
		// Wildcards at the beginning do not mean what starts with a dollar sign
		boolean wild = level > 0 || !levels[0].startsWith("$");
		if (wild) {
			add(node.children.get("#"), found);
		}
		if (level == levels.length) {
			found.addAll(node.targets);
			return 1;
		}
		int visited = 1;
		Node<T> exact = node.children.get(levels[level]);
		if (exact != null) {
			visited += match(exact, levels, level + 1, found);
		}
		Node<T> any = wild ? node.children.get("+") : null;
		if (any != null) {
			visited += match(any, levels, level + 1, found);
		}
		return visited;
	}

	private static <T> void add(@Nullable Node<T> node, Set<T> found) {
		if (node != null) {
			found.addAll(node.targets);
		}
	}

	private static final class Node<T> {

		private final Map<String, Node<T>> children = new HashMap<>(4);

		private final List<T> targets = new ArrayList<>(1);

	}

}
