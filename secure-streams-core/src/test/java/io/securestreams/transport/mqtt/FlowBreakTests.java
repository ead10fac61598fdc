package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The network breaks at each packet of the flows of QoS 1 and 2, in both directions, and
 * once more at each packet after that.
 */
class FlowBreakTests extends SessionHarness {

	private static final List<String> ALL = List.of("a", "b", "c");

	private static final int LENGTH = 5;

	/** As the model of the broker knows it. */
	private int kept;

	private static String keys(Case at, String more) {
		return more + ", \"mqtt_qos\": " + at.qos + ", \"mqtt_version\": " + at.version + ", \"mqtt_clean_start\": "
				+ at.clean + ", \"mqtt_keep_alive\": ";
	}

	/** Everything at one place, and for kept sessions at two. */
	private static List<Integer[]> cuts(int steps, Case at) {
		List<Integer[]> cuts = new ArrayList<>();
		for (int first = 1; first <= steps + 1; first++) {
			cuts.add(new Integer[] { first });
			for (int second = first + 1; second <= steps + 6 && !at.clean && !at.swap; second++) {
				cuts.add(new Integer[] { first, second });
			}
		}
		return cuts;
	}

	@ParameterizedTest
	@CsvSource({ "1, 3, false, false", "2, 3, false, false", "1, 5, false, false", "2, 5, false, false",
			"1, 3, true, false", "2, 3, true, false", "2, 5, true, false", "1, 3, false, true", "2, 3, false, true",
			"2, 5, false, true" })
	void whatIsPublishedArrives(int qos, int version, boolean clean, boolean swap) {
		Case at = new Case(qos, version, clean, swap);
		int steps = publish(at);
		assertThat(steps).isGreaterThan(7);
		cuts(steps, at).forEach((cuts) -> publish(at, cuts));
	}

	private int publish(Case at, Integer... cuts) {
		this.broker = new ModelBroker(this.executor);
		this.broker.cuts.addAll(List.of(cuts));
		start(type("out", keys(at, "\"mqtt_topic\": \"t\"") + "60"));
		Recorder out = create("out");
		ALL.forEach(out::send);
		if (at.swap) {
			this.engine.updatePolicy((before) -> policy(type("out", keys(at, "\"mqtt_topic\": \"t\"") + "90")));
		}
		settle();
		String where = at + " cut at " + List.of(cuts) + ": " + this.broker.log + " " + out.events;
		List<String> expected = List.of("t: a", "t: b", "t: c");
		if (at.clean) {
			// Of what was under way nobody knows, and is told so
			assertThat(out.acknowledged.size() + out.rejected.size()).as(where).isEqualTo(3);
			assertThat(this.broker.accepted).as(where).doesNotHaveDuplicates().isSubsetOf(expected);
			out.acknowledged.forEach((ordinal) -> assertThat(this.broker.accepted).as(where)
				.contains("t: " + ALL.get(ordinal.intValue())));
		}
		else {
			assertThat((at.qos == 2) ? this.broker.accepted : this.broker.accepted.stream().distinct().toList())
				.as(where)
				.isEqualTo(expected);
			assertThat(out.acknowledged).as(where).containsExactlyInAnyOrder(0L, 1L, 2L);
			assertThat(out.rejected).as(where).isEmpty();
		}
		return finish();
	}

	private int finish() {
		int packets = this.broker.packets();
		end();
		return packets;
	}

	@ParameterizedTest
	@CsvSource({ "1, 3, false, false", "2, 3, false, false", "2, 5, false, false", "1, 3, true, false",
			"2, 3, true, false", "1, 3, false, true", "2, 3, false, true", "2, 5, false, true" })
	void whatIsReceivedIsDelivered(int qos, int version, boolean clean, boolean swap) {
		Case at = new Case(qos, version, clean, swap);
		int steps = receive(at, false);
		assertThat(steps).isGreaterThan(9);
		for (boolean slow : new boolean[] { false, true }) {
			// Before it has subscribed nothing is sent to it
			cuts(steps, at).stream().filter((cuts) -> cuts[0] > 4).forEach((cuts) -> receive(at, slow, cuts));
		}
	}

	@ParameterizedTest
	@CsvSource({ "1, 3", "2, 3", "1, 5", "2, 5" })
	void whatIsReceivedInPartIsDeliveredOnce(int qos, int version) {
		Case at = new Case(qos, version, false, false);
		int steps = receive(at, false);
		for (int kept : new int[] { 3, 6, 9, -2, -1 }) {
			this.kept = kept;
			boolean twice = kept == -2;
			for (boolean slow : new boolean[] { false, true }) {
				cuts(steps, at).stream()
					.filter((cuts) -> cuts[0] > 4 && (cuts.length == 1 || twice))
					.forEach((cuts) -> receive(at, slow, cuts));
			}
		}
	}

	private int receive(Case at, boolean slow, Integer... cuts) {
		this.broker = new ModelBroker(this.executor);
		this.broker.kept = this.kept;
		this.broker.cuts.addAll(List.of(cuts));
		start(type("in", keys(at, "\"mqtt_subscribe\": \"t/#\"") + "60"));
		Recorder in = create("in");
		in.slow = slow;
		for (String each : ALL) {
			String text = each.repeat(LENGTH);
			this.executor.inside(() -> this.broker.publish(at.qos, "t/x", text));
			if (slow) {
				this.executor.run();
				in.stream.resumeReceiving();
				this.executor.run();
			}
		}
		if (at.swap) {
			this.engine.updatePolicy((before) -> policy(type("in", keys(at, "\"mqtt_subscribe\": \"t/#\"") + "90")));
		}
		for (int i = 0; i < 20; i++) {
			this.executor.advance(200);
			in.stream.resumeReceiving();
		}
		settle();
		String where = at + " cut at " + List.of(cuts) + ": " + this.broker.log + " " + in.events;
		List<String> expected = ALL.stream().map((each) -> "t/x " + each.repeat(LENGTH)).toList();
		if (at.clean) {
			assertThat(in.received).as(where).doesNotHaveDuplicates().isSubsetOf(expected);
		}
		else {
			assertThat((at.qos == 2) ? in.received : in.received.stream().distinct().toList()).as(where)
				.containsExactlyInAnyOrderElementsOf(expected);
		}
		assertThat(this.broker.outgoing).as(where).isEmpty();
		return finish();
	}

	/** A way to be cut. */
	private record Case(int qos, int version, boolean clean, boolean swap) {

	}

}
