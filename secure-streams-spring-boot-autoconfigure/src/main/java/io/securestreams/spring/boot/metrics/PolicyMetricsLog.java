package io.securestreams.spring.boot.metrics;

import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

import io.securestreams.policy.Policy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.observe.StreamObserver;
import io.securestreams.system.metrics.MetricsReport;
import io.securestreams.system.metrics.PolicyMetrics;

/**
 * Logs the figures that the policy's section {@code metrics} asks for, as often as it
 * says. Has a thread only where it asks for some.
 */
public class PolicyMetricsLog implements SmartLifecycle, StreamObserver {

	private static final Logger logger = LoggerFactory.getLogger(PolicyMetricsLog.class);

	private static final long IDLE_MILLIS = 1000;

	private final PolicyMetrics metrics;

	/** Guarded by this, as all below. */
	private @Nullable ScheduledThreadPoolExecutor executor;

	private @Nullable ScheduledFuture<?> next;

	private boolean running;

	/**
	 * Makes a log.
	 * @param metrics has the figures
	 */
	public PolicyMetricsLog(PolicyMetrics metrics) {
		this.metrics = metrics;
	}

	@Override
	public synchronized void start() {
		this.running = true;
		plan();
	}

	@Override
	public synchronized void stop() {
		this.running = false;
		if (this.executor != null) {
			this.executor.shutdownNow();
			this.executor = null;
		}
		this.next = null;
	}

	@Override
	public synchronized boolean isRunning() {
		return this.running;
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
	}

	@Override
	public synchronized void onPolicyChanged(Policy before, Policy after) {
		if (this.running) {
			plan();
		}
	}

	private void plan() {
		plan(0);
	}

	private void plan(long least) {
		if (this.next != null) {
			this.next.cancel(false);
			this.next = null;
		}
		long millis = this.metrics.untilDue();
		if (millis < 0) {
			return;
		}
		if (this.executor == null) {
			this.executor = new ScheduledThreadPoolExecutor(1, (task) -> {
				Thread thread = new Thread(task, "secure-streams-metrics");
				thread.setDaemon(true);
				return thread;
			});
			this.executor.setRemoveOnCancelPolicy(true);
		}
		try {
			this.next = this.executor.schedule(this::report, Math.max(millis, least), TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("stopped, there are no more reports");
		}
	}

	private void report() {
		List<MetricsReport> due = this.metrics.due();
		due.forEach((report) -> {
			if (!report.figures().isEmpty()) {
				logger.info("Metrics \"{}\": {}", report.name(), report.figures());
			}
		});
		synchronized (this) {
			if (this.running) {
				// A mock says again and again that something is due
				plan(due.isEmpty() ? IDLE_MILLIS : 0);
			}
		}
	}

}
