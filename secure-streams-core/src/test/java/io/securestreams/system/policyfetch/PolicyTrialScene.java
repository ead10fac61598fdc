package io.securestreams.system.policyfetch;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.system.policyfetch.RefreshOutcome.Result;

import static io.securestreams.system.policyfetch.RefreshFixture.client;
import static io.securestreams.system.policyfetch.RefreshFixture.document;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two streamtypes of a policy that is watched for a minute.
 */
abstract class PolicyTrialScene {

	@TempDir
	Path directory;

	final PolicyServer server = new PolicyServer();

	RefreshFixture fixture = start();

	final RefreshFixture start() {
		return new RefreshFixture(document(this.server.port(), works("one"), works("two")),
				new FetchSettings(true, Duration.ofHours(1), Duration.ofSeconds(10), 100_000, Duration.ofMinutes(1),
						directory(), FetchPermissions.NONE, null));
	}

	private @Nullable Path directory() {
		return (this.directory != null) ? this.directory.resolve("policy.json") : null;
	}

	@AfterEach
	void close() {
		this.fixture.close();
		this.server.close();
	}

	final String works(String name) {
		return client(name, this.server.port(), ", \"http_url\": \"page\"");
	}

	static String fails(String name) {
		return client(name, 1, ", \"http_url\": \"page\"");
	}

	/** Makes a transaction and waits for what comes of it. */
	final StreamState transaction(String streamType) {
		CompletableFuture<StreamState> done = new CompletableFuture<>();
		this.fixture.streams.create(streamType, new StreamHandler() {

			private StreamState outcome = StreamState.CREATING;

			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				switch (state) {
					case CREATING -> stream.connect();
					case QOS_ACK_REMOTE, QOS_NACK_REMOTE, ALL_RETRIES_FAILED -> {
						this.outcome = state;
						stream.close();
					}
					// The trial has been told by now, which comes after the handler
					case DESTROYING -> done.complete(this.outcome);
					default -> {
					}
				}
			}

		});
		return this.fixture.await(done);
	}

	final void install(String document) {
		this.server.serve(document);
		assertThat(this.fixture.refresh().result()).isEqualTo(Result.CHANGED);
	}

	/** Both streamtypes work, under a policy that was fetched. */
	final void working() {
		this.server.answer("/page", (exchange) -> PolicyServer.send(exchange, 200, new byte[] { 'x' }));
		install(document("\"release\": \"1\",", this.server.port(), works("one"), works("two")));
		assertThat(transaction("one")).isEqualTo(StreamState.QOS_ACK_REMOTE);
		assertThat(transaction("two")).isEqualTo(StreamState.QOS_ACK_REMOTE);
		this.fixture.clock.advance(60_000);
		assertThat(this.fixture.refresher.status().onTrial()).isFalse();
	}

	final void endOfTrial() {
		// A source that is being asked has answered before its time is over
		this.fixture.until(() -> this.fixture.streams.streams().isEmpty());
		this.fixture.clock.advance(60_000);
		this.fixture.until(() -> !this.fixture.refresher.status().onTrial());
	}

	final String release() {
		return this.fixture.streams.policy().release();
	}

}
