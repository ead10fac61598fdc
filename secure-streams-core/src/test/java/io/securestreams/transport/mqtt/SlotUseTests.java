package io.securestreams.transport.mqtt;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.stream.DetachedSlot;
import io.securestreams.stream.SecureStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Publishers who ask too often, write late, or change their mind in the middle.
 */
@ParameterizedClass
@CsvSource({ "3,false", "3,true", "65536,false", "65536,true" })
@Timeout(60)
class SlotUseTests extends MqttUseContract {

	SlotUseTests(int slot, boolean onLoop) {
		super(slot, onLoop);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void slotsAreAskedForTooOftenAndTooLate(int qos) throws Exception {
		this.keys = "\"opportunistic\": true";
		assertThat(same(qos, (site) -> {
			MqttUser in = site.in();
			MqttUser out = site.start(site.out());
			for (int i = 0; i < 10; i++) {
				out.call(SecureStream::requestTx);
			}
			out.await("CONNECTED").slots("first", "second").await("acknowledged second");
			out.call(SecureStream::disconnect).await("DISCONNECTED");
			out.call(SecureStream::requestTx).slots("third").await("acknowledged third");
			in.await("end of third");
			out.call(SecureStream::close).await("DESTROYING");
			out.call(SecureStream::requestTx).call((stream) -> stream.requestTx(5));
		})).containsExactly("CREATING", "CONNECTING", "CONNECTED", "start on x", "end of first", "start on x",
				"end of second", "start on x", "end of third", "CREATING", "POLL", "CONNECTING", "CONNECTED",
				"acknowledged first", "acknowledged second", "DISCONNECTED", "POLL", "CONNECTING", "CONNECTED",
				"acknowledged third", "DISCONNECTED", "DESTROYING");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void aSlotIsWrittenLongAfterOthersHaveSent(int qos) throws Exception {
		assertThat(same(qos, (site) -> {
			MqttUser in = site.in();
			MqttUser out = site.out();
			DetachedSlot taken = take(out, site);
			out.send("meanwhile").await("acknowledged meanwhile");
			taken.write("lat").end();
			out.ended(taken.ordinal(), "lat");
			taken.submit();
			out.await("acknowledged lat");
			in.await("end of lat");
		})).containsExactly("CREATING", "CONNECTING", "CONNECTED", "start on x", "end of meanwhile", "start on x",
				"end of lat", "CREATING", "CONNECTING", "CONNECTED", "acknowledged meanwhile", "acknowledged lat",
				"meanwhile sent");
	}

	/** Starts, and takes a slot with it. */
	private DetachedSlot take(MqttUser out, Site site) throws Exception {
		CompletableFuture<DetachedSlot> slot = new CompletableFuture<>();
		out.slots = (offered) -> {
			out.slots = null;
			slot.complete(offered.detach());
		};
		site.start(out).await("CONNECTED").call(SecureStream::requestTx);
		return slot.get(20, TimeUnit.SECONDS);
	}

	@ParameterizedTest
	@CsvSource({ "0,cut", "1,cut", "2,cut", "0,disconnect", "1,disconnect", "2,disconnect" })
	void aSlotIsGivenBackWhenItsConnectionIsGone(int qos, String how) throws Exception {
		List<String> told = same(qos, (site) -> {
			MqttUser in = site.in();
			MqttUser out = site.out();
			DetachedSlot taken = take(out, site);
			taken.write("old");
			in.await("CONNECTED");
			if (how.equals("cut")) {
				site.cutPublisher();
			}
			else {
				out.call(SecureStream::disconnect).await("DISCONNECTED").call(SecureStream::connect);
			}
			out.await(2, "CONNECTED");
			taken.end();
			taken.submit();
			taken.submit();
			taken.discard();
			out.slots("next").await("acknowledged next");
			in.await("end of next");
		});
		assertThat(told).containsSubsequence("DISCONNECTED", "CONNECTING", "CONNECTED", "acknowledged next");
		assertThat(told.stream().filter((event) -> !event.equals("POLL"))).containsExactly("CREATING", "CONNECTING",
				"CONNECTED", "start on x", "end of next", "CREATING", "CONNECTING", "CONNECTED", "DISCONNECTED",
				"CONNECTING", "CONNECTED", "acknowledged next");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void aSlotIsGivenBackWhenItsStreamIsClosed(int qos) throws Exception {
		assertThat(same(qos, (site) -> {
			MqttUser out = site.out();
			DetachedSlot taken = take(out, site);
			taken.write("a");
			out.call(SecureStream::close).await("DESTROYING");
			taken.write("b").end();
			taken.submit();
			out.send("c");
		})).containsExactly("CREATING", "CONNECTING", "CONNECTED", "DISCONNECTED", "DESTROYING",
				"c StreamClosedException");
	}

	@ParameterizedTest
	@CsvSource({ "0,false", "1,false", "2,false", "0,true", "1,true", "2,true" })
	void aStreamIsClosedInTheMiddleOfAMessage(int qos, boolean announced) throws Exception {
		this.maxCollected = announced ? 4 : 1000;
		assertThat(same(qos, (site) -> {
			MqttUser in = site.in();
			MqttUser out = site.out();
			out.slots = (slot) -> {
				slot.write("ab");
				if (this.onLoop) {
					out.stream().close();
				}
			};
			site.start(out).await("CONNECTED").call((stream) -> stream.requestTx(announced ? 9 : 5));
			if (!this.onLoop) {
				out.await("CONNECTED").call(SecureStream::close);
			}
			out.await("DESTROYING");
			MqttUser other = site.start(site.out()).send("other").await("acknowledged other");
			in.await("end of other");
			assertThat(other.stream().isClosed()).isFalse();
		})).containsExactly("CREATING", "CONNECTING", "CONNECTED", "start on x", "end of other", "CREATING",
				"CONNECTING", "CONNECTED", "DISCONNECTED", "DESTROYING", "CREATING", "CONNECTING", "CONNECTED",
				"acknowledged other", "other sent");
	}

	@ParameterizedTest
	@CsvSource({ "0,false", "1,false", "2,false", "0,true", "1,true", "2,true" })
	void theTopicIsThatOfTheMessagesStart(int qos, boolean announced) throws Exception {
		this.maxCollected = announced ? 4 : 1000;
		assertThat(same(qos, (site) -> {
			MqttUser in = site.in();
			MqttUser out = site.out();
			CompletableFuture<DetachedSlot> second = new CompletableFuture<>();
			out.slots = (first) -> {
				out.slots = (slot) -> second.complete(slot.detach());
				first.write("abc");
				out.stream().requestTx();
			};
			site.start(out).await("CONNECTED").part("one").call((stream) -> stream.requestTx(6));
			DetachedSlot taken = second.get(20, TimeUnit.SECONDS);
			out.part("two");
			taken.write("def").end();
			out.slots = null;
			out.ended(taken.ordinal(), "def");
			taken.submit();
			out.await("acknowledged def").slots("xyz").await("acknowledged xyz");
			in.await("end of xyz");
		})).containsExactly("CREATING", "CONNECTING", "CONNECTED", "start on one", "end of abcdef", "start on two",
				"end of xyz", "CREATING", "CONNECTING", "CONNECTED", "acknowledged def", "acknowledged xyz");
	}

}
