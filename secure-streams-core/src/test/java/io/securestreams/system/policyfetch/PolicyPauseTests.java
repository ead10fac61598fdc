package io.securestreams.system.policyfetch;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.securestreams.policy.Policy;
import io.securestreams.stream.StreamState;
import io.securestreams.system.policyfetch.RefreshOutcome.Result;

import static io.securestreams.system.policyfetch.RefreshFixture.document;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application is paused, and goes on.
 */
@Timeout(60)
class PolicyPauseTests extends PolicyTrialScene {

	private static final long HOURS = 4 * 3_600_000;

	private String release(int number) {
		return document("\"release\": \"" + number + "\",", this.server.port(), works("one"), works("two"));
	}

	private void pause() {
		this.fixture.refresher.pause();
		this.fixture.clock.run();
	}

	@Test
	void nothingIsFetchedMeanwhileAndThenAtOnce() {
		this.server.serve(release(1));
		this.fixture.start();
		this.fixture.clock.advance(60_000);
		pause();
		int asked = this.server.requests.size();
		assertThat(this.fixture.refresher.status().nextFetch()).isNull();
		this.server.serve(release(2));
		this.fixture.clock.advance(HOURS);
		RefreshOutcome meanwhile = this.fixture.refresh();
		assertThat(meanwhile.result()).isEqualTo(Result.NOT_AVAILABLE);
		assertThat(meanwhile.message()).contains("paused");
		assertThat(this.server.requests).hasSize(asked);
		assertThat(this.fixture.start().result()).isEqualTo(Result.CHANGED);
		assertThat(release()).isEqualTo("2");
		this.server.serve(release(3));
		assertThat(this.fixture.nextFetch().result()).isEqualTo(Result.CHANGED);
	}

	@Test
	void whatTheApplicationHasSetStays() {
		this.server.serve(release(1));
		this.fixture.start();
		this.fixture.clock.advance(60_000);
		Policy own = RefreshFixture.policy(release(7));
		this.fixture.streams.updatePolicy((current) -> own);
		pause();
		assertThat(this.fixture.start().result()).isEqualTo(Result.UNCHANGED);
		assertThat(release()).isEqualTo("7");
	}

	@Test
	void aServerThatIsAwayThenTakesNothingBack() {
		working();
		install(release(2));
		assertThat(this.fixture.refresher.status().onTrial()).isTrue();
		pause();
		this.server.answer("/policy.json", (exchange) -> PolicyServer.send(exchange, 500, new byte[] { 'x' }));
		assertThat(this.fixture.start().result()).isEqualTo(Result.FAILED);
		assertThat(release()).isEqualTo("2");
	}

	@Test
	void whatIsBeingFetchedIsGivenUp() throws Exception {
		this.server.serve(release(1));
		this.fixture.start();
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch answer = new CountDownLatch(1);
		this.server.answer("/policy.json", (exchange) -> {
			asked.countDown();
			try {
				answer.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		CompletableFuture<RefreshOutcome> waiting = this.fixture.refresher.refresh().toCompletableFuture();
		this.fixture.until(() -> asked.getCount() == 0);
		pause();
		assertThat(this.fixture.await(waiting).result()).isEqualTo(Result.NOT_AVAILABLE);
		this.fixture.until(() -> this.fixture.streams.streams().isEmpty());
		assertThat(this.fixture.refresher.status().nextFetch()).isNull();
		assertThat(this.fixture.refresher.status().lastFetch().result()).isEqualTo(Result.CHANGED);
		answer.countDown();
	}

	@Test
	void aTrialBeginsAnew() {
		working();
		install(document("\"release\": \"2\",", this.server.port(), fails("one"), fails("two")));
		assertThat(transaction("one")).isEqualTo(StreamState.ALL_RETRIES_FAILED);
		transaction("two");
		pause();
		this.fixture.clock.advance(HOURS);
		assertThat(this.fixture.refresher.status().onTrial()).isTrue();
		assertThat(release()).isEqualTo("2");
		this.fixture.start();
		endOfTrial();
		assertThat(release()).isEqualTo("1");
	}

	@Test
	void oneThatIsPausedEnds() {
		this.server.serve(release(1));
		this.fixture.start();
		pause();
		this.fixture.refresher.close();
		this.fixture.clock.run();
		assertThat(this.fixture.start().message()).contains("the application stops");
	}

}
