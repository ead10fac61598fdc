package io.securestreams.transport.serving;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.stream.SecureStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Bodies that are wanted or not, and answers that do not wait for their end, are the same
 * on both versions of HTTP.
 */
@ParameterizedClass
@CsvSource({ "3,false", "3,true", "65536,false", "65536,true" })
@Timeout(60)
class EarlyAnswerTests extends ServerTransactionContract {

	EarlyAnswerTests(int slot, boolean onLoop) {
		super(slot, onLoop);
	}

	private static final String[] EXPECT = { "expect", "100-continue" };

	private String proceed(boolean pausing) {
		return (this.onLoop || pausing) ? "" : "100  , ";
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aBodyThatIsNotWantedIsNotAskedFor(boolean pausing) throws Exception {
		Plan plan = Plan.asked((request) -> request.answer(413, "no"));
		List<String> events = same(pausing ? plan.pausing() : plan, (peer, requests, seen) -> {
			int request = peer.ask("POST", "/x", 3, EXPECT);
			seen.add(peer.answer(request));
		});
		assertThat(events).containsExactly("CREATING", "CONNECTING", "CONNECTED", "SERVER_TXN", "DISCONNECTED",
				"DESTROYING", "answer #0", proceed(pausing) + "413 /x 2 no");
	}

	@Test
	void whoFindsOutFirstMayWantTheBodyThen() throws Exception {
		List<String> events = same(Plan.asked((request) -> request.call("resume", SecureStream::resumeReceiving))
			.onWhole((request, body) -> request.answer(200, body))
			.pausing(), (peer, requests, seen) -> {
				int request = peer.ask("POST", "/x", 3, EXPECT);
				seen.add(peer.head(request));
				peer.body(request, "abc", true);
				seen.add(peer.answer(request));
			});
		assertThat(events).containsExactly("CREATING", "CONNECTING", "CONNECTED", "SERVER_TXN", "start of abc",
				"end of abc", "DISCONNECTED", "DESTROYING", "resume", "answer #0", "100  ", "200 /x 3 abc");
	}

	@Test
	void aBodyThatIsWantedIsAskedFor() throws Exception {
		List<String> events = same(Plan.whole((request, body) -> request.answer(200, body)), (peer, requests, seen) -> {
			int request = peer.ask("POST", "/x", 3, EXPECT);
			seen.add(peer.head(request));
			peer.body(request, "abc", true);
			seen.add(peer.answer(request));
		});
		assertThat(events).containsExactly("CREATING", "CONNECTING", "CONNECTED", "SERVER_TXN", "start of abc",
				"end of abc", "DISCONNECTED", "DESTROYING", "answer #0", "100  ", "200 /x 3 abc");
	}

	/** The client sends the body although it has its answer, or does not. */
	@ParameterizedTest
	@CsvSource({ "whole,false", "leaves,false", "whole,true", "leaves,true" })
	void anAnswerBeforeTheBodyMayComeFirst(String then, boolean pausing) throws Exception {
		Plan plan = Plan.asked((request) -> request.answer(200, "early"));
		List<String> events = same(pausing ? plan.pausing() : plan, (peer, requests, seen) -> {
			int request = peer.ask("POST", "/x", 3, EXPECT);
			seen.add(peer.answer(request));
			if (then.equals("whole")) {
				peer.body(request, "abc", true);
				requests.first().stream().resumeReceiving();
			}
			else {
				peer.giveUp(request);
			}
		});
		assertThat(events).endsWith("answer #0", (pausing ? "" : "100  , ") + "200 /x 5 early");
	}

	@Test
	void anAcknowledgementBeforeTheBodyAsksForIt() throws Exception {
		List<String> events = same(
				Plan.asked((request) -> request.acknowledge(201)).onWhole((request, body) -> request.send(body)),
				(peer, requests, seen) -> {
					int request = peer.ask("PUT", "/x", 3, EXPECT);
					seen.add(peer.head(request));
					peer.body(request, "abc", true);
					seen.add(peer.answer(request));
				});
		assertThat(events).endsWith("DISCONNECTED", "DESTROYING", "acknowledge 201", "send #0", "100  ",
				"201 /x 3 abc");
	}

	@ParameterizedTest
	@ValueSource(strings = { "answer", "slots", "status" })
	void anEarlySuccessLetsTheUploadGoOn(String how) throws Exception {
		List<String> events = same(Plan.nothing().onStarted((request) -> {
			switch (how) {
				case "answer" -> request.answer(200, "early");
				case "slots" -> request.acknowledge(200).slots("early");
				default -> request.call("status", (stream) -> stream.answer(202));
			}
		}), (peer, requests, seen) -> {
			int request = peer.ask("POST", "/x", 6);
			peer.body(request, "abc", false);
			if (!how.equals("status")) {
				seen.add(peer.answer(request));
			}
			requests.first().await("start of abc");
			peer.body(request, "def", true);
			if (how.equals("status")) {
				seen.add(peer.answer(request));
			}
		});
		assertThat(events).containsSubsequence("SERVER_TXN", "start of abc", "end of abcdef", "DISCONNECTED",
				"DESTROYING");
		assertThat(events).doesNotContain("failed CONNECTION")
			.endsWith(how.equals("slots") ? "200 /x " + ((this.slot == 3) ? "" : "5") + " early"
					: how.equals("answer") ? "200 /x 5 early" : "202 /x 0 ");
	}

	@Test
	void anEarlySuccessIsNotCompleteIfTheUploadIsNot() throws Exception {
		List<String> events = same(Plan.asked((request) -> request.answer(200, "early")), (peer, requests, seen) -> {
			int request = peer.ask("POST", "/x", 6);
			peer.body(request, "abc", false);
			seen.add(peer.answer(request));
			requests.first().await("start of abc");
			peer.giveUp(request);
		});
		assertThat(events).endsWith("DISCONNECTED", "DESTROYING", "failed CONNECTION", "answer #0", "200 /x 5 early");
	}

	@Test
	void anEarlyRefusalEndsTheRequest() throws Exception {
		List<String> events = same(Plan.nothing().onStarted((request) -> request.answer(403, "no")),
				(peer, requests, seen) -> {
					int request = peer.ask("POST", "/x", 6);
					peer.body(request, "abc", false);
					seen.add(peer.answer(request));
					requests.first().await("DESTROYING");
					peer.body(request, "def", true);
				});
		assertThat(events).containsExactly("CREATING", "CONNECTING", "CONNECTED", "SERVER_TXN", "start of abc",
				"DISCONNECTED", "DESTROYING", "answer #0", "403 /x 2 no");
	}

}
