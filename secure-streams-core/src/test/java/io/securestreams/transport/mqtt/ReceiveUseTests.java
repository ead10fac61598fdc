package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.stream.SecureStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Subscribers who pause for long, block, and resume when nobody waits for it.
 */
@ParameterizedClass
@CsvSource({ "3,false", "65536,true" })
@Timeout(60)
class ReceiveUseTests extends MqttUseContract {

	/** More than brokers send without an acknowledgement, and than is held. */
	private static final int MANY = 100;

	ReceiveUseTests(int slot, boolean onLoop) {
		super(slot, onLoop);
		this.maxHeld = 40;
	}

	private static List<String> received(String... messages) {
		List<String> all = new ArrayList<>(List.of("CREATING", "CONNECTING", "CONNECTED"));
		for (String message : messages) {
			all.addAll(List.of("start on x", "end of " + message));
		}
		return all;
	}

	private static String[] many() {
		String[] all = new String[MANY];
		for (int i = 0; i < MANY; i++) {
			all[i] = "m" + i;
		}
		return all;
	}

	@ParameterizedTest
	@CsvSource({ "0,pause", "1,pause", "2,pause", "0,suspend", "1,suspend", "2,suspend", "0,block", "1,block",
			"2,block" })
	void nothingIsLostInALongPause(int qos, String how) throws Exception {
		assertThat(same(qos, (site) -> {
			MqttUser in = site.user("in");
			CompletableFuture<Void> over = new CompletableFuture<>();
			in.on("end of m0", (user) -> {
				switch (how) {
					case "pause" -> {
						user.stream().pauseReceiving();
						over.thenRunAsync(user.stream()::resumeReceiving);
					}
					case "suspend" -> over.thenRunAsync(user.stream().suspendReceiving()::close);
					default -> over.join();
				}
			});
			site.start(in).await("CONNECTED");
			MqttUser out = site.start(site.silent());
			for (String message : many()) {
				out.send(message);
			}
			out.await("acknowledged m" + (MANY - 1));
			in.await("end of m0");
			assertThat(in.events()).endsWith("start on x", "end of m0");
			over.complete(null);
			in.await("end of m" + (MANY - 1));
		})).isEqualTo(received(many()));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void eachMessageIsPausedAfterAndResumedFromElsewhere(int qos) throws Exception {
		assertThat(same(qos, (site) -> {
			MqttUser in = site.user("in");
			for (String message : List.of("a", "b", "c")) {
				in.on("end of " + message, (user) -> {
					user.stream().pauseReceiving();
					CompletableFuture.runAsync(user.stream()::resumeReceiving);
					CompletableFuture.runAsync(user.stream()::resumeReceiving);
				});
			}
			site.start(in).await("CONNECTED");
			site.start(site.silent()).send("a").send("b").send("c").send("d").await("acknowledged d");
			in.await("end of d");
		})).isEqualTo(received("a", "b", "c", "d"));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void whoIsClosedInAPauseIsNotResumed(int qos) throws Exception {
		assertThat(same(qos, (site) -> {
			MqttUser in = site.user("in").on("end of a", (user) -> user.stream().pauseReceiving());
			site.start(in).await("CONNECTED");
			site.start(site.silent()).send("a").send("b").await("acknowledged b");
			in.await("end of a").call(SecureStream::close).await("DESTROYING");
			in.call(SecureStream::resumeReceiving);
			CompletableFuture.runAsync(in.stream()::resumeReceiving).get(20, TimeUnit.SECONDS);
			CompletableFuture.runAsync(in.stream().suspendReceiving()::close).get(20, TimeUnit.SECONDS);
			MqttUser next = site.start(site.silent("in")).await("CONNECTED");
			site.start(site.silent()).send("c").await("acknowledged c");
			next.await("end of c");
		})).containsExactly("CREATING", "CONNECTING", "CONNECTED", "start on x", "end of a", "DISCONNECTED",
				"DESTROYING");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void theConnectionIsLostInAPause(int qos) throws Exception {
		List<String> told = same(qos, (site) -> {
			CompletableFuture<Void> paused = new CompletableFuture<>();
			MqttUser in = site.user("in").on("end of a", (user) -> {
				user.stream().pauseReceiving();
				paused.complete(null);
			});
			site.start(in).await("CONNECTED");
			MqttUser out = site.start(site.silent()).send("a").send("b").await("acknowledged b");
			paused.get(20, TimeUnit.SECONDS);
			site.cutSubscriber();
			in.await("DISCONNECTED").call(SecureStream::resumeReceiving).await(2, "CONNECTED");
			out.send("c").await("acknowledged c");
			in.await("end of c");
		});
		List<String> expected = new ArrayList<>(received("a"));
		// Nobody has kept what the handler had not had
		expected.addAll(List.of("DISCONNECTED", "POLL", "CONNECTING", "CONNECTED"));
		expected.addAll(received("c").subList(3, 5));
		assertThat(told).isEqualTo(expected);
	}

}
