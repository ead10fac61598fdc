package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.stream.SecureStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handlers that throw, and that drop their connection and make another in the middle of
 * what they are told.
 */
@ParameterizedClass
@CsvSource({ "3,false", "3,true", "65536,false", "65536,true" })
@Timeout(60)
class HandlerUseTests extends MqttUseContract {

	private static final List<String> AGAIN = List.of("DISCONNECTED", "POLL", "CONNECTING", "CONNECTED");

	private static final List<String> BORN = List.of("CREATING", "CONNECTING", "CONNECTED");

	HandlerUseTests(int slot, boolean onLoop) {
		super(slot, onLoop);
	}

	private static void fail(MqttUser user) {
		throw new IllegalStateException("handler of " + user.type);
	}

	private static List<String> all(List<?>... parts) {
		List<String> all = new ArrayList<>();
		for (List<?> part : parts) {
			part.forEach((each) -> all.add((String) each));
		}
		return all;
	}

	private static List<String> message(String text) {
		return List.of("start on x", "end of " + text);
	}

	@ParameterizedTest
	@CsvSource({ "0,true", "1,true", "2,true", "0,false", "1,false", "2,false" })
	void whatAHandlerFailsAtComesAgainIfTheBrokerKeepsIt(int qos, boolean fresh) throws Exception {
		this.clean = fresh;
		List<String> told = same(qos, (site) -> {
			MqttUser in = site.user("in").on("end of a", HandlerUseTests::fail);
			site.start(in).await("CONNECTED");
			MqttUser out = site.start(site.silent()).send("a").await("acknowledged a");
			in.await(2, "CONNECTED");
			if (!fresh && qos > 0) {
				in.await(2, "end of a");
			}
			out.send("b").await("acknowledged b");
			in.await("end of b");
		});
		List<String> again = (fresh || qos == 0) ? List.of() : message("a");
		assertThat(told).isEqualTo(all(BORN, message("a"), AGAIN, again, message("b")));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void aHandlerFailsWhenItIsConnected(int qos) throws Exception {
		assertThat(same(qos, (site) -> {
			MqttUser in = site.start(site.silent("in")).await("CONNECTED");
			MqttUser out = site.start(site.out().on("CONNECTED", HandlerUseTests::fail)).await(2, "CONNECTED");
			out.slots("a").await("acknowledged a").send("b").await("acknowledged b");
			in.await("end of b");
		})).isEqualTo(all(BORN, AGAIN, List.of("acknowledged a", "acknowledged b", "b sent")));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void aHandlerFailsWhenItIsAnswered(int qos) throws Exception {
		assertThat(same(qos, (site) -> {
			MqttUser in = site.start(site.silent("in")).await("CONNECTED");
			MqttUser out = site.start(site.out().on("acknowledged", HandlerUseTests::fail));
			out.await("CONNECTED").send("a").await(2, "CONNECTED").send("b").await("acknowledged b");
			in.await("end of b");
			assertThat(in.events()).isEqualTo(all(BORN, message("a"), message("b")));
		})).isEqualTo(all(BORN, List.of("acknowledged a"), AGAIN, List.of("acknowledged b", "a sent", "b sent")));
	}

	@ParameterizedTest
	@CsvSource({ "0,0", "1,0", "2,0", "0,1", "1,1", "2,1" })
	void nothingLeavesOfAMessageInWhoseSlotAHandlerFails(int qos, int good) throws Exception {
		assertThat(same(qos, (site) -> {
			MqttUser in = site.start(site.silent("in")).await("CONNECTED");
			MqttUser out = site.out();
			AtomicInteger slots = new AtomicInteger();
			out.slots = (slot) -> {
				boolean fails = slots.getAndIncrement() == good;
				slot.write("ab");
				if (!fails) {
					out.stream().requestTx();
					return;
				}
				slot.end();
				out.slots = null;
				if (this.onLoop) {
					fail(out);
				}
				slot.detach();
			};
			site.start(out).await("CONNECTED").call(SecureStream::requestTx).await(2, "CONNECTED");
			out.slots("c").await("acknowledged c");
			in.await("end of c");
			assertThat(in.events()).isEqualTo(all(BORN, message("c")));
		})).isEqualTo(all(BORN, AGAIN, List.of("acknowledged c")));
	}

	@ParameterizedTest
	@CsvSource({ "0,disconnect", "1,disconnect", "2,disconnect", "0,hangUp", "1,hangUp", "2,hangUp" })
	void aHandlerMakesAnotherConnectionWhenItIsConnected(int qos, String how) throws Exception {
		assertThat(same(qos, (site) -> {
			MqttUser in = site.start(site.silent("in")).await("CONNECTED");
			MqttUser out = site.start(site.out().on("CONNECTED", (user) -> reconnect(user, how)));
			out.await(2, "CONNECTED").slots("a").await("acknowledged a").send("b").await("acknowledged b");
			in.await("end of b");
			assertThat(in.events()).isEqualTo(all(BORN, message("a"), message("b")));
		})).isEqualTo(all(BORN, again(how), List.of("acknowledged a", "acknowledged b", "b sent")));
	}

	private static void reconnect(MqttUser user, String how) {
		if (how.equals("disconnect")) {
			user.stream().disconnect();
			user.stream().connect();
		}
		else {
			user.stream().hangUp();
		}
	}

	/** Who connects itself does not retry. */
	private static List<String> again(String how) {
		return how.equals("disconnect") ? List.of("DISCONNECTED", "CONNECTING", "CONNECTED") : AGAIN;
	}

	@ParameterizedTest
	@CsvSource({ "0,disconnect", "1,disconnect", "2,disconnect", "0,hangUp", "1,hangUp", "2,hangUp" })
	void aHandlerMakesAnotherConnectionWhenItIsAnswered(int qos, String how) throws Exception {
		assertThat(same(qos, (site) -> {
			MqttUser in = site.start(site.silent("in")).await("CONNECTED");
			MqttUser out = site.start(site.out().on("acknowledged", (user) -> reconnect(user, how)));
			out.await("CONNECTED").slots("a").await(2, "CONNECTED");
			out.slots("b").await("acknowledged b");
			in.await("end of b");
			assertThat(in.events()).isEqualTo(all(BORN, message("a"), message("b")));
		})).isEqualTo(all(BORN, List.of("acknowledged a"), again(how), List.of("acknowledged b")));
	}

	@ParameterizedTest
	@CsvSource({ "0,disconnect", "1,disconnect", "2,disconnect", "0,hangUp", "1,hangUp", "2,hangUp" })
	void aHandlerMakesAnotherConnectionWhenItReceives(int qos, String how) throws Exception {
		List<String> told = same(qos, (site) -> {
			MqttUser in = site.user("in").on("end of a", (user) -> reconnect(user, how));
			site.start(in).await("CONNECTED");
			MqttUser out = site.start(site.silent()).send("a").await("acknowledged a");
			in.await(2, "CONNECTED");
			out.send("b").await("acknowledged b");
			in.await("end of b");
		});
		assertThat(told).isEqualTo(all(BORN, message("a"), again(how), message("b")));
	}

}
