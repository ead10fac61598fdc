package io.securestreams.system.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.MetricsPolicy;
import io.securestreams.policy.Policy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.observe.StreamObserver;

/**
 * Keeps the figures of client streams that the section {@code metrics} of the policy asks
 * for: an observer of the engine, which whoever reports asks. May be used from any
 * thread.
 */
public final class PolicyMetrics implements StreamObserver {

	private final Supplier<Policy> policy;

	private final LongSupplier nanoTime;

	/** Made with the first event, or when first asked. */
	private volatile @Nullable List<MetricsReporter> reporters;

	/**
	 * Makes one that has seen nothing.
	 * @param policy gives the policy in force
	 */
	public PolicyMetrics(Supplier<Policy> policy) {
		this(policy, System::nanoTime);
	}

	PolicyMetrics(Supplier<Policy> policy, LongSupplier nanoTime) {
		this.policy = policy;
		this.nanoTime = nanoTime;
	}

	private List<MetricsReporter> reporters() {
		List<MetricsReporter> known = this.reporters;
		return (known != null) ? known : follow(this.policy.get());
	}

	/** Those of the same definition go on. */
	private synchronized List<MetricsReporter> follow(Policy current) {
		List<MetricsReporter> before = this.reporters;
		List<MetricsReporter> after = new ArrayList<>();
		for (MetricsPolicy each : current.metrics()) {
			MetricsReporter same = (before == null) ? null
					: before.stream().filter((known) -> known.policy().equals(each)).findFirst().orElse(null);
			after.add((same != null) ? same : new MetricsReporter(each, this.nanoTime.getAsLong()));
		}
		List<MetricsReporter> made = List.copyOf(after);
		this.reporters = made;
		return made;
	}

	@Override
	public void onPolicyChanged(Policy before, Policy after) {
		follow(after);
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		switch (state) {
			case CONNECTED -> record(stream, "n.ss.conn.ok", 0);
			case UNREACHABLE -> record(stream, "n.ss.conn.unreachable", 0);
			case QOS_ACK_REMOTE -> record(stream, "n.ss.txn.ack", 0);
			case QOS_NACK_REMOTE -> record(stream, "n.ss.txn.nack", 0);
			default -> {
			}
		}
	}

	@Override
	public void onTimings(SecureStream stream, ConnectionTimings timings) {
		duration(stream, "n.cn.dns", timings.dnsMicros());
		duration(stream, "n.cn.tcp", timings.connectMicros());
		duration(stream, "n.cn.tls", timings.tlsMicros());
		duration(stream, "n.http.txn", timings.responseMicros());
	}

	private void duration(SecureStream stream, String metric, long micros) {
		if (micros > 0) {
			record(stream, metric, micros);
		}
	}

	private void record(SecureStream stream, String metric, long micros) {
		if (stream.role() == StreamRole.CLIENT) {
			for (MetricsReporter reporter : reporters()) {
				reporter.record(metric, stream.streamType(), micros);
			}
		}
	}

	/**
	 * Returns the figures as they stand.
	 * @return one report for each reporting policy, in the policy's order
	 */
	public List<MetricsReport> reports() {
		long now = this.nanoTime.getAsLong();
		return reporters().stream().map((reporter) -> reporter.report(now)).toList();
	}

	/**
	 * Returns what is due by {@code us_schedule}, and not again until it is due once
	 * more.
	 * @return reports, perhaps none
	 */
	public List<MetricsReport> due() {
		long now = this.nanoTime.getAsLong();
		List<MetricsReport> due = new ArrayList<>();
		for (MetricsReporter reporter : reporters()) {
			if (reporter.untilDue(now) == 0) {
				reporter.reported(now);
				due.add(reporter.report(now));
			}
		}
		return due;
	}

	/**
	 * Tells when there is something due.
	 * @return time until then, ms; negative if nothing ever is under this policy
	 */
	public long untilDue() {
		long now = this.nanoTime.getAsLong();
		return reporters().stream()
			.mapToLong((reporter) -> reporter.untilDue(now))
			.filter((left) -> left >= 0)
			.min()
			.orElse(-1);
	}

}
