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

	static final String DNS = "n.cn.dns";

	static final String TCP = "n.cn.tcp";

	static final String TLS = "n.cn.tls";

	static final String TRANSACTION = "n.http.txn";

	static final String CONNECTED = "n.ss.conn.ok";

	static final String UNREACHABLE = "n.ss.conn.unreachable";

	static final String ACKNOWLEDGED = "n.ss.txn.ack";

	static final String REFUSED = "n.ss.txn.nack";

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
		return (known != null) ? known : follow();
	}

	/**
	 * Those of the same definition go on. Changes may be told out of their order, so it
	 * is the policy in force that counts.
	 */
	private synchronized List<MetricsReporter> follow() {
		Policy current = this.policy.get();
		List<MetricsReporter> before = this.reporters;
		List<MetricsReporter> after = new ArrayList<>();
		for (MetricsPolicy each : current.metrics()) {
			MetricsReporter same = (before == null) ? null
					: before.stream().filter((known) -> known.policy().equals(each)).findFirst().orElse(null);
			if (same != null) {
				same.retain(current.streamTypes().keySet());
			}
			after.add((same != null) ? same : new MetricsReporter(each, this.nanoTime.getAsLong()));
		}
		List<MetricsReporter> made = List.copyOf(after);
		this.reporters = made;
		return made;
	}

	@Override
	public void onPolicyChanged(Policy before, Policy after) {
		follow();
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		switch (state) {
			case CONNECTED -> record(stream, CONNECTED, 0);
			case UNREACHABLE -> record(stream, UNREACHABLE, 0);
			case QOS_ACK_REMOTE -> record(stream, ACKNOWLEDGED, 0);
			case QOS_NACK_REMOTE -> record(stream, REFUSED, 0);
			default -> {
			}
		}
	}

	@Override
	public void onTimings(SecureStream stream, ConnectionTimings timings) {
		duration(stream, DNS, timings.dnsMicros());
		duration(stream, TCP, timings.connectMicros());
		duration(stream, TLS, timings.tlsMicros());
		duration(stream, TRANSACTION, timings.responseMicros());
	}

	private void duration(SecureStream stream, String metric, long micros) {
		if (micros > 0) {
			record(stream, metric, micros);
		}
	}

	private void record(SecureStream stream, String metric, long micros) {
		if (stream.role() == StreamRole.CLIENT) {
			List<MetricsReporter> asked = reporters();
			long now = asked.isEmpty() ? 0 : this.nanoTime.getAsLong();
			for (MetricsReporter reporter : asked) {
				reporter.record(metric, stream.streamType(), micros, now);
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
