package io.securestreams.transport.mqtt;

import java.util.HexFormat;

import io.securestreams.limits.MqttLimits;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Brokers that break the protocol are told with what, as far as MQTT has a word for it,
 * and so is who looks for the reason.
 */
class BrokerViolationTests extends SessionHarness {

	private static final String BROKEN = "PROTOCOL model: the broker broke the protocol: ";

	private Recorder start(int version) {
		start(MqttLimits.builder().maxPacketSize(1_000_000).build(), policy(type("both",
				"\"mqtt_subscribe\": \"t\", \"mqtt_topic\": \"o\", \"mqtt_qos\": 1, \"mqtt_version\": " + version)));
		return create("both");
	}

	private void receive(String hex) {
		byte[] bytes = HexFormat.of().parseHex(hex);
		int[] packet = new int[bytes.length];
		for (int i = 0; i < packet.length; i++) {
			packet[i] = bytes[i] & 0xff;
		}
		this.executor.inside(() -> this.broker.send(packet));
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', value = {
			// What packets are made of
			"f000; 81; a packet that starts with 0xf0", "8000; 81; a packet that starts with 0x80",
			"6002; 81; a packet that starts with 0x60", "36050001740001; 81; a packet that starts with 0x36",
			"40ffffffff01; 81; a remaining length of more than four bytes",
			"40ffff07; 95; a control packet of 131071 bytes",
			"30ffffff7f; 95; a packet of 268435455 bytes (expected: at most 1000000)",
			"4001000000; 81; a packet that ends too early", "40020000; 81; packet identifier 0",
			"40050001000000; 81; a packet that is too long", "d00100; 81; a packet that is too long",
			"9003000100; 81; SUBACK without a code", "2003020000; 81; CONNACK with flags 2",
			"2003000000; 82; a second CONNACK",
			// Messages
			"3206000174000000; 81; packet identifier 0", "3003000574; 81; a PUBLISH that ends before its payload",
			"300400017405; 81; a PUBLISH that ends before its payload",
			"30080001748080808001; 81; a length of properties of more than four bytes",
			"30ffff1f000174ffff07; 95; properties of 131071 bytes",
			// Properties
			"3006000174027e00; 81; unknown property 0x7e", "3008000174040100" + "0100; 81; property 0x1 twice",
			"3005000174" + "0102; 81; a property ends too early",
			"300800017404" + "030001ff; 81; a text that is not UTF-8", "300800017404" + "03000100; 81; NUL in a text",
			"3008000174" + "040bffffff; 81; a variable length that does not end",
			// Numbers for topics
			"3006000003230005; 94; topic alias 5 is none",
			"300700017403230011; 94; topic alias 17 (expected: at most 16)" })
	void isToldWhatItIs(String hex, String reason, String words) {
		Recorder both = start(5);
		receive(hex);
		assertThat(both.failures).containsExactly(BROKEN + words);
		assertThat(this.broker.log).endsWith("DISCONNECT " + reason);
		settle();
		assertThat(both.events).endsWith("CONNECTED", "DISCONNECTED", "POLL", "CONNECTING", "CONNECTED");
	}

	/** There DISCONNECT is for clients alone, and without a reason. */
	@ParameterizedTest
	@CsvSource(delimiter = ';', value = { "e000; a packet that starts with 0xe0", "40020000; packet identifier 0",
			"4003000100; a packet that is too long" })
	void brokersOfVersion3AreToldNoReason(String hex, String words) {
		Recorder both = start(3);
		receive(hex);
		assertThat(both.failures).containsExactly(BROKEN + words);
		assertThat(this.broker.log).endsWith("DISCONNECT");
	}

	@ParameterizedTest
	@CsvSource({ "5, 3", "7, 3", "5, 5" })
	void anAnswerOfAnotherQosIsNone(int type, int version) {
		this.broker.silent = true;
		Recorder both = start(version);
		assertThat(both.events).endsWith("CONNECTING");
		this.executor.inside(() -> this.broker.keptBack.forEach(Runnable::run));
		both.send("m");
		this.executor.run();
		assertThat(this.broker.accepted).containsExactly("o: m");
		int id = Integer.parseInt(this.broker.log.get(this.broker.log.size() - 1).split(" ")[1]);
		this.executor.inside(() -> this.broker.send(type << 4, 2, 0, id));
		assertThat(both.failures).containsExactly(BROKEN + "packet " + id + " of QoS 1 is answered by type " + type);
	}

	@ParameterizedTest
	@CsvSource({ "d000, the first packet is not CONNACK", "30050001740061, the first packet is not CONNACK",
			"4003000100, the first packet is not CONNACK",
			"2003010000, CONNACK with a session that was to start afresh" })
	void whoDoesNotGreetAsItShouldIsNotConnected(String hex, String words) {
		this.broker.instead = hex;
		start(type("out", "\"mqtt_topic\": \"t\", \"mqtt_clean_start\": true, \"mqtt_version\": 5"));
		Recorder out = create("out");
		assertThat(out.events).containsExactly("CREATING", "CONNECTING", "UNREACHABLE");
		assertThat(out.failures).containsExactly(BROKEN + words);
		this.broker.instead = "";
		settle();
		assertThat(out.events).endsWith("UNREACHABLE", "POLL", "CONNECTING", "CONNECTED");
	}

}
