package io.securestreams.transport.mqtt;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Filters that overlap, on a broker that sends a copy of a message for each of them.
 */
class OverlapTests extends SessionHarness {

	private void distribute(String topic, String text) {
		this.executor.inside(() -> this.broker.distribute(topic, text));
	}

	private static String in(String name, int version, int qos, String filters) {
		return type(name,
				"\"mqtt_version\": " + version + ", \"mqtt_qos\": " + qos + ", \"mqtt_subscribe\": " + filters);
	}

	@ParameterizedTest
	@CsvSource({ "3, 0, 0", "3, 1, 1", "3, 0, 1", "3, 1, 0", "3, 2, 1", "5, 0, 0", "5, 1, 1", "5, 0, 1", "5, 1, 0",
			"5, 2, 2" })
	void eachStreamGetsAMessageOnce(int version, int wideQos, int narrowQos) {
		for (String first : new String[] { "wide", "narrow" }) {
			start(in("wide", version, wideQos, "\"a/#\""), in("narrow", version, narrowQos, "\"a/b\""));
			Recorder one = create(first);
			Recorder other = create(first.equals("wide") ? "narrow" : "wide");
			settle();
			distribute("a/b", "x");
			distribute("a/c", "y");
			distribute("a/b", "z");
			Recorder wide = first.equals("wide") ? one : other;
			Recorder narrow = first.equals("wide") ? other : one;
			assertThat(wide.received).containsExactly("a/b x", "a/c y", "a/b z");
			assertThat(narrow.received).containsExactly("a/b x", "a/b z");
			assertThat(this.broker.outgoing).isEmpty();
			assertThat(this.broker.subscriptions).hasSize(1);
			assertThat(this.broker.connections()).isEqualTo(1);
			end();
			this.broker = new ModelBroker(this.executor);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 3, 5 })
	void aStreamOfSeveralFiltersGetsAMessageOnce(int version) {
		start(in("in", version, 1, "[ \"a/b\", \"a/+\", \"#\" ]"));
		Recorder in = create("in");
		distribute("a/b", "x");
		distribute("c", "y");
		assertThat(in.received).containsExactly("a/b x", "c y");
	}

	@ParameterizedTest
	@CsvSource({ "3, '\"+/b\"'", "5, '\"+/b\"'", "3, '\"$share/g/a/b\"'", "5, '[ \"c\", \"$share/g/#\" ]'" })
	void whereNothingTellsCopiesApartAnotherConnectionDoes(int version, String filters) {
		start(in("one", version, 1, "\"a/+\""), in("two", version, 1, filters));
		Recorder one = create("one");
		ModelBroker.FakeWire first = wire();
		Recorder two = create("two");
		assertThat(two.events).endsWith("CONNECTED");
		assertThat(one.events).endsWith("CONNECTED");
		assertThat(this.broker.connections()).isEqualTo(2);
		// Each finds its connection again
		ModelBroker.FakeWire second = wire();
		this.executor.inside(() -> this.broker.lose(first));
		this.executor.inside(() -> this.broker.lose(second));
		settle();
		assertThat(this.broker.connections()).isEqualTo(4);
		assertThat(this.broker.clients).containsExactly("client", this.broker.clients.get(1), "client",
				this.broker.clients.get(1));
	}

	@Test
	void aStreamOfSeveralFiltersTellsCopiesApart() {
		start(in("in", 5, 1, "[ \"a/+\", \"+/b\" ]"), in("narrow", 5, 0, "\"c/b\""));
		Recorder in = create("in");
		Recorder narrow = create("narrow");
		distribute("a/b", "x");
		distribute("c/b", "y");
		distribute("a/c", "z");
		assertThat(in.received).containsExactly("a/b x", "c/b y", "a/c z");
		assertThat(narrow.received).containsExactly("c/b y");
		assertThat(this.broker.outgoing).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 3, 5 })
	void whenTheWideFilterGoesTheNarrowOneLosesNothing(int version) {
		start(in("wide", version, 1, "\"a/#\""), in("narrow", version, 1, "\"a/b\""));
		Recorder wide = create("wide");
		Recorder narrow = create("narrow");
		distribute("a/b", "1");
		wide.stream.close();
		for (int i = 2; i < 400; i++) {
			distribute("a/b", String.valueOf(i));
			distribute("a/other", "of no use");
			if (i % 10 == 0) {
				this.executor.advance(300);
			}
		}
		this.executor.advance(11_000);
		assertThat(narrow.received).doesNotHaveDuplicates().hasSize(399);
		// It does not stay for ever where it only brings what nobody wants
		assertThat(this.broker.subscriptions).containsOnlyKeys("a/b");
		assertThat(this.broker.outgoing).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 3, 5 })
	void theWideFilterMayComeBack(int version) {
		start(in("wide", version, 0, "\"a/#\""), in("narrow", version, 1, "\"a/b\""));
		Recorder wide = create("wide");
		Recorder narrow = create("narrow");
		wide.stream.close();
		settle();
		Recorder again = create("wide");
		settle();
		distribute("a/b", "x");
		assertThat(again.received).containsExactly("a/b x");
		assertThat(narrow.received).containsExactly("a/b x");
	}

	@Test
	void aRefusedWideFilterLeavesTheNarrowOneItsOwn() {
		start(in("wide", 3, 1, "\"a/#\""), in("narrow", 3, 1, "\"a/b\""));
		this.broker.refuses = "a/#";
		Recorder wide = create("wide");
		Recorder narrow = create("narrow");
		settle();
		assertThat(wide.events).contains("UNREACHABLE");
		assertThat(narrow.events).endsWith("CONNECTED").doesNotContain("UNREACHABLE");
		distribute("a/b", "x");
		assertThat(narrow.received).containsExactly("a/b x");
	}

	@ParameterizedTest
	@CsvSource({ "3, t", "5, t", "3, '#'", "5, '#'" })
	void aStreamThatComesLateGetsWhatIsRetained(int version, String filter) {
		start(in("one", version, 1, "\"" + filter + "\""), in("two", version, 1, "\"t\""));
		this.broker.retained.put("t", "kept");
		Recorder one = create("one");
		Recorder two = create("two");
		settle();
		assertThat(two.received).containsExactly("t kept");
		assertThat(one.received).containsExactly("t kept");
		assertThat(this.broker.outgoing).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 3, 5 })
	void aLostConnectionChangesNothing(int version) {
		start(in("wide", version, 1, "\"a/#\""), in("narrow", version, 1, "\"a/b\""));
		Recorder narrow = create("narrow");
		Recorder wide = create("wide");
		for (boolean remembers : new boolean[] { true, false }) {
			this.broker.remembers = remembers;
			narrow.received.clear();
			wide.received.clear();
			this.executor.inside(() -> this.broker.lose(wire()));
			settle();
			distribute("a/b", "x");
			assertThat(narrow.received).containsExactly("a/b x");
			assertThat(wide.received).containsExactly("a/b x");
		}
	}

}
