package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.stream.DetachedSlot;
import io.securestreams.stream.SecureStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Several streams on one connection, of which some leave it, fail, or keep it waiting.
 */
@ParameterizedClass
@CsvSource({ "3,false", "3,true", "65536,false", "65536,true" })
@Timeout(60)
class SharedUseTests extends MqttUseContract {

	private static final List<String> BORN = List.of("CREATING", "CONNECTING", "CONNECTED");

	private static final List<String> AGAIN = List.of("DISCONNECTED", "POLL", "CONNECTING", "CONNECTED");

	SharedUseTests(int slot, boolean onLoop) {
		super(slot, onLoop);
	}

	private static List<String> all(List<?>... parts) {
		List<String> all = new ArrayList<>();
		for (List<?> part : parts) {
			part.forEach((each) -> all.add((String) each));
		}
		return all;
	}

	private static List<String> messages(String topic, String... texts) {
		List<String> all = new ArrayList<>();
		for (String text : texts) {
			all.addAll(List.of("start on " + topic, "end of " + text));
		}
		return all;
	}

	@ParameterizedTest
	@CsvSource({ "0,true", "1,true", "2,true", "0,false", "1,false", "2,false" })
	void eachStreamHasWhatItsFilterMatchesOnce(int qos, boolean fresh) throws Exception {
		this.clean = fresh;
		assertThat(same(qos, (site) -> {
			MqttUser both = site.in();
			MqttUser twin = site.in();
			MqttUser one = site.start(site.pick("x")).await("CONNECTED");
			MqttUser same = site.start(site.pick("x")).await("CONNECTED");
			MqttUser other = site.start(site.pick("y")).await("CONNECTED");
			MqttUser out = site.start(site.silent()).send("a").send("b").await("acknowledged b");
			MqttUser away = site.silent();
			away.topic = "y";
			site.start(away).send("c").await("acknowledged c");
			out.send("d").await("acknowledged d");
			for (MqttUser each : List.of(both, twin, one, same)) {
				each.await("end of d");
			}
			other.await("end of c");
		})).isEqualTo(all(BORN, messages("x", "a", "b"), messages("y", "c"), messages("x", "d"), BORN,
				messages("x", "a", "b"), messages("y", "c"), messages("x", "d"), BORN, messages("x", "a", "b", "d"),
				BORN, messages("x", "a", "b", "d"), BORN, messages("y", "c")));
	}

	@ParameterizedTest
	@CsvSource({ "1,disconnect,x", "2,disconnect,x", "1,hangUp,x", "2,hangUp,x", "1,fail,x", "2,fail,x",
			"1,disconnect,#", "2,hangUp,#", "1,fail,#", "2,fail,#" })
	void whoComesBackToAKeptSessionMissesNothing(int qos, String how, String filter) throws Exception {
		this.clean = false;
		List<String> told = same(qos, (site) -> {
			MqttUser staying = site.in();
			MqttUser leaving = filter.equals("#") ? site.user("in") : site.pick("x");
			leaving.on("end of a", (user) -> leave(user, how));
			site.start(leaving).await("CONNECTED");
			MqttUser out = site.start(site.silent());
			for (String text : List.of("a", "b", "c", "d", "e")) {
				out.send(text);
			}
			out.await("acknowledged e");
			staying.await("end of e");
			leaving.await("end of e");
		});
		List<String> again = how.equals("fail") ? messages("x", "a") : List.of();
		List<String> states = how.equals("disconnect") ? List.of("DISCONNECTED", "CONNECTING", "CONNECTED") : AGAIN;
		assertThat(told).isEqualTo(all(BORN, messages("x", "a", "b", "c", "d", "e"), BORN, messages("x", "a"), states,
				again, messages("x", "b", "c", "d", "e")));
	}

	private static void leave(MqttUser user, String how) {
		switch (how) {
			case "disconnect" -> {
				user.stream().disconnect();
				user.stream().connect();
			}
			case "hangUp" -> user.stream().hangUp();
			default -> throw new IllegalStateException("handler of " + user.type);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void aKeptSessionGoesOnAfterItsConnectionIsCut(int qos) throws Exception {
		this.clean = false;
		same(qos, (site) -> {
			MqttUser one = site.start(site.silent("in")).await("CONNECTED");
			MqttUser two = site.start(site.silent("in")).await("CONNECTED");
			MqttUser out = site.start(site.silent());
			for (int i = 0; i < 30; i++) {
				out.send("m" + i);
				if (i % 10 == 5) {
					out.await("acknowledged m" + i);
					// Whose CONNECT is cut off is sent nothing by this broker on the
					// next connection, which it says the session is present on
					one.await(i / 10 + 1, "CONNECTED");
					two.await(i / 10 + 1, "CONNECTED");
					site.cutSubscriber();
				}
			}
			out.await("acknowledged m29");
			for (MqttUser each : List.of(one, two)) {
				each.await("end of m29");
				// This broker sends what it has not had PUBCOMP of as new messages
				List<String> ends = each.events()
					.stream()
					.filter((event) -> event.startsWith("end of "))
					.distinct()
					.toList();
				assertThat(ends).isEqualTo(IntStream.range(0, 30).mapToObj((number) -> "end of m" + number).toList());
			}
		});
	}

	@ParameterizedTest
	@CsvSource({ "0,true", "1,true", "2,true", "1,false", "2,false" })
	void whoIsBlockedWhenItIsToldOfItsStateMissesNothing(int qos, boolean fresh) throws Exception {
		this.clean = fresh;
		assertThat(same(qos, (site) -> {
			CompletableFuture<Void> blocked = new CompletableFuture<>();
			CompletableFuture<Void> over = new CompletableFuture<>();
			MqttUser slow = site.user("in").on("CONNECTED", (user) -> {
				blocked.complete(null);
				over.join();
			});
			site.start(slow);
			blocked.join();
			MqttUser out = site.start(site.silent());
			for (String text : List.of("a", "b", "c")) {
				out.send(text);
			}
			out.await("acknowledged c");
			MqttUser late = site.start(site.silent("in"));
			over.complete(null);
			slow.await("end of c");
			late.await("CONNECTED");
			out.send("d").await("acknowledged d");
			slow.await("end of d");
			late.await("end of d");
		})).isEqualTo(all(BORN, messages("x", "a", "b", "c", "d")));
	}

	@ParameterizedTest
	@CsvSource({ "0,disconnect", "1,disconnect", "2,disconnect", "0,close", "1,close", "2,close", "0,hangUp",
			"1,hangUp", "2,hangUp" })
	void whoLeavesInItsSlotDisturbsNobody(int qos, String how) throws Exception {
		this.clean = false;
		same(qos, (site) -> {
			MqttUser in = site.start(site.silent("in")).await("CONNECTED");
			MqttUser leaving = site.user("out");
			MqttUser staying = site.start(site.user("out")).await("CONNECTED");
			leaving.slots = (slot) -> {
				leaving.slots = null;
				if (this.onLoop) {
					slot.write("ab");
					end(leaving, how);
				}
				else {
					DetachedSlot taken = slot.detach();
					CompletableFuture.runAsync(() -> {
						taken.write("ab");
						end(leaving, how);
						leaving.await(how.equals("close") ? "DESTROYING" : "DISCONNECTED");
						taken.end();
						taken.submit();
					});
				}
			};
			site.start(leaving).await("CONNECTED").call(SecureStream::requestTx);
			staying.slots("one", "two", "three").await("acknowledged three");
			leaving.await(how.equals("close") ? "DESTROYING" : "DISCONNECTED");
			staying.send("four").await("acknowledged four");
			if (!how.equals("close")) {
				leaving.send("back").await("acknowledged back");
				in.await("end of back");
			}
			in.await("end of four");
			assertThat(staying.events()).isEqualTo(all(BORN,
					List.of("acknowledged one", "acknowledged two", "acknowledged three", "acknowledged four")));
			assertThat(in.events()).containsSubsequence("end of one", "end of two", "end of three", "end of four")
				.doesNotContain("end of ab");
			assertThat(leaving.events()).doesNotContain("acknowledged ab");
		});
	}

	private static void end(MqttUser user, String how) {
		switch (how) {
			case "disconnect" -> user.stream().disconnect();
			case "close" -> user.stream().close();
			default -> user.stream().hangUp();
		}
	}

	@ParameterizedTest
	@CsvSource({ "0,true", "1,true", "2,true", "1,false", "2,false" })
	void publishersOnOneConnectionAreToldOfTheirOwnMessagesOnly(int qos, boolean fresh) throws Exception {
		this.clean = fresh;
		same(qos, (site) -> {
			MqttUser in = site.start(site.silent("in")).await("CONNECTED");
			List<MqttUser> all = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				all.add(site.start(site.silent()).await("CONNECTED"));
			}
			for (int i = 0; i < 10; i++) {
				for (int j = 0; j < all.size(); j++) {
					all.get(j).send(j + "-" + i);
				}
				if (i == 5 && !fresh && qos > 0) {
					site.cutPublisher();
				}
			}
			for (int j = 0; j < all.size(); j++) {
				MqttUser user = all.get(j);
				String mine = j + "-";
				user.await(10, (event) -> event.startsWith("acknowledged "));
				assertThat(user.events().stream().filter((event) -> event.startsWith("acknowledged ")))
					.allMatch((event) -> event.startsWith("acknowledged " + mine))
					.doesNotHaveDuplicates();
				in.await("end of " + mine + 9);
			}
			List<String> ends = in.events().stream().filter((event) -> event.startsWith("end of ")).toList();
			if (qos == 2) {
				assertThat(ends).hasSize(40);
			}
		});
	}

}
