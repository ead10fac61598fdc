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
 * Clients that leave, handlers that give up and time limits that pass are the same for a
 * handler on both versions of HTTP.
 */
@ParameterizedClass
@CsvSource({ "3,false", "3,true", "65536,false", "65536,true" })
@Timeout(60)
class BrokenRequestTests extends ServerTransactionContract {

	BrokenRequestTests(int slot, boolean onLoop) {
		super(slot, onLoop);
	}

	private static final String TEXT = "0123456789".repeat(10_000);

	@Test
	void aClientThatLeavesWhileItSendsFailsTheRequest() throws Exception {
		assertThat(same(Plan.nothing(), (peer, requests, seen) -> {
			int request = peer.ask("POST", "/", 100);
			peer.body(request, "abc", false);
			requests.first().await("start of abc");
			peer.giveUp(request);
		})).containsExactly("CREATING", "CONNECTING", "CONNECTED", "SERVER_TXN", "start of abc", "DISCONNECTED",
				"DESTROYING", "failed CONNECTION");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aConnectionThatEndsInTheMiddleOfABodyFailsTheRequest(boolean reset) throws Exception {
		assertThat(same(Plan.asked((request) -> request.acknowledge(201)), (peer, requests, seen) -> {
			int request = peer.ask("POST", "/", RequestPeer.UNKNOWN);
			peer.body(request, "abc", false);
			requests.first().await("start of abc");
			if (reset) {
				peer.leave();
			}
			else {
				peer.close();
			}
		})).endsWith("start of abc", "DISCONNECTED", "DESTROYING", "failed CONNECTION", "acknowledge 201");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aClientThatLeavesInTheMiddleOfAnAnswerFailsTheRequest(boolean connection) throws Exception {
		List<String> events = same(Plan.asked((request) -> request.acknowledge(200).slots(TEXT)).slots(2),
				(peer, requests, seen) -> {
					int request = peer.ask("GET", "/", RequestPeer.NO_BODY);
					requests.first().await("enough");
					seen.add(peer.head(request));
					if (connection) {
						peer.leave();
					}
					else {
						peer.giveUp(request);
					}
				});
		assertThat(events).containsExactly("CREATING", "CONNECTING", "CONNECTED", "SERVER_TXN", "slot #0 of 16384",
				"slot #1 of 16384", "slot #2 of 16384", "enough", "DISCONNECTED", "DESTROYING", "failed CONNECTION",
				"acknowledge 200", "slots", "200 / ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "POST" })
	void anAnswerAfterTheClientHasLeftFails(String method) throws Exception {
		List<String> events = same(Plan.nothing(), (peer, requests, seen) -> {
			int request = peer.ask(method, "/", method.equals("GET") ? RequestPeer.NO_BODY : 3);
			if (method.equals("POST")) {
				peer.body(request, "abc", true);
				requests.first().await("end of abc");
			}
			requests.first().await("SERVER_TXN");
			peer.giveUp(request);
			requests.first().await("DESTROYING");
			requests.first().answer(200, "late").acknowledge(200).send("late").call("slot", SecureStream::requestTx);
		});
		assertThat(events).endsWith("DISCONNECTED", "DESTROYING", "failed CONNECTION", "answer StreamClosedException",
				"acknowledge 200 StreamClosedException", "send StreamClosedException", "slot");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void anAnswerAfterTheTimeLimitFails(boolean acknowledged) throws Exception {
		this.at = hastySite;
		List<String> events = same(Plan.asked((request) -> {
			if (acknowledged) {
				request.acknowledge(201);
			}
		}), (peer, requests, seen) -> {
			int request = peer.ask("POST", "/", 3);
			peer.body(request, "abc", true);
			seen.add(peer.answer(request));
			requests.first().await("DESTROYING");
			requests.first().answer(200, "late").send("late");
		});
		assertThat(events).containsSubsequence("SERVER_TXN", "start of abc", "end of abc", "DISCONNECTED", "DESTROYING",
				"failed HANDLER", "answer StreamClosedException", "send StreamClosedException", "503  0 ");
	}

	private String onePiece() {
		return TEXT.substring(0, Math.min(this.slot, 16384));
	}

	@Test
	void anAnswerThatStopsInTheMiddleIsCutOffAfterTheTimeLimit() throws Exception {
		this.at = hastySite;
		List<String> events = same(Plan.asked((request) -> request.acknowledge(200).slots(TEXT)).slots(1),
				(peer, requests, seen) -> seen.add(peer.answer(peer.ask("GET", "/", RequestPeer.NO_BODY))));
		assertThat(events).endsWith("enough", "DISCONNECTED", "DESTROYING", "failed HANDLER", "acknowledge 200",
				"slots", "200 /  " + onePiece() + "cut off");
	}

	/** Who decides elsewhere pauses meanwhile, else the client learns nothing bad. */

	@ParameterizedTest
	@ValueSource(strings = { "close", "disconnect", "throw", "fail" })
	void aHandlerThatGivesUpInTheMiddleOfABody(String how) throws Exception {
		List<String> events = same(Plan.nothing().onStarted((request) -> {
			switch (how) {
				case "close" -> request.stream().close();
				case "disconnect" -> request.stream().disconnect();
				case "fail" -> request.stream().fail(new IllegalStateException("expected by the test"));
				default -> throw new IllegalStateException("expected by the test");
			}
		}), (peer, requests, seen) -> {
			int request = peer.ask("POST", "/x", 6);
			peer.body(request, "abc", false);
			seen.add(peer.answer(request));
		});
		assertThat(events).contains("start of abc", "DESTROYING")
			.endsWith(how.equals("throw") || how.equals("fail") ? "500  0 " : "no answer ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "close", "disconnect", "fail" })
	void aHandlerThatGivesUpInTheMiddleOfItsAnswer(String how) throws Exception {
		List<String> events = same(Plan.asked((request) -> request.acknowledge(200).slots(TEXT)).slots(1),
				(peer, requests, seen) -> {
					int request = peer.ask("GET", "/x", RequestPeer.NO_BODY);
					requests.first().await("enough");
					switch (how) {
						case "close" -> requests.first().stream().close();
						case "disconnect" -> requests.first().stream().disconnect();
						default -> requests.first().stream().fail(new IllegalStateException("expected by the test"));
					}
					seen.add(peer.answer(request));
				});
		assertThat(events).endsWith("200 /x  " + onePiece() + "cut off");
	}

}
