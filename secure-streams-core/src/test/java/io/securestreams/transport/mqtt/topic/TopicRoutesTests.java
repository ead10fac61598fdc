package io.securestreams.transport.mqtt.topic;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Work is counted here, not measured.
 */
class TopicRoutesTests {

	private static final int OTHERS = 1000;

	/** Filters that look much like those that match, at each place of a level. */
	private static void addOthers(TopicTrie<String> trie) {
		for (int i = 0; i < OTHERS; i++) {
			trie.add("plant/" + i + "/alarm", "line " + i);
			trie.add("plant/+/gauge-" + i, "gauge " + i);
			trie.add(i + "/#", "site " + i);
			trie.add("plant/a/alarm/" + i + "/+", "below " + i);
			trie.add("$share/group/plant/" + i, "shared " + i);
		}
	}

	@Test
	void filtersThatDoNotMatchCostNoLookUp() {
		TopicTrie<String> trie = new TopicTrie<>();
		trie.add("plant/a/alarm", "exact");
		trie.add("plant/+/alarm", "any");
		trie.add("plant/#", "all");
		Set<String> alone = new LinkedHashSet<>();
		int visited = trie.match("plant/a/alarm", alone);
		assertThat(alone).containsExactlyInAnyOrder("exact", "any", "all");
		addOthers(trie);
		Set<String> crowded = new LinkedHashSet<>();
		assertThat(trie.match("plant/a/alarm", crowded)).isEqualTo(visited);
		assertThat(crowded).isEqualTo(alone);
	}

	@Test
	void aTopicThatNobodyWantsEndsAtTheLevelThatNobodyHas() {
		TopicTrie<String> trie = new TopicTrie<>();
		addOthers(trie);
		Set<String> found = new LinkedHashSet<>();
		assertThat(trie.match("office/a/b/c/d", found)).isOne();
		assertThat(trie.match("plant/none/none/a/b/c", found)).isEqualTo(3);
		assertThat(found).isEmpty();
	}

	@Test
	void filtersThatAreGoneLeaveNothing() {
		TopicTrie<String> trie = new TopicTrie<>();
		trie.add("plant/+/alarm", "any");
		int visited = trie.match("plant/a/alarm", new LinkedHashSet<>());
		for (int i = 0; i < OTHERS; i++) {
			trie.add("plant/a/+/" + i, "one");
		}
		for (int i = 0; i < OTHERS; i++) {
			trie.remove("plant/a/+/" + i, "one");
		}
		assertThat(trie.match("plant/a/alarm", new LinkedHashSet<>())).isEqualTo(visited);
	}

	@Test
	void aKnownTopicIsNotLookedUpAgain() throws Exception {
		List<String> made = new ArrayList<>();
		TopicRoutes<String> routes = new TopicRoutes<>((topic, found) -> {
			made.add(topic + " " + found);
			return new Route<>(topic, found, List.of());
		});
		for (int i = 0; i < OTHERS; i++) {
			routes.add("plant/" + i, "line " + i);
		}
		routes.add("plant/a", "one");
		Route<String> first = find(routes, "plant/a");
		for (int i = 0; i < OTHERS; i++) {
			assertThat(find(routes, "plant/a")).isSameAs(first);
		}
		assertThat(made).containsExactly("plant/a [one]");
		routes.add("plant/+", "two");
		assertThat(find(routes, "plant/a").targets()).containsExactlyInAnyOrder("one", "two");
		routes.remove("plant/a", "one");
		assertThat(find(routes, "plant/a").targets()).containsExactly("two");
	}

	private static Route<String> find(TopicRoutes<String> routes, String topic) throws Exception {
		ByteBuf bytes = Unpooled.copiedBuffer(topic, StandardCharsets.UTF_8);
		return routes.find(bytes, 0, bytes.readableBytes());
	}

}
