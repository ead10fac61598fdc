package io.securestreams.transport.http.exchange;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import io.securestreams.policy.http.HttpBody;
import io.securestreams.policy.http.IdentityHeaders;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.platform.SystemBlobs.Blob;
import io.securestreams.transport.http.TestHttpPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an exchange means is the same on every version of HTTP: events, ordinals, slots
 * and failures, and what the peer gets to see.
 */
@ParameterizedClass
@CsvSource({ "3,false", "3,true", "65536,false", "65536,true" })
@Timeout(60)
class ClientExchangeTests extends ClientExchangeContract {

	ClientExchangeTests(int slotSize, boolean elsewhere) {
		super(slotSize, elsewhere);
	}

	@Test
	void aRequestWithoutBody() {
		assertThat(once(TestHttpPolicy.get("/").perf())).containsExactly("timings 200", "connected 127.0.0.1", "start",
				"end of 6", "acknowledged #0", "completed");
	}

	@Test
	void aPostWithoutAnythingToSend() {
		assertThat(once(TestHttpPolicy.post("/"))).containsExactly("bodyless", "connected 127.0.0.1", "start",
				"end of 6", "acknowledged #0", "completed");
	}

	@Test
	void whatNobodyExpectsEndsTheAttempt() {
		List<String> events = same(TestHttpPolicy.post("/taken-back"), (link, all) -> {
			link.broken = true;
			all.addAll(link.attempt());
			link.broken = false;
			all.addAll(link.attempt());
		});
		assertThat(events)
			.startsWith("closed CONNECT: unexpected java.lang.IllegalStateException: expected by the test", "bodyless")
			.endsWith("completed");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void bodiesGoOutInSlots(boolean announced) {
		int length = (this.slotSize == 3) ? 300 : 40_000;
		byte[] body = new byte[length];
		Arrays.fill(body, (byte) 'x');
		List<String> events = same(TestHttpPolicy.post("/echo"),
				(link, all) -> all.addAll(link.body(body, announced ? body.length : -1, true).attempt()));
		int slots = (this.slotSize == 3) ? 100 : 3;
		assertThat(events).startsWith("slot " + Math.min(this.slotSize, 16384) + " #0")
			.endsWith("connected 127.0.0.1", "start", "end of " + length, "acknowledged #" + (slots - 1), "completed");
		assertThat(seen()).containsExactly("POST /echo {} " + length);
	}

	@Test
	void aRequestWithoutBodyHasNoOrdinal() {
		List<String> events = same(TestHttpPolicy.post("/"), (link, all) -> {
			link.body(bytes("012345678"), 9, true).attempt();
			all.addAll(link.attempt());
		});
		assertThat(events).contains("acknowledged #0");
	}

	@Test
	void theAnnouncedLengthIsTheEnd() {
		List<String> events = same(TestHttpPolicy.post("/"),
				(link, all) -> all.addAll(link.body(bytes("01234"), 5, false).attempt()));
		assertThat(events).endsWith("acknowledged #" + ((this.slotSize == 3) ? 1 : 0), "completed")
			.doesNotContain("slot for nothing");
		assertThat(seen()).containsExactly("POST / {} 01234");
	}

	@Test
	void nothingBeyondTheAnnouncedLengthLeaves() {
		List<String> events = same(TestHttpPolicy.post("/"),
				(link, all) -> all.addAll(link.body(bytes("01234567"), 5, true).attempt()));
		assertThat(events).endsWith("closed HANDLER: request body is longer than announced, by "
				+ ((this.slotSize == 3) ? 1 : 3) + " bytes or more");
		assertThat(seen()).isEmpty();
	}

	@Test
	void nothingShorterThanAnnouncedIsComplete() {
		List<String> events = same(TestHttpPolicy.post("/"),
				(link, all) -> all.addAll(link.body(bytes("0123"), 5, true).attempt()));
		assertThat(events).endsWith("closed HANDLER: request body is shorter than announced, by 1 bytes");
		assertThat(seen()).isEmpty();
	}

	@Test
	void framingIsNoMatterOfMetadata() {
		List<String> events = same(TestHttpPolicy.post("/").metadata("coding", "Transfer-Encoding:"), (link, all) -> {
			link.metadata.set("coding", "gzip");
			all.addAll(link.attempt());
		});
		assertThat(events)
			.containsExactly("closed POLICY unsent: metadata for transfer-encoding (expected: http_no_content_length)");
	}

	@ParameterizedTest
	@ValueSource(ints = { 503, 429 })
	void aBodyThatWasRefusedIsNotReplacedByNothing(int status) {
		List<String> events = same(TestHttpPolicy.post("/busy/" + status), (link, all) -> {
			all.addAll(link.body(bytes("pay"), 3, true).attempt());
			all.addAll(link.attempt());
			all.addAll(link.body(bytes("pay"), 3, true).attempt());
		});
		String busy = "closed BUSY PT7S status " + status + ": peer answers " + status;
		assertThat(events).containsExactly("slot 3 end #0", busy,
				"closed HANDLER unsent: request body went with an attempt that failed, and has not been given again",
				"slot 3 end #1", busy);
		assertThat(seen()).containsOnly("POST /busy/" + status + " {} pay").hasSize(2);
	}

	@Test
	void aStatusDecidesOnTheVerdict() {
		assertThat(once(TestHttpPolicy.get("/status/404").userStates(Map.of(404, 77)))).containsExactly("user state 77",
				"connected 127.0.0.1", "start", "end of 6", "rejected #0", "completed");
		assertThat(once(TestHttpPolicy.get("/status/404").expect(404))).endsWith("acknowledged #0", "completed");
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "POST" })
	void anAnswerThatBreaksOffIsNone(String method) {
		assertThat(once(TestHttpPolicy.get("/cut").method(method))).endsWith("connected 127.0.0.1", "start",
				"closed CONNECTION");
		assertThat(seen()).hasSize(1);
	}

	@Test
	void refusedRedirects() {
		assertThat(once(TestHttpPolicy.get("/to/302/x")))
			.containsExactly("closed REDIRECT status 302: peer answers with redirect 302");
	}

	@Test
	void followedRedirects() {
		assertThat(once(TestHttpPolicy.get("/to/302/x").redirects(true))).containsExactly("connected 127.0.0.1",
				"start", "end of 6", "acknowledged #0", "completed");
		assertThat(seen()).containsExactly("GET /to/302/x {} ", "GET /x {} ");
	}

	@Test
	void octetsOfALocation() {
		once(TestHttpPolicy.get("/raw").redirects(true));
		assertThat(seen()).containsExactly("GET /raw {} ", "GET /syn%F8ve {} ");
	}

	@Test
	void aBodyFollowsARedirectThatWantsIt() {
		List<String> events = same(TestHttpPolicy.post("/to/307/echo").redirects(true),
				(link, all) -> all.addAll(link.body(bytes("012"), 3, true).attempt()));
		assertThat(events).containsExactly("slot 3 end #0", "connected 127.0.0.1", "start", "end of 3",
				"acknowledged #0", "completed");
		assertThat(seen()).containsExactly("POST /to/307/echo {} 012", "POST /echo {} 012");
	}

	@Test
	void aBodyThatIsTooLongToBeKeptIsNotReplacedByNothing() {
		List<String> events = same(TestHttpPolicy.post("/to/308/echo").redirects(true), (link, all) -> {
			all.addAll(link.body(new byte[2000], 2000, true).attempt());
			all.addAll(link.attempt());
		});
		assertThat(events).contains("closed REDIRECT status 308: redirect 308 wants the request body once more")
			.endsWith(
					"closed HANDLER unsent: request body went with an attempt that failed, and has not been given again");
		assertThat(seen()).hasSize(1);
	}

	@Test
	void onlyHarmlessFieldsGoToAnotherOrigin() {
		this.runtime.runtime().blobs().set(Blob.AUTH, "token");
		TestHttpPolicy policy = TestHttpPolicy.get("/away")
			.redirects(true)
			.identity(new IdentityHeaders("authorization:", "", false, "", "", ""))
			.metadata("host", "Host:")
			.metadata("vault", "X-Vault-Token:")
			.metadata("language", "Accept-Language:");
		same(policy, (link, all) -> {
			link.metadata.set("host", "www.example.com").set("vault", "secret").set("language", "de");
			all.addAll(link.attempt());
		});
		assertThat(seen()).containsExactly("GET /away {accept-language=de, authorization=token, x-vault-token=secret} ",
				"other GET /elsewhere {accept-language=de} ");
	}

	@Test
	void anEarlyRefusalEndsTheRequest() {
		List<String> events = same(TestHttpPolicy.post("/early/413"),
				(link, all) -> all.addAll(withoutSlots(link.body(new byte[1 << 23], -1, true).attempt())));
		assertThat(events).containsExactly("connected 127.0.0.1", "start", "end of 6", "rejected #n", "completed");
	}

	@Test
	void anEarlySuccessEndsTheRequest() {
		List<String> events = same(TestHttpPolicy.post("/early/200"),
				(link, all) -> all.addAll(withoutSlots(link.body(new byte[1 << 23], -1, true).attempt())));
		assertThat(events).containsExactly("connected 127.0.0.1", "start", "end of 6", "acknowledged #n", "completed");
		assertThat(seen()).hasSize(1);
	}

	/** How far a body gets that is not wanted is a matter of time. */
	private static List<String> withoutSlots(List<String> events) {
		return events.stream()
			.filter((event) -> !event.startsWith("slot"))
			.map((event) -> event.replaceAll("#\\d+", "#n"))
			.toList();
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "PUT" })
	void aRequestThatIsResetInTheMiddleOfItsBodyFails(String method) {
		List<String> events = same(TestHttpPolicy.post("/reset").method(method), (link, all) -> {
			all.addAll(withoutSlots(link.body(new byte[1 << 23], -1, true).attempt()));
			all.addAll(link.attempt());
		});
		// The next attempt brings nothing, which nobody must take for the body
		assertThat(events).containsExactly("closed CONNECTION",
				"closed HANDLER unsent: request body went with an attempt that failed, and has not been given again");
		assertThat(seen()).isEmpty();
	}

	@Test
	void whatThePeerHasNotLookedAtIsAskedAgain() {
		List<String> events = same(TestHttpPolicy.get("/turned-away"), (link, all) -> {
			all.addAll(link.attempt());
			all.addAll(link.attempt());
		});
		assertThat(events).containsExactly("connected 127.0.0.1", "start", "end of 6", "acknowledged #0", "completed",
				"connected 127.0.0.1", "start", "end of 6", "acknowledged #0", "completed");
		assertThat(seen()).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/echo", "/silent/echo", "/early/417", "/hints" })
	void aBodyMayWaitUntilItIsWanted(String path) {
		boolean refused = path.endsWith("417");
		List<String> events = same(TestHttpPolicy.post(path).metadata("sign", "Expect:"), (link, all) -> {
			link.metadata.set("sign", "100-continue");
			all.addAll(withoutSlots(link.body(bytes("012345"), 6, true).attempt()));
		});
		assertThat(events).endsWith("connected 127.0.0.1", "start", "end of 6",
				refused ? "rejected #n" : "acknowledged #n", "completed");
		assertThat(seen()).hasSize(1);
	}

	@Test
	void multipartBodies() {
		HttpBody body = new HttpBody(false, false, new HttpBody.Multipart("text", "a.txt", "text/plain"), false);
		List<String> events = same(TestHttpPolicy.post("/").body(body),
				(link, all) -> all.addAll(link.body(bytes("012"), 3, true).attempt()));
		assertThat(events).containsExactly("slot 3 end #0", "connected 127.0.0.1", "start", "end of 6",
				"acknowledged #0", "completed");
	}

	@ParameterizedTest
	@CsvSource({ "200,false,status 200 success", "404,false,status 404", "404,true,status 404 success",
			"500,false,status 500", "503,false,status 503", "429,false,status 429" })
	void theHeadOfAnAnswerIsKnownBeforeAnythingElse(int status, boolean expected, String told) {
		TestHttpPolicy policy = TestHttpPolicy.get("/status/" + status).perf();
		List<String> answers = same(expected ? policy.expect(status) : policy, (link, all) -> {
			link.attempt();
			all.addAll(link.answers);
		});
		assertThat(answers).containsExactly(told + " x-answer: 42 after 0");
	}

	@Test
	void aRedirectThatIsFollowedIsNotTheAnswer() {
		List<String> answers = same(TestHttpPolicy.get("/to/302/status/404").redirects(true), (link, all) -> {
			link.attempt();
			all.addAll(link.answers);
		});
		assertThat(answers).containsExactly("status 404 x-answer: 42 after 0");
	}

	/** What the failure of an attempt knows of the answer. */
	private List<String> refused(TestHttpPolicy policy) {
		return same(policy, (link, all) -> {
			link.attempt();
			assertThat(link.failure).isNotNull();
			HttpAnswer answer = link.failure.answer();
			assertThat(answer).isNotNull();
			Set<String> fields = new TreeSet<>(answer.headers().keySet());
			// What peers say of their own accord
			fields.removeAll(Set.of("date", "content-length"));
			all.addAll(List.of(link.failure.phase().toString(), answer.toString(), fields.toString(), answer.text()));
		});
	}

	@ParameterizedTest
	@CsvSource({ "/busy/503,BUSY,503,answer", "/busy/429,BUSY,429,answer", "/to/302/x,REDIRECT,302,moved",
			"/cut/503,BUSY,503,half", "/cut/stuck/503,BUSY,503,half" })
	void whatEndsAnAttemptIsToldWithHeadersAndBody(String path, String phase, int status, String body) {
		List<String> told = refused(TestHttpPolicy.get(path));
		assertThat(told).hasSize(4).startsWith(phase, "status " + status).endsWith(body);
		assertThat(told.get(2)).contains(phase.equals("BUSY") ? "x-answer" : "location");
	}

	@Test
	void aRefusedBodyIsKeptUpToABound() {
		assertThat(refused(TestHttpPolicy.get("/long/503"))).endsWith("x".repeat(4096));
	}

	@Test
	void theNextAttemptAfterARefusalIsAnother() {
		List<String> events = same(TestHttpPolicy.get("/busy/503"), (link, all) -> {
			all.addAll(link.attempt());
			all.addAll(link.attempt());
		});
		assertThat(events).hasSize(2).allMatch((event) -> event.startsWith("closed BUSY"));
	}

}
