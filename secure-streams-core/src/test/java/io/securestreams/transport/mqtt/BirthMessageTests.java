package io.securestreams.transport.mqtt;

import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import io.securestreams.limits.MqttLimits;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Birth messages that do not come through, and streams that do not wait for them.
 */
class BirthMessageTests extends SessionHarness {

	private static String birth(int qos, String more) {
		return "\"mqtt_birth_topic\": \"born\", \"mqtt_birth_message\": \"secret\", \"mqtt_birth_qos\": " + qos + ", "
				+ more;
	}

	private static List<String> warnings(Runnable action) {
		Logger logger = (Logger) LoggerFactory.getLogger(BirthMessage.class);
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.start();
		logger.addAppender(log);
		try {
			action.run();
		}
		finally {
			logger.detachAppender(log);
		}
		return log.list.stream()
			.filter((event) -> event.getLevel().isGreaterOrEqual(Level.WARN))
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

	private void reconnect(Recorder stream) {
		this.executor.inside(() -> this.broker.lose(wire()));
		settle();
		assertThat(stream.events).endsWith("CONNECTED");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void oneThatTheBrokerRefusesIsToldOnce(int qos) {
		this.broker.reason = 0x87;
		start(type("out", birth(qos, "\"mqtt_topic\": \"t\", \"mqtt_version\": 5")));
		List<String> said = warnings(() -> {
			Recorder out = create("out");
			assertThat(out.events).endsWith("CONNECTED");
			reconnect(out);
			this.broker.reason = 0x97;
			reconnect(out);
			this.broker.reason = 0;
			reconnect(out);
			this.broker.reason = 0x97;
			reconnect(out);
		});
		assertThat(said).hasSize(3).allSatisfy((line) -> assertThat(line).contains("\"out\"").doesNotContain("secret"));
		assertThat(said.get(0)).contains("0x87");
		assertThat(said.get(1)).contains("0x97");
		assertThat(said.get(2)).contains("0x97");
	}

	@Test
	void oneThatTheBrokerTakesIsNotTold() {
		// No matching subscribers
		this.broker.reason = 0x10;
		start(type("out", birth(1, "\"mqtt_topic\": \"t\", \"mqtt_version\": 5")));
		assertThat(warnings(() -> assertThat(create("out").events).endsWith("CONNECTED"))).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void nobodyIsConnectedWhoseBirthHasBeenCut(int qos) {
		start(type("out", birth(qos, "\"mqtt_topic\": \"t\"")), type("other", "\"mqtt_topic\": \"u\""));
		create("other");
		this.broker.silent = true;
		wire().slow = true;
		Recorder out = create("out");
		assertThat(out.events).endsWith("CONNECTING");
		this.executor.inside(() -> this.broker.lose(wire()));
		assertThat(out.events).endsWith("CONNECTING", "UNREACHABLE");
		this.broker.silent = false;
		settle();
		assertThat(out.events).endsWith("CONNECTED");
		assertThat(this.broker.accepted).contains("born: secret");
	}

	@Test
	void whoComesBackMeanwhileWaitsForItsSubscription() {
		String clean = ", \"mqtt_clean_start\": true";
		start(type("born", birth(1, "\"mqtt_subscribe\": \"t\"" + clean)),
				type("other", "\"mqtt_topic\": \"u\"" + clean));
		create("other");
		this.broker.silent = true;
		Recorder born = create("born");
		this.executor.inside(this.broker.keptBack.remove());
		assertThat(this.broker.accepted).containsExactly("born: secret");
		Runnable puback = this.broker.keptBack.remove();
		born.stream.disconnect();
		this.executor.run();
		born.stream.connect();
		this.executor.run();
		assertThat(this.broker.log).endsWith("SUBSCRIBE t 0");
		this.executor.inside(puback);
		assertThat(born.events).endsWith("CONNECTING");
		this.executor.inside(this.broker.keptBack.remove());
		assertThat(born.events).endsWith("CONNECTED");
		assertThat(this.broker.accepted).hasSize(1);
	}

	@Test
	void oneThatIsLongerThanTheBrokerTakesIsNotTried() {
		this.broker.greeting = java.util.HexFormat.of().parseHex("2700000012");
		start(type("out", birth(1, "\"mqtt_topic\": \"t\", \"mqtt_version\": 5")));
		Recorder out = create("out");
		assertThat(out.events).endsWith("UNREACHABLE");
		assertThat(out.failures).last().asString().contains("birth message").doesNotContain("secret");
		assertThat(this.broker.accepted).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "1, 3", "1, 5", "2, 3", "2, 5" })
	void aLongMessageThatItComesInTheMiddleOfHasItsOwnAnswer(int qos, int version) {
		String keys = ", \"mqtt_version\": " + version + ", \"mqtt_qos\": " + qos;
		start(MqttLimits.builder().slotCapacity(3).maxCollected(10).build(), policy(
				type("long", "\"mqtt_topic\": \"t\"" + keys), type("out", birth(1, "\"mqtt_topic\": \"u\"" + keys))));
		Recorder longer = create("long", "abc");
		longer.stream.requestTx(12);
		this.executor.run();
		Recorder out = create("out");
		for (int i = 1; i < 4; i++) {
			longer.ends = i == 3;
			longer.stream.requestTx();
			this.executor.run();
		}
		assertThat(this.broker.accepted).containsExactly("t: abcabcabcabc", "born: secret");
		assertThat(longer.acknowledged).containsExactly(3L);
		assertThat(longer.rejected).isEmpty();
		assertThat(out.events).endsWith("CONNECTED");
	}

}
