package io.securestreams.transport.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.securestreams.stream.SecureStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Answers that have no body, come late, or beside each other, are the same on both
 * versions of HTTP.
 */
@ParameterizedClass
@CsvSource({ "3,false", "3,true", "65536,false", "65536,true" })
@Timeout(60)
class AnswerShapeTests extends ServerTransactionContract {

	AnswerShapeTests(int slot, boolean onLoop) {
		super(slot, onLoop);
	}

	@Test
	void anAnswerMayComeLongAfterTheRequest() throws Exception {
		List<String> events = same(Plan.nothing(), (peer, requests, seen) -> {
			int request = peer.ask("POST", "/x", 3);
			peer.body(request, "abc", true);
			requests.first().await("end of abc");
			requests.first().acknowledge(201).send("at last");
			seen.add(peer.answer(request));
		});
		assertThat(events).containsExactly("CREATING", "CONNECTING", "CONNECTED", "SERVER_TXN", "start of abc",
				"end of abc", "DISCONNECTED", "DESTROYING", "acknowledge 201", "send #0", "201 /x 7 at last");
	}

	@Test
	void thereIsOneMessageInAnAnswer() throws Exception {
		List<String> events = same(
				Plan.asked((request) -> request.acknowledge(200).acknowledge(201).send("first").send("second")),
				(peer, requests, seen) -> seen.add(peer.answer(peer.ask("GET", "/x", RequestPeer.NO_BODY))));
		assertThat(events).endsWith("acknowledge 200", "acknowledge 201 IllegalStateException", "send #0",
				"send StreamClosedException", "200 /x 5 first");
	}

	@Test
	void theStatusOfTheAnswerIsKnown() throws Exception {
		assertThat(statuses(SecureStream::reject)).containsExactly(0, 404, 0, 404);
		assertThat(statuses((stream) -> stream.answer(418))).containsExactly(0, 418, 0, 418);
		assertThat(statuses((stream) -> {
			stream.acknowledge();
			stream.send(new byte[1]);
		})).containsExactly(0, 200, 0, 200);
	}

	private Queue<Integer> statuses(Consumer<SecureStream> answer) throws Exception {
		Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
		same(Plan.asked((request) -> {
			statuses.add(request.stream().answeredStatus());
			answer.accept(request.stream());
			statuses.add(request.stream().answeredStatus());
		}), (peer, requests, seen) -> peer.answer(peer.ask("GET", "/x", RequestPeer.NO_BODY)));
		return statuses;
	}

	@ParameterizedTest
	@CsvSource({ "HEAD,200", "HEAD,404", "GET,204", "GET,304", "POST,204", "POST,205", "HEAD,304" })
	void someAnswersHaveNoBodyWhateverIsSent(String method, int status) throws Exception {
		List<String> events = same(Plan.asked((request) -> request.acknowledge(status).send("dropped")),
				(peer, requests, seen) -> {
					int request = peer.ask(method, "/x", method.equals("POST") ? 3 : RequestPeer.NO_BODY);
					if (method.equals("POST")) {
						peer.body(request, "abc", true);
					}
					seen.add(peer.answer(request));
				});
		assertThat(events).last().asString().startsWith(status + " /x ");
	}

	@Test
	void answersOfUnknownLengthEndWithTheConnectionInHttp10() throws Exception {
		// Unless all of it is there at once
		boolean unknown = this.slot == 3;
		String fields = unknown ? "Connection: keep-alive\r\n" : "";
		Transaction transaction = transaction(Plan.asked((request) -> request.acknowledge(200).slots("012345")));
		site.handlers = () -> transaction;
		String answer = ServingFixture.talk("127.0.0.1", site.port(), "GET /x HTTP/1.0\r\n" + fields + "\r\n");
		Awaitility.await().until(() -> site.server.clients().isEmpty());
		assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n012345").contains("connection: close\r\n");
		assertThat(answer.contains("content-length: 6\r\n")).isNotEqualTo(unknown);
		assertThat(transaction.told()).doesNotContain("failed CONNECTION");
	}

	@Test
	void requestsOnOneConnectionAreEachTheirOwn() throws Exception {
		List<String> events = same(Plan.whole((request, body) -> request.answer(200, body)).onAsked((request) -> {
			if (!"POST".equals(request.stream().metadata().get("method"))) {
				request.acknowledge(201).slots("012345");
			}
		}), (peer, requests, seen) -> {
			List<Integer> asked = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				asked.add(peer.ask("GET", "/" + i, RequestPeer.NO_BODY));
				int post = peer.ask("POST", "/post" + i, 3);
				peer.body(post, "abc", true);
				asked.add(post);
			}
			for (int request : asked) {
				seen.add(peer.answer(request));
			}
		});
		assertThat(events).contains("201 /0 " + ((this.slot == 3) ? "" : "6") + " 012345", "200 /post3 3 abc");
	}

}
