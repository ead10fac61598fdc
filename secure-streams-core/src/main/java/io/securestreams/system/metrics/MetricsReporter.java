package io.securestreams.system.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.policy.MetricsPolicy;

/**
 * Keeps the figures of one reporting policy. May be used from any thread.
 */
final class MetricsReporter {

	private static final Logger logger = LoggerFactory.getLogger(MetricsReporter.class);

	/** What there is to report. */
	private static final List<String> METRICS = List.of(PolicyMetrics.DNS, PolicyMetrics.TCP, PolicyMetrics.TLS,
			PolicyMetrics.TRANSACTION, PolicyMetrics.CONNECTED, PolicyMetrics.UNREACHABLE, PolicyMetrics.ACKNOWLEDGED,
			PolicyMetrics.REFUSED);

	/**
	 * Streamtypes are named by policies, so there are not many; through a proxy any name
	 * counts.
	 */
	private static final int MAX_SERIES = 20_000;

	/** Least time between reports, ns: what asks for more would fill the log. */
	private static final long LEAST_SCHEDULE = TimeUnit.SECONDS.toNanos(1);

	private final MetricsPolicy policy;

	/** Those that it is about. */
	private final Set<String> names;

	/** Guarded by this, as all below. */
	private final Map<Key, MetricSeries> series = new TreeMap<>();

	private long reportedAt;

	private boolean full;

	MetricsReporter(MetricsPolicy policy, long now) {
		this.policy = policy;
		// Once, and without runs of stars: the text may have come from somewhere else
		Pattern wanted = Pattern.compile(
				Arrays.stream(policy.report().split(",")).map(MetricsReporter::regex).collect(Collectors.joining("|")));
		this.names = METRICS.stream()
			.filter((name) -> wanted.matcher(name).matches())
			.collect(Collectors.toUnmodifiableSet());
		this.reportedAt = now;
	}

	/** Of one of the globs between commas. */
	private static String regex(String glob) {
		return Arrays.stream(glob.strip().split("\\*+", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
	}

	MetricsPolicy policy() {
		return this.policy;
	}

	/**
	 * Takes an event.
	 * @param micros how long it took, 0 if it is only counted
	 * @param now when, ns
	 */
	void record(String metric, String streamType, long micros, long now) {
		if (!this.names.contains(metric)) {
			return;
		}
		synchronized (this) {
			MetricSeries known = series(new Key(metric, streamType), now);
			if (known != null) {
				known.decay(now, this.policy.halflife());
				if (micros > 0) {
					known.add(micros, this.policy);
				}
				else {
					known.increment();
				}
			}
		}
	}

	private @Nullable MetricSeries series(Key key, long now) {
		MetricSeries known = this.series.get(key);
		if (known == null && this.series.size() < MAX_SERIES) {
			known = new MetricSeries(now);
			this.series.put(key, known);
		}
		else if (known == null && !this.full) {
			this.full = true;
			logger.warn("metrics \"{}\": more than {} figures, of further streamtypes there are none",
					this.policy.name(), MAX_SERIES);
		}
		return known;
	}

	/** What is known of other streamtypes is forgotten. */
	synchronized void retain(Set<String> streamTypes) {
		this.series.keySet().removeIf((key) -> !streamTypes.contains(key.streamType()));
	}

	synchronized MetricsReport report(long now) {
		this.series.values().forEach((each) -> each.decay(now, this.policy.halflife()));
		List<MetricsReport.Figure> figures = new ArrayList<>();
		this.series.forEach((key, each) -> figures.add(each.figure(key.metric(), key.streamType())));
		return new MetricsReport(this.policy.name(), figures);
	}

	/** Time until a report is due, ms; negative if none is ever due. */
	synchronized long untilDue(long now) {
		if (this.policy.schedule().isZero()) {
			return -1;
		}
		long left = Math.max(LEAST_SCHEDULE, this.policy.schedule().toNanos()) - (now - this.reportedAt);
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
