package io.securestreams.transport.http.exchange;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.http.HttpBody;
import io.securestreams.policy.http.HttpBody.Multipart;
import io.securestreams.transport.http.TestHttpPolicy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a peer says beside its answers means the same on every version of HTTP: that an
 * answer takes its time, that it leaves, or that it has not looked at a request. Several
 * streams share one body in the same way.
 */
@ParameterizedClass
@CsvSource({ "3,false", "3,true", "65536,false", "65536,true" })
@Timeout(60)
class PeerSignsTests extends ClientExchangeContract {

	PeerSignsTests(int slotSize, boolean elsewhere) {
		super(slotSize, elsewhere);
	}

	@Override
	ExchangePeer peer(boolean second) {
		return second ? ExchangePeer.start(true) : new SocketExchangePeer();
	}

	@Override
	@Nullable StreamPolicy streamType(String name) {
		return name.equals("gone") ? null : part(name, "").build();
	}

	private static TestHttpPolicy part(String name, String next) {
		return TestHttpPolicy.post("/echo")
			.name(name)
			.body(new HttpBody(false, false, new Multipart(name, name + ".txt", "text/plain"), false))
			.rideshare(next);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 10 })
	void signsBeforeAnAnswerAreNoAnswer(int count) {
		assertThat(once(TestHttpPolicy.get("/hints/" + count))).containsExactly("connected 127.0.0.1", "start",
				"end of 6", "acknowledged #0", "completed");
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "POST" })
	void aFloodOfSignsEndsTheAttempt(String method) {
		List<String> events = same(TestHttpPolicy.client().method(method).url("/hints/1000"),
				(link, all) -> all.addAll(link.attempt()));
		assertThat(events).endsWith("closed PROTOCOL: more than 16 interim responses");
	}

	@Test
	void theAttemptAfterAFloodIsAnother() {
		List<String> events = same(TestHttpPolicy.get("/hints/1000"), (link, all) -> {
			all.addAll(link.attempt());
			all.addAll(link.attempt());
		});
		assertThat(events).hasSize(2).allMatch((event) -> event.startsWith("closed PROTOCOL"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "POST" })
	void aPeerThatLeavesAfterItsAnswerHasAnswered(String method) {
		List<String> events = same(TestHttpPolicy.client().method(method).url("/leaving"), (link, all) -> {
			all.addAll(link.attempt());
			all.addAll(link.attempt());
		});
		assertThat(events).filteredOn((event) -> event.equals("completed")).hasSize(2);
		assertThat(events).doesNotContain("closed CONNECTION");
		assertThat(seen()).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/turned-away", "/turned-away/left" })
	void whatThePeerHasNotLookedAtBeforeItLeftIsAskedAgain(String path) {
		List<String> events = same(TestHttpPolicy.get(path), (link, all) -> {
			all.addAll(link.attempt());
			all.addAll(link.attempt());
		});
		assertThat(events).containsExactly("connected 127.0.0.1", "start", "end of 6", "acknowledged #0", "completed",
				"connected 127.0.0.1", "start", "end of 6", "acknowledged #0", "completed");
		assertThat(seen()).hasSize(2);
	}

	@ParameterizedTest
	@CsvSource({ "last,test;last", "gone,test" })
	void streamsShareABody(String next, String riders) {
		List<String> all = same(part("test", next), (link, events) -> {
			link.rides = true;
			events.addAll(link.body(bytes("abc".repeat(riders.split(";").length)), -1, true).attempt());
			events.addAll(link.riders);
		});
		assertThat(all).contains("completed").endsWith(riders.split(";"));
		assertThat(seen()).hasSize(1);
	}

}
