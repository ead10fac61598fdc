package io.securestreams.transport.http2.client;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.securestreams.policy.RetryPolicy;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.testing.ManualExecutor;
import io.securestreams.transport.connect.ConnectReport;

import static org.assertj.core.api.Assertions.assertThat;

class TurnedAwayTests {

	private static final int MANY = 40_000;

	private static final StreamFailure FAILURE = StreamFailure.unsent(Phase.CONNECT, "refused", "", null);

	private final ManualExecutor loop = new ManualExecutor();

	private final TurnedAway turnedAway = new TurnedAway(this.loop);

	private final List<Claim> told = new ArrayList<>();

	private final List<String> defects = new ArrayList<>();

	private final List<Claim> all = new ArrayList<>();

	TurnedAwayTests() {
		for (int i = 0; i < MANY; i++) {
			this.all.add(new Claim(() -> {
			}));
		}
	}

	@Test
	void allAreToldInTheirOrderButNotAllAtOnce() {
		this.loop.inside(() -> {
			tellAll();
			assertThat(this.told).as("told before others have had their turn").hasSizeLessThan(100);
		});
		assertThat(this.told).isEqualTo(this.all);
	}

	@Test
	void whoGivesUpMeanwhileIsNotTold() {
		this.loop.inside(() -> {
			tellAll();
			for (int i = 100; i < MANY; i++) {
				this.turnedAway.cancel(this.all.get(i));
			}
		});
		assertThat(this.told).isEqualTo(this.all.subList(0, 100));
	}

	@Test
	void oneThatThrowsDoesNotKeepTheOthersFromBeingTold() {
		this.all.add(0, new Claim(() -> {
			throw new IllegalStateException("on purpose");
		}));
		this.loop.inside(this::tellAll);
		assertThat(this.told).isEqualTo(this.all);
		assertThat(this.defects).containsExactly("on purpose");
	}

	private void tellAll() {
		this.turnedAway.tell(List.copyOf(this.all), (claim) -> claim.unreachable(FAILURE, null));
	}

	private final class Claim implements ConnectionClaim {

		private final Runnable reaction;

		Claim(Runnable reaction) {
			this.reaction = reaction;
		}

		@Override
		public void join(Http2ClientConnection connection, @Nullable ConnectReport report) {
			throw new AssertionError("joined");
		}

		@Override
		public void unreachable(StreamFailure failure, @Nullable ConnectReport report) {
			TurnedAwayTests.this.told.add(this);
			this.reaction.run();
		}

		@Override
		public void defect(Throwable defect) {
			TurnedAwayTests.this.defects.add(String.valueOf(defect.getMessage()));
			throw new IllegalStateException(defect);
		}

		@Override
		public void fallBack() {
			throw new AssertionError("fell back");
		}

		@Override
		public RetryPolicy validity() {
			throw new AssertionError("asked");
		}

	}

}
