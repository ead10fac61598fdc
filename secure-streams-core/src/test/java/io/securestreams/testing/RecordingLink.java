package io.securestreams.testing;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.AcceptedLink;
import io.securestreams.engine.spi.AcceptedTransport;
import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamOptions;

/**
 * The engine's end of a stream for tests of transports: keeps the names of the reports in
 * order, and sees to it that they come on the stream's executor. What a transport reports
 * of payload, and when it is over, is for the test's own kind of link.
 *
 * @param <L> that kind
 */
public abstract class RecordingLink<L extends RecordingLink<L>> implements ClientLink, AcceptedLink {

	private static final long TIMEOUT_SECONDS = 30;

	/** Names of the reports, in order. */
	public final List<String> events = new CopyOnWriteArrayList<>();

	public final TestMetadata metadata;

	protected final StreamExecutor executor;

	private final StreamPolicy policy;

	private volatile Target target;

	private volatile @Nullable StreamTransport transport;

	/**
	 * Makes the end of a stream that has no transport yet.
	 * @param executor the stream's
	 * @param policy the stream's
	 * @param target where it connects to
	 */
	protected RecordingLink(StreamExecutor executor, StreamPolicy policy, Target target) {
		this.executor = executor;
		this.policy = policy;
		this.target = target;
		this.metadata = new TestMetadata(policy.metadata());
	}

	@SuppressWarnings("unchecked")
	private L self() {
		return (L) this;
	}

	/**
	 * Waits for a result.
	 * @param <T> its type
	 * @param future is to complete
	 * @return the result
	 */
	public static <T> T await(CompletableFuture<T> future) {
		try {
			return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		catch (ExecutionException ex) {
			throw new AssertionError(ex.getCause());
		}
		catch (TimeoutException ex) {
			throw new AssertionError("nothing happened for " + TIMEOUT_SECONDS + " s", ex);
		}
	}

	/**
	 * Gives the stream its transport.
	 * @param value of either role
	 * @return this
	 */
	public L transport(StreamTransport value) {
		this.transport = value;
		return self();
	}

	/**
	 * Returns the transport.
	 * @return of either role
	 */
	public StreamTransport transport() {
		StreamTransport current = this.transport;
		if (current == null) {
			throw new IllegalStateException("no transport");
		}
		return current;
	}

	/** Whether there is a transport. */
	protected boolean hasTransport() {
		return this.transport != null;
	}

	/**
	 * Returns the transport of a client.
	 * @return the same
	 */
	public ClientTransport client() {
		return (ClientTransport) transport();
	}

	/**
	 * Returns the transport of an accepted stream.
	 * @return the same
	 */
	public AcceptedTransport accepted() {
		return (AcceptedTransport) transport();
	}

	/**
	 * Sends the stream elsewhere.
	 * @param value where to
	 * @return this
	 */
	public L target(Target value) {
		this.target = value;
		return self();
	}

	/** Starts an attempt. */
	public L connect() {
		return run(() -> client().connect());
	}

	/**
	 * Does something on the stream's executor, and waits for the end of it.
	 * @param task what
	 * @return this
	 */
	public L run(Runnable task) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		this.executor.execute(() -> {
			try {
				task.run();
				done.complete(null);
			}
			catch (Throwable ex) {
				done.completeExceptionally(ex);
			}
		});
		await(done);
		return self();
	}

	/** Takes down a report. */
	protected void report(String event) {
		checkContext();
		this.events.add(event);
	}

	/** Reports come on the executor. */
	protected void checkContext() {
		if (!this.executor.inContext()) {
			throw new AssertionError("reported on " + Thread.currentThread());
		}
	}

	@Override
	public String tag() {
		return "test#1";
	}

	@Override
	public StreamPolicy policy() {
		return this.policy;
	}

	@Override
	public @Nullable Socks5Proxy socks5() {
		return null;
	}

	@Override
	public StreamOptions options() {
		return StreamOptions.DEFAULTS;
	}

	@Override
	public Target target() {
		return this.target;
	}

	@Override
	public TestMetadata metadata() {
		return this.metadata;
	}

	@Override
	public StreamExecutor executor() {
		return this.executor;
	}

	@Override
	public boolean txRequested() {
		return false;
	}

	@Override
	public long txLength() {
		return -1;
	}

	@Override
	public void connected(String peer) {
		report("connected");
	}

	@Override
	public void userState(int userState) {
		report("userState " + userState);
	}

	@Override
	public void timings(ConnectionTimings timings) {
		report("timings");
	}

	@Override
	public void bodyless() {
	}

	@Override
	public void acknowledged(long ordinal) {
		report("acknowledged");
	}

	@Override
	public void rejected(long ordinal) {
		report("rejected");
	}

	@Override
	public void completed() {
		report("completed");
	}

	@Override
	public void closed(StreamFailure failure) {
		report("closed");
	}

	@Override
	public void transaction() {
		report("transaction");
	}

	@Override
	public void upgrade() {
		report("upgrade");
	}

}
