package io.securestreams.system.policyfetch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.securestreams.stream.StreamState;
import io.securestreams.system.policyfetch.RefreshOutcome.Result;

import static io.securestreams.system.policyfetch.RefreshFixture.document;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Starts, ends and overlays while a policy is being watched.
 */
@Timeout(60)
class PolicyTrialTests extends PolicyTrialScene {

	private void kill(String expectedAtNextStart) {
		// What is in the file is all that is left of a process that is killed
		try (RefreshFixture next = start()) {
			this.server.fail(503);
			next.start();
			assertThat(next.streams.policy().release()).isEqualTo(expectedAtNextStart);
		}
	}

	@Test
	void aProcessThatIsKilledDuringATrialStartsWithTheLastGoodPolicy() {
		this.fixture.close();
		this.fixture = start();
		working();
		kill("1");
		install(document("\"release\": \"2\",", this.server.port(), fails("one"), fails("two")));
		kill("1");
		transaction("one");
		transaction("two");
		kill("1");
		this.server.serve(document("\"release\": \"2\",", this.server.port(), fails("one"), fails("two")));
		endOfTrial();
		assertThat(release()).isEqualTo("1");
		kill("1");
		install(document("\"release\": \"3\",", this.server.port(), works("one"), works("two")));
		kill("1");
		transaction("one");
		kill("1");
		endOfTrial();
		kill("3");
	}

	@Test
	void aPolicyThatNobodyHasTriedIsKeptAfterItsTrial() {
		this.fixture.close();
		this.fixture = start();
		working();
		install(document("\"release\": \"2\",", this.server.port(), fails("one"), fails("two")));
		kill("1");
		endOfTrial();
		kill("2");
	}

	@Test
	void whoLivesShorterThanATrialKeepsWhatHasWorked() {
		this.fixture.close();
		this.fixture = start();
		working();
		install(document("\"release\": \"2\",", this.server.port(), fails("one"), fails("two")));
		this.fixture.close();
		kill("1");
		this.fixture = start();
		this.server.serve(document("\"release\": \"2\",", this.server.port(), works("one"), works("two")));
		assertThat(this.fixture.start().result()).isEqualTo(Result.CHANGED);
		kill("1");
		transaction("one");
		this.fixture.close();
		kill("2");
		this.fixture = start();
		this.fixture.start();
		install(document("\"release\": \"3\",", this.server.port(), fails("one"), fails("two")));
		transaction("one");
		this.fixture.close();
		kill("2");
	}

	private String cached() {
		try {
			return Files.readString(this.directory.resolve("policy.json"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void whatIsKnownToWorkIsKnownToTheNextProcess() {
		this.fixture.close();
		this.fixture = start();
		working();
		this.fixture.close();
		try (RefreshFixture killed = start()) {
			killed.start();
			assertThat(cached()).contains("worked=");
		}
		this.fixture = start();
		this.server.serve(document("\"release\": \"2\",", this.server.port(), fails("one"), fails("two")));
		assertThat(this.fixture.start().result()).isEqualTo(Result.CHANGED);
		transaction("one");
		transaction("two");
		endOfTrial();
		assertThat(release()).isEqualTo("1");
		assertThat(this.fixture.refresher.status().origin()).isEqualTo(PolicyStatus.Origin.CACHE);
		kill("1");
	}

	@Test
	void aPolicyThatThereIsNothingToCompareWithIsKeptAtOnce() {
		this.fixture.close();
		this.fixture = start();
		this.server.serve(document("\"release\": \"1\",", this.server.port(), works("one"), works("two")));
		assertThat(this.fixture.start().result()).isEqualTo(Result.CHANGED);
		kill("1");
		install(document("\"release\": \"2\",", this.server.port(), works("one"), works("two")));
		kill("2");
	}

	@Test
	void anOverlayThatMendsThePolicyKeepsIt() {
		working();
		install(document("\"release\": \"2\",", this.server.port(), fails("one"), fails("two")));
		transaction("one");
		transaction("two");
		overlay("one", this.server.port());
		assertThat(transaction("one")).isEqualTo(StreamState.QOS_ACK_REMOTE);
		endOfTrial();
		assertThat(release()).isEqualTo("2");
	}

	@Test
	void thePolicyIsNotToBlameForAnOverlay() {
		working();
		install(document("\"release\": \"2\",", this.server.port(), works("one")));
		overlay("one", 1);
		transaction("one");
		endOfTrial();
		assertThat(release()).isEqualTo("2");
		install(document("\"release\": \"3\",", this.server.port(), works("one")));
		transaction("one");
		this.fixture.await(this.fixture.refresher.removeOverlay("one"));
		endOfTrial();
		assertThat(release()).isEqualTo("3");
	}

	private void overlay(String name, int port) {
		this.fixture.await(this.fixture.refresher
			.addOverlay(new PolicyOverlay(name, "{\"s\": [{\"" + name + "\": {\"port\": " + port + "}}]}")));
	}

	@Test
	void whatIsTakenBackGoesBehindAnOverlay() {
		working();
		install(document("\"release\": \"2\",", this.server.port(), fails("one"), fails("two")));
		overlay("one", 1);
		transaction("one");
		transaction("two");
		endOfTrial();
		assertThat(release()).isEqualTo("1");
		assertThat(this.fixture.refresher.status().overlays()).containsExactly("one");
		assertThat(transaction("one")).isEqualTo(StreamState.ALL_RETRIES_FAILED);
		this.fixture.await(this.fixture.refresher.removeOverlay("one"));
		assertThat(transaction("one")).isEqualTo(StreamState.QOS_ACK_REMOTE);
	}

	@Test
	void whatTheApplicationHasSetIsNotTakenBack() {
		working();
		install(document("\"release\": \"2\",", this.server.port(), fails("one"), fails("two")));
		transaction("one");
		transaction("two");
		var own = RefreshFixture.policy(document("\"release\": \"own\",", this.server.port(), works("one")));
		this.fixture.streams.updatePolicy((current) -> own);
		this.fixture.clock.advance(60_000);
		this.fixture.until(() -> !this.fixture.refresher.status().onTrial());
		assertThat(release()).isEqualTo("own");
		assertThat(this.fixture.refresher.status().lastFetch().message()).contains("what the application has set");
		assertThat(this.fixture.refresh().result()).isEqualTo(Result.REFUSED);
	}

}
