package io.securestreams.system.policyfetch;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.securestreams.stream.StreamState;
import io.securestreams.system.policyfetch.RefreshOutcome.Result;

import static io.securestreams.system.policyfetch.RefreshFixture.client;
import static io.securestreams.system.policyfetch.RefreshFixture.document;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A policy under which nothing works any more is taken back.
 */
@Timeout(60)
class PolicyRollbackTests extends PolicyTrialScene {

	@Test
	void whenNothingWorksTheFormerPolicyIsBack() {
		working();
		String bad = document("\"release\": \"2\",", this.server.port(), fails("one"), fails("two"));
		install(bad);
		transaction("one");
		transaction("two");
		assertThat(release()).isEqualTo("2");
		endOfTrial();
		assertThat(release()).isEqualTo("1");
		assertThat(this.fixture.refresher.status().lastFetch()).satisfies((outcome) -> {
			assertThat(outcome.result()).isEqualTo(Result.ROLLED_BACK);
			assertThat(outcome.message()).contains("one, two");
			assertThat(outcome.diff().lines()).contains("release: \"2\" -> \"1\"");
		});
		assertThat(transaction("one")).isEqualTo(StreamState.QOS_ACK_REMOTE);
		assertThat(this.fixture.refresh().result()).isEqualTo(Result.REFUSED);
		assertThat(release()).isEqualTo("1");
		install(document("\"release\": \"3\",", this.server.port(), works("one"), works("two")));
		assertThat(transaction("one")).isEqualTo(StreamState.QOS_ACK_REMOTE);
		endOfTrial();
		assertThat(release()).isEqualTo("3");
	}

	@Test
	void theNextStartRemembers() {
		this.fixture.close();
		this.fixture = start();
		working();
		install(document("\"release\": \"2\",", this.server.port(), fails("one"), fails("two")));
		transaction("one");
		transaction("two");
		endOfTrial();
		this.fixture.close();
		this.fixture = start();
		assertThat(this.fixture.start().result()).isEqualTo(Result.REFUSED);
		assertThat(release()).isEqualTo("1");
	}

	@Test
	void aPolicyWithoutAnythingIsTakenBack() {
		working();
		install("{\"release\": \"2\"}");
		endOfTrial();
		assertThat(release()).isEqualTo("1");
	}

	@Test
	void anotherPolicyDuringTheTrialDoesNotMakeABadOneGood() {
		working();
		install(document("\"release\": \"2\",", this.server.port(), fails("one"), fails("two")));
		transaction("one");
		transaction("two");
		this.fixture.clock.advance(30_000);
		install(document("\"release\": \"3\",", this.server.port(), fails("one"), fails("two")));
		transaction("one");
		transaction("two");
		endOfTrial();
		assertThat(release()).isEqualTo("1");
		assertThat(this.fixture.refresher.status().lastFetch().message()).contains("one, two");
	}

	@Test
	void whatWasRemovedLongAgoIsNotMissed() {
		working();
		install(document("\"release\": \"2\",", this.server.port(), works("one")));
		transaction("one");
		endOfTrial();
		assertThat(release()).isEqualTo("2");
		install(document("\"release\": \"3\",", this.server.port(), fails("one")));
		endOfTrial();
		assertThat(release()).isEqualTo("3");
	}

	@Test
	void aPolicyThatRemovesOneAndChangesAnotherThatNobodyHasTriedStays() {
		working();
		install(document("\"release\": \"2\",", this.server.port(), fails("one")));
		endOfTrial();
		assertThat(release()).isEqualTo("2");
	}

	@Test
	void aStreamtypeThatWasGoneBeginsAnew() {
		working();
		String without = document("\"release\": \"1\",", this.server.port());
		String with = document("\"release\": \"1\",", this.server.port(), fails("one"), fails("two"));
		this.fixture.streams.updatePolicy((current) -> RefreshFixture.policy(without));
		this.fixture.streams.updatePolicy((current) -> RefreshFixture.policy(with));
		install(document("\"release\": \"2\",", this.server.port(), client("one", 1, ""), client("two", 1, "")));
		transaction("one");
		transaction("two");
		endOfTrial();
		assertThat(release()).isEqualTo("2");
	}

	@Test
	void aPolicyUnderWhichSomethingWorksStays() {
		working();
		install(document("\"release\": \"2\",", this.server.port(), works("one"), fails("two")));
		transaction("one");
		transaction("two");
		endOfTrial();
		assertThat(release()).isEqualTo("2");
	}

	@Test
	void aPolicyThatNobodyHasTriedStays() {
		working();
		install(document("\"release\": \"2\",", this.server.port(), fails("one"), fails("two")));
		endOfTrial();
		assertThat(release()).isEqualTo("2");
	}

	@Test
	void withoutTheNetworkThePolicyIsNotToBlame() {
		working();
		install(document("\"release\": \"2\",", this.server.port(), fails("one"), fails("two")));
		transaction("one");
		transaction("two");
		this.server.fail(503);
		AtomicInteger asked = new AtomicInteger();
		this.server.answer("/policy.json", (exchange) -> {
			asked.incrementAndGet();
			PolicyServer.send(exchange, 404, new byte[] { 'x' });
		});
		this.fixture.clock.advance(60_000);
		this.fixture.until(() -> asked.get() > 0 && this.fixture.streams.streams().isEmpty());
		assertThat(release()).isEqualTo("2");
		assertThat(this.fixture.refresher.status().onTrial()).isTrue();
		this.server.serve("{}");
		this.fixture.until(() -> this.fixture.clock.timers() > 0);
		endOfTrial();
		assertThat(release()).isEqualTo("1");
	}

	@Test
	void aPolicyThatCutsOffItsOwnSourceIsTakenBack() {
		working();
		this.server.serve(document("\"release\": \"2\",", 1, works("one"), works("two")));
		assertThat(this.fixture.refresh().result()).isEqualTo(Result.CHANGED);
		transaction("one");
		takenBack();
		assertThat(this.fixture.refresher.status().lastFetch().message()).contains("cannot be fetched any more");
		assertThat(this.fixture.refresh().result()).isEqualTo(Result.REFUSED);
	}

	/** Its source is asked until it counts as cut off. */
	private void takenBack() {
		for (int i = 0; i < 3; i++) {
			this.fixture.until(() -> this.fixture.streams.streams().isEmpty());
			this.fixture.clock.advance(10_000);
		}
		this.fixture.until(() -> release().equals("1"));
	}

	@Test
	void aProxyThatCutsOffTheSourceIsTakenBack() {
		working();
		install(document("\"release\": \"2\", \"via-socks5\": \"127.0.0.1:1\",", this.server.port(), works("one"),
				works("two")));
		takenBack();
		assertThat(this.fixture.refresher.status().lastFetch().message()).contains("cannot be fetched any more");
	}

	@Test
	void aPolicyMayMoveToAnotherSource() {
		working();
		try (PolicyServer other = new PolicyServer()) {
			String moved = document("\"release\": \"2\",", other.port(), works("one"), works("two"));
			other.serve(moved);
			install(moved);
			this.fixture.until(() -> !other.requests.isEmpty() && this.fixture.streams.streams().isEmpty());
			transaction("one");
			endOfTrial();
			assertThat(release()).isEqualTo("2");
			other.serve("/policy.json", moved.replace("\"2\"", "\"3\"").getBytes(StandardCharsets.UTF_8), null, null);
			this.fixture.refresh();
			assertThat(release()).isEqualTo("3");
		}
	}

}
