package io.securestreams.system.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.securestreams.policy.MetricsPolicy;

/**
 * Keeps the figures of one reporting policy. May be used from any thread.
 */
final class MetricsReporter {

	/** Streamtypes are named by policies, so there are not many. */
	private static final int MAX_SERIES = 2000;

	private final MetricsPolicy policy;

	private final Pattern names;

	/** Guarded by this, as all below. */
	private final Map<Key, MetricSeries> series = new TreeMap<>();

	private long decayedAt;

	private long reportedAt;

	MetricsReporter(MetricsPolicy policy, long now) {
		this.policy = policy;
		this.names = Pattern.compile(
				Arrays.stream(policy.report().split(",")).map(MetricsReporter::regex).collect(Collectors.joining("|")));
		this.decayedAt = now;
		this.reportedAt = now;
	}

	/** Of one of the globs between commas. */
	private static String regex(String glob) {
		return Arrays.stream(glob.strip().split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
	}

	MetricsPolicy policy() {
		return this.policy;
	}

	/**
	 * Takes an event.
	 * @param micros how long it took, 0 if it is only counted
	 */
	void record(String metric, String streamType, long micros) {
		if (!this.names.matcher(metric).matches()) {
			return;
		}
		synchronized (this) {
			Key key = new Key(metric, streamType);
			MetricSeries known = this.series.get(key);
			if (known == null && this.series.size() < MAX_SERIES) {
				known = new MetricSeries();
				this.series.put(key, known);
			}
			if (known != null && micros > 0) {
				known.add(micros, this.policy);
			}
			else if (known != null) {
				known.increment();
			}
		}
	}

	synchronized MetricsReport report(long now) {
		if (!this.policy.halflife().isZero()) {
			double halves = (double) (now - this.decayedAt) / this.policy.halflife().toNanos();
			this.series.values().forEach((each) -> each.decay(Math.pow(0.5, halves)));
		}
		this.decayedAt = now;
		List<MetricsReport.Figure> figures = new ArrayList<>();
		this.series.forEach((key, each) -> figures.add(each.figure(key.metric(), key.streamType())));
		return new MetricsReport(this.policy.name(), figures);
	}

	/** Time until a report is due, ms; negative if none is ever due. */
	synchronized long untilDue(long now) {
		if (this.policy.schedule().isZero()) {
			return -1;
		}
		long left = this.policy.schedule().toNanos() - (now - this.reportedAt);
		return Math.max(0, TimeUnit.NANOSECONDS.toMillis(left + 999_999));
	}

	synchronized void reported(long now) {
		this.reportedAt = now;
	}

	/**
	 * What a series is about.
	 */
	private record Key(String metric, String streamType) implements Comparable<Key> {

		@Override
		public int compareTo(Key other) {
			int order = this.metric.compareTo(other.metric);
			return (order != 0) ? order : this.streamType.compareTo(other.streamType);
		}

	}

}
