package io.securestreams.transport.mqtt;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.limits.MqttLimits;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Messages of a kept session that come in several pieces, to a stream that does not get
 * to their end at once, while another one stays on the connection.
 */
class MessageInPiecesTests extends SessionHarness {

	private static final int ID = 900;

	private final Reader reader = new Reader();

	private Recorder other;

	private int qos;

	private void connect(int quality, String filter, MqttLimits limits) {
		this.qos = quality;
		String keys = "\"mqtt_qos\": " + quality + ", \"mqtt_subscribe\": ";
		start(limits, policy(type("reader", keys + "\"t\""), type("other", keys + "\"" + filter + "\"")));
		this.reader.stream = this.engine.create("reader", this.reader);
		this.executor.run();
		this.other = create("other");
		this.executor.advance(60_000);
	}

	private void connect(int quality, String filter) {
		connect(quality, filter, MqttLimits.DEFAULTS);
	}

	/** The first two letters, one by one. */
	private void begin() {
		this.executor.inside(() -> {
			this.broker.outgoing.put(ID, new ModelBroker.Out(this.qos, "t", "abc", false, false, 0));
			this.broker.begin(0x30 | this.qos << 1, 8, 0, 1, 't', ID >> 8, ID & 0xff, 'a');
		});
		this.executor.inside(() -> this.broker.continueWith('b'));
	}

	private void finish() {
		this.executor.inside(() -> this.broker.finish('c'));
	}

	private void assertHadOnOneConnection(String... all) {
		settle();
		assertThat(this.reader.received).containsExactly(all);
		assertThat(this.broker.outgoing).isEmpty();
		assertThat(this.broker.connections()).isOne();
		assertThat(this.other.events).endsWith("CONNECTED");
	}

	@ParameterizedTest
	@CsvSource({ "1, u, a", "2, u, a", "1, t, a", "2, t, a", "1, u, b", "2, u, b", "1, u, c", "2, u, c", "1, t, c",
			"2, t, c" })
	void oneThatAHandlerFailsAtIsGivenAgainAtOnce(int quality, String filter, String at) {
		connect(quality, filter);
		this.reader.failsAt = at;
		begin();
		finish();
		assertThat(this.reader.states).endsWith(StreamState.DISCONNECTED);
		assertThat(this.broker.outgoing).hasSize(1);
		assertHadOnOneConnection("abc");
		assertThat(this.reader.pieces.toString()).isEqualTo("abc".substring(0, "abc".indexOf(at) + 1) + "abc");
	}

	@ParameterizedTest
	@CsvSource({ "1, a", "2, a", "1, b", "2, b" })
	void theRestMayComeWhenTheStreamIsBack(int quality, String at) {
		connect(quality, "u");
		this.reader.failsAt = at;
		begin();
		settle();
		assertThat(this.reader.states).endsWith(StreamState.CONNECTED);
		assertThat(this.reader.received).isEmpty();
		finish();
		assertHadOnOneConnection("abc");
	}

	@ParameterizedTest
	@CsvSource({ "1, a, true", "2, a, true", "1, b, true", "2, b, true", "1, c, true", "2, c, true", "1, a, false",
			"2, a, false", "1, b, false", "2, b, false" })
	void oneThatAHandlerPausesAtIsGivenAgainIfItLeaves(int quality, String at, boolean fails) {
		connect(quality, "t");
		this.reader.pausesAt = at;
		begin();
		if (fails) {
			finish();
			this.reader.stream.fail(new IllegalStateException("handler"));
		}
		else {
			this.reader.stream.hangUp();
			finish();
		}
		this.reader.stream.resumeReceiving();
		assertHadOnOneConnection(at.equals("c") ? new String[] { "abc", "abc" } : new String[] { "abc" });
		assertThat(this.other.received).containsExactly("t abc");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void oneWithWhoseEndTheHandlerLeavesHasBeenHad(int quality) {
		connect(quality, "u");
		this.reader.leavesAt = "c";
		begin();
		finish();
		assertHadOnOneConnection("abc");
		assertThat(this.reader.states).containsSubsequence(StreamState.DISCONNECTED, StreamState.CONNECTED);
	}

	@ParameterizedTest
	@CsvSource({ "1, a", "2, a", "1, b", "2, b" })
	void oneInTheMiddleOfWhichTheHandlerLeavesHasNot(int quality, String at) {
		connect(quality, "u");
		this.reader.leavesAt = at;
		begin();
		finish();
		assertHadOnOneConnection("abc");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void oneLongerThanWhatIsHeldComesWithTheNextConnection(int quality) {
		connect(quality, "u", MqttLimits.builder().maxHeld(2).build());
		this.reader.failsAt = "c";
		begin();
		finish();
		settle();
		assertThat(this.reader.states).endsWith(StreamState.CONNECTED);
		this.executor.advance(60_000);
		assertThat(this.reader.received).isEmpty();
		assertThat(this.broker.outgoing).hasSize(1);
		this.executor.inside(() -> this.broker.publish(quality, "u", "x"));
		assertThat(this.other.received).containsExactly("u x");
		this.other.stream.close();
		this.executor.inside(() -> this.broker.lose(wire()));
		settle();
		assertThat(this.reader.received).containsExactly("abc");
		assertThat(this.broker.outgoing).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "1, a", "2, a", "1, b", "2, b", "1, c", "2, c" })
	void theHandlerOfAnotherMayEndTheStreamInTheMiddle(int quality, String at) {
		connect(quality, "t");
		SecureStream ended = this.other.stream;
		this.reader.endsAt = at;
		this.reader.ends = ended;
		begin();
		finish();
		assertHadOnOneConnection("abc");
		assertThat(this.other.received).containsExactly("t abc");
	}

	@ParameterizedTest
	@CsvSource({ "1, a", "2, a", "1, b", "2, b" })
	void aHandlerMayLeaveAgainWhenItIsGivenAgain(int quality, String at) {
		connect(quality, "u");
		this.reader.stream.disconnect();
		begin();
		this.reader.stream.connect();
		settle();
		this.reader.leavesAt = at;
		finish();
		assertHadOnOneConnection("abc");
		assertThat(this.reader.pieces.toString()).isEqualTo("abc".substring(0, "abc".indexOf(at) + 1) + "abc");
	}

	@Test
	void nothingOfItIsLeftIfTheStreamIsClosed() {
		connect(1, "u");
		this.reader.pausesAt = "b";
		begin();
		this.reader.stream.close();
		finish();
		this.executor.advance(60_000);
		assertThat(this.broker.outgoing).isEmpty();
		assertThat(this.other.events).endsWith("CONNECTED");
	}

	@Test
	void theConnectionMayBeLostInTheMiddle() {
		connect(2, "t");
		begin();
		this.executor.inside(() -> this.broker.lose(wire()));
		settle();
		assertThat(this.reader.received).containsExactly("abc");
		assertThat(this.other.received).containsExactly("t abc");
		assertThat(this.broker.outgoing).isEmpty();
	}

	/** Does something once, at a letter. */
	private static final class Reader implements StreamHandler {

		private final List<StreamState> states = new ArrayList<>();

		private final List<String> received = new ArrayList<>();

		/** All that it has ever been given. */
		private final StringBuilder pieces = new StringBuilder();

		private final StringBuilder message = new StringBuilder();

		private String failsAt = "";

		private String pausesAt = "";

		private String leavesAt = "";

		private String endsAt = "";

		private SecureStream ends;

		private SecureStream stream;

		@Override
		public void onState(SecureStream self, StreamState state, long ordinal) {
			this.states.add(state);
		}

		@Override
		public void onReceive(SecureStream self, Payload payload) {
			if (payload.isStart()) {
				this.message.setLength(0);
			}
			String piece = payload.content().readCharSequence(payload.length(), StandardCharsets.UTF_8).toString();
			this.pieces.append(piece);
			this.message.append(piece);
			if (piece.equals(this.failsAt)) {
				this.failsAt = "";
				throw new IllegalStateException("handler");
			}
			if (piece.equals(this.pausesAt)) {
				this.pausesAt = "";
				self.pauseReceiving();
			}
			if (piece.equals(this.leavesAt)) {
				this.leavesAt = "";
				self.hangUp();
			}
			if (piece.equals(this.endsAt)) {
				this.endsAt = "";
				this.ends.hangUp();
			}
			if (payload.isEnd()) {
				this.received.add(this.message.toString());
			}
		}

	}

}
