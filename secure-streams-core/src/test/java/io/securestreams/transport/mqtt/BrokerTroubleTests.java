package io.securestreams.transport.mqtt;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

import io.securestreams.limits.MqttLimits;
import io.securestreams.stream.platform.SystemBlobs.Blob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Brokers that do not answer, that refuse, and that get lost in what is under way: what
 * streams are told.
 */
class BrokerTroubleTests extends SessionHarness {

	private static final long TIMEOUT = MqttLimits.DEFAULTS.connectTimeout().toMillis();

	@Test
	void aBrokerThatDoesNotGreetIsNotWaitedForForEver() {
		this.broker.instead = "20";
		start(type("out", "\"mqtt_topic\": \"t\""));
		Recorder out = create("out");
		this.executor.advance(TIMEOUT - 1);
		assertThat(out.events).containsExactly("CREATING", "CONNECTING");
		this.executor.advance(1);
		assertThat(out.events).containsExactly("CREATING", "CONNECTING", "UNREACHABLE");
		assertThat(out.failures).containsExactly("HANDSHAKE model: no CONNACK within " + TIMEOUT + " ms");
		this.broker.instead = "";
		settle();
		assertThat(out.events).endsWith("CONNECTED");
	}

	@Test
	void anAnswerToSubscribeIsNotWaitedForForEver() {
		this.broker.silent = true;
		start(type("in", "\"mqtt_subscribe\": \"t\""), type("out", "\"mqtt_topic\": \"t\""));
		Recorder out = create("out");
		Recorder in = create("in");
		this.executor.advance(TIMEOUT - 1);
		assertThat(in.events).containsExactly("CREATING", "CONNECTING");
		this.executor.advance(1);
		assertThat(in.events).containsExactly("CREATING", "CONNECTING", "UNREACHABLE");
		assertThat(in.failures.get(0)).startsWith("HANDSHAKE broker:1883: ")
			.endsWith("no answer to SUBSCRIBE or to the birth message within " + TIMEOUT + " ms");
		assertThat(out.events).as("others go on").endsWith("CONNECTED");
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', value = { "84; UNREACHABLE; HANDSHAKE; the version of MQTT",
			"85; UNREACHABLE; HANDSHAKE; the client id", "86; AUTH_FAILED; AUTH; user name or password",
			"87; AUTH_FAILED; AUTH; not authorized", "88; UNREACHABLE; BUSY; the server is unavailable",
			"89; UNREACHABLE; BUSY; the server is busy", "8a; AUTH_FAILED; AUTH; banned",
			"8c; AUTH_FAILED; AUTH; the method of authentication", "90; UNREACHABLE; HANDSHAKE; the topic of the will",
			"95; UNREACHABLE; HANDSHAKE; the packet is too large", "97; UNREACHABLE; BUSY; quota exceeded",
			"9a; UNREACHABLE; HANDSHAKE; retained messages", "9b; UNREACHABLE; HANDSHAKE; the quality of service",
			"9f; UNREACHABLE; BUSY; too many connections", "80; UNREACHABLE; HANDSHAKE; unspecified" })
	void refusalsOfVersion5AreToldInWords(String code, String state, String phase, String meaning) {
		this.broker.code = Integer.parseInt(code, 16);
		start(type("out", "\"mqtt_topic\": \"t\", \"mqtt_version\": 5"));
		Recorder out = create("out");
		assertThat(out.events).containsExactly("CREATING", "CONNECTING", state);
		assertThat(String.valueOf(out.stream.lastFailure()))
			.isEqualTo(phase + " model: the broker refuses the connection with code 0x" + code + ": " + meaning);
	}

	@ParameterizedTest
	@CsvSource({ "no, no", "you are s3cret, it repeats the password" })
	void whatTheBrokerSaysIsToldUnlessItIsThePassword(String reason, String told) {
		this.blobs.set(Blob.MQTT_USERNAME, "me").set(Blob.MQTT_PASSWORD, "s3cret");
		this.broker.code = 0x80;
		byte[] text = reason.getBytes(StandardCharsets.UTF_8);
		this.broker.greeting = HexFormat.of()
			.parseHex("1f00" + HexFormat.of().toHexDigits((byte) text.length) + HexFormat.of().formatHex(text));
		start(type("out", "\"mqtt_topic\": \"t\", \"mqtt_version\": 5"));
		Recorder out = create("out");
		assertThat(out.failures)
			.containsExactly("HANDSHAKE model: the broker refuses the connection with code 0x80: unspecified, " + told);
	}

	@Test
	void aReleaseOfWhatIsNotAcknowledgedBreaksTheProtocol() {
		start(type("in", "\"mqtt_subscribe\": \"t\", \"mqtt_qos\": 2"));
		Recorder in = create("in");
		in.slow = true;
		this.executor.inside(() -> this.broker.publish(2, "t", "a"));
		this.executor.inside(() -> this.broker.send(0x62, 2, 0, 1));
		assertThat(in.failures).containsExactly(
				"PROTOCOL model: the broker broke the protocol: PUBREL for a message that is not acknowledged");
	}

	@Test
	void aNumberStandsForOneMessageAtATime() {
		start(type("in", "\"mqtt_subscribe\": \"t\", \"mqtt_qos\": 1"));
		Recorder in = create("in");
		in.slow = true;
		int[] message = { 0x32, 6, 0, 1, 't', 0, 9, 'a' };
		this.executor.inside(() -> this.broker.send(message));
		this.executor.inside(() -> this.broker.send(0x3a, 6, 0, 1, 't', 0, 9, 'a'));
		assertThat(in.events).as("the same once more").endsWith("CONNECTED");
		this.executor.inside(() -> this.broker.send(message));
		assertThat(in.received).containsExactly("t a");
		assertThat(in.failures).containsExactly("PROTOCOL model: the broker broke the protocol: "
				+ "packet identifier 9 is used for two messages at a time");
	}

	@ParameterizedTest
	@CsvSource({ "0", "1", "2" })
	void whatIsMoreThanTheBrokerTakesIsRejectedAndNothingElse(int qos) {
		this.broker.greeting = HexFormat.of().parseHex("2700000020");
		start(type("out", "\"mqtt_topic\": \"t\", \"mqtt_version\": 5, \"mqtt_qos\": " + qos));
		Recorder out = create("out");
		out.send("x".repeat(40));
		out.send("small");
		this.executor.run();
		assertThat(out.rejected).containsExactly(0L);
		assertThat(out.acknowledged).containsExactly(1L);
		assertThat(this.broker.accepted).containsExactly("t: small");
		assertThat(out.events).doesNotContain("DISCONNECTED");
	}

	@Test
	void streamsThatWantAnotherConnectionHaveAnotherName() {
		start(type("one", "\"mqtt_topic\": \"t\", \"mqtt_keep_alive\": 60"),
				type("same", "\"mqtt_topic\": \"u\", \"mqtt_keep_alive\": 60"),
				type("other", "\"mqtt_topic\": \"v\", \"mqtt_keep_alive\": 30"));
		for (String name : new String[] { "one", "same", "other" }) {
			assertThat(create(name).events).endsWith("CONNECTED");
		}
		assertThat(this.broker.clients).hasSize(2).first().isEqualTo("client");
		assertThat(this.broker.clients.get(1)).matches("client-[0-9a-f]{4}");
	}

}
