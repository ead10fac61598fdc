package io.securestreams.transport.mqtt;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.engine.local.StreamEngine;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Subscriptions that come and go.
 */
class SubscriptionChangeTests extends SessionHarness {

	private static String in(String name, String keys, String... filters) {
		return type(name,
				"\"mqtt_qos\": 1, " + keys + "\"mqtt_subscribe\": [ \"" + String.join("\", \"", filters) + "\" ]");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aNewPolicyDoesNotOverlapWithTheOneBefore(boolean clean) {
		String keys = "\"mqtt_clean_start\": " + clean + ", ";
		String other = type("other", keys + "\"mqtt_topic\": \"t\"");
		for (boolean alone : new boolean[] { true, false }) {
			this.broker = new ModelBroker(this.executor);
			StreamEngine running = start(in("in", keys, "a/+"), other);
			Recorder in = create("in");
			if (!alone) {
				create("other");
			}
			int before = this.broker.connections();
			running.updatePolicy((old) -> policy(in("in", keys, "+/b"), other));
			in.stream.hangUp();
			this.executor.advance(200);
			assertThat(in.events).endsWith("CONNECTED");
			this.executor.inside(() -> this.broker.distribute("a/b", "x"));
			assertThat(in.received).containsExactly("a/b x");
			assertThat(this.broker.subscriptions).containsOnlyKeys("+/b");
			assertThat(this.broker.clients).containsOnly("client");
			assertThat(this.broker.connections()).isEqualTo(alone ? before + 1 : before);
		}
	}

	@Test
	void whatTheBrokerDoesNotKnowIsNotAskedForOnBehalfOfOthers() {
		this.broker.greeting = new byte[] { 0x28, 0 };
		start(in("narrow", "\"mqtt_version\": 5, ", "a/b"), in("wide", "\"mqtt_version\": 5, ", "a/#"));
		Recorder narrow = create("narrow");
		create("wide");
		for (int i = 0; i < 3; i++) {
			this.executor.inside(() -> this.broker.lose(wire()));
			settle();
		}
		assertThat(this.broker.log).doesNotContain("SUBSCRIBE a/# 1");
		assertThat(narrow.events).endsWith("CONNECTED");
	}

	@Test
	void whatHasBeenUnsubscribedIsNotSubscribedAgain() {
		String clean = "\"mqtt_clean_start\": true, ";
		start(in("one", clean, "t"), in("two", clean, "t"), type("out", clean + "\"mqtt_topic\": \"o\""));
		create("out");
		this.broker.silent = true;
		Recorder one = create("one");
		Recorder two = create("two");
		one.stream.close();
		two.stream.close();
		this.executor.run();
		this.broker.silent = false;
		while (!this.broker.keptBack.isEmpty()) {
			this.executor.inside(this.broker.keptBack.remove());
		}
		assertThat(this.broker.log).endsWith("UNSUBSCRIBE t");
		assertThat(this.broker.subscriptions).isEmpty();
	}

	@Test
	@Timeout(value = 60, unit = TimeUnit.SECONDS)
	void aThousandFiltersCostWhatTheyAre() {
		String[] types = new String[1000];
		for (int i = 0; i < types.length; i++) {
			types[i] = in("s" + i, "", "a" + i + "/+");
		}
		StreamEngine running = start(types);
		Recorder[] all = new Recorder[types.length];
		for (int i = 0; i < types.length; i++) {
			all[i] = new Recorder();
			all[i].stream = running.create("s" + i, all[i]);
		}
		this.executor.run();
		assertThat(all).allMatch((each) -> each.events.contains("CONNECTED"));
		assertThat(this.broker.connections()).isOne();
	}

	@Test
	void connectionsForFiltersThatOverlapHaveDifferentClientIds() {
		Map<Integer, String> seen = new HashMap<>();
		String one = "";
		String two = "";
		for (int i = 0; two.isEmpty(); i++) {
			String filter = "c" + i + "/+";
			String same = seen.put(List.of("+/b", filter).hashCode() & 0xffff | 1, filter);
			if (same != null) {
				one = same;
				two = filter;
			}
		}
		start(in("usual", "", "a/+"), in("one", "", "+/b", one), in("two", "", "+/b", two));
		Recorder[] all = { create("usual"), create("one"), create("two") };
		assertThat(this.broker.clients).hasSize(3).doesNotHaveDuplicates();
		assertThat(all).allMatch((each) -> each.events.contains("CONNECTED"));
	}

	@Test
	void anEngineThatEndsDoesNotConnectOnceMore() {
		StreamEngine running = start(in("one", "", "a"), in("two", "", "b"));
		Recorder one = create("one");
		one.stream.hangUp();
		running.create("two", new Recorder());
		end();
		assertThat(this.broker.connections()).isOne();
	}

}
