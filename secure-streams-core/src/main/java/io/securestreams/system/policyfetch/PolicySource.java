package io.securestreams.system.policyfetch;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.system.policyfetch.PolicyFetch.Result;

/**
 * Where policies come from: the document and, if there has to be one, its signature, both
 * within one time limit. Confined to the executor.
 */
final class PolicySource {

	private final StreamFactory streams;

	private final FetchSettings settings;

	private final StreamExecutor executor;

	/** Downloads that have not ended. */
	private final Set<CompletableFuture<Result>> running = new HashSet<>();

	private boolean closed;

	/**
	 * Makes a source that has not been asked yet.
	 * @param streams makes the streams that fetch
	 * @param settings how
	 * @param executor measures the time
	 */
	PolicySource(StreamFactory streams, FetchSettings settings, StreamExecutor executor) {
		this.streams = streams;
		this.settings = settings;
		this.executor = executor;
	}

	/**
	 * Fetches a document and, if it is new, the signature that is asked for.
	 * @param known what need not be sent again, or {@code null}
	 * @return completes on any thread, never exceptionally before the source is closed
	 */
	CompletableFuture<Result> fetch(@Nullable FetchedDocument known) {
		long began = this.executor.nanoTime();
		return download(FetchStreamType.POLICY, known, this.settings.maxSize(), this.settings.timeout())
			.thenCompose((result) -> sign(result, began));
	}

	private CompletableFuture<Result> sign(Result result, long began) {
		if (this.settings.signature() == null || !(result instanceof Result.Received received)) {
			return CompletableFuture.completedFuture(result);
		}
		CompletableFuture<Result> done = new CompletableFuture<>();
		this.executor.execute(() -> {
			Duration left = this.settings.timeout().minusNanos(this.executor.nanoTime() - began);
			download(FetchStreamType.SIGNATURE, null, DocumentCheck.MAX_SIGNATURE, left)
				.thenAccept((signature) -> done.complete(signed(received, signature)));
		});
		return done;
	}

	private static Result signed(Result.Received received, Result signature) {
		if (signature instanceof Result.Received bytes) {
			return new Result.Received(received.document().withSignature(bytes.document().bytes()));
		}
		String reason = (signature instanceof Result.Failed failed) ? failed.reason() : "nothing received";
		return new Result.Failed("its signature: " + reason, null);
	}

	private CompletableFuture<Result> download(String streamType, @Nullable FetchedDocument known, int maxSize,
			Duration timeout) {
		if (this.closed) {
			return CompletableFuture.completedFuture(stopped());
		}
		CompletableFuture<Result> download = PolicyFetch.start(this.streams, streamType, known, maxSize, timeout,
				this.executor);
		this.running.add(download);
		download.whenComplete((result, failure) -> this.executor.execute(() -> this.running.remove(download)));
		return download;
	}

	/** Ends what is being fetched; nothing is fetched any more. */
	void close() {
		this.closed = true;
		abandon();
	}

	/** Ends what is being fetched. */
	void abandon() {
		List.copyOf(this.running).forEach((download) -> download.complete(stopped()));
	}

	private static Result stopped() {
		return new Result.Failed("the application stops", null);
	}

}
