package io.securestreams.system.metrics;

import java.time.Duration;

import io.securestreams.policy.MetricsPolicy;

/**
 * One metric of one streamtype. Guarded by its reporter.
 */
final class MetricSeries {

	/** Before there is a mean to be far from. */
	private static final int LEAST = 4;

	private double count;

	private double samples;

	private double sum;

	private long max;

	private long outliers;

	/** Up to when it has decayed, ns. */
	private long decayedAt;

	MetricSeries(long now) {
		this.decayedAt = now;
	}

	void increment() {
		this.count++;
	}

	/**
	 * Takes a duration.
	 * @param micros µs, more than 0
	 * @param policy says what an outlier is
	 */
	void add(long micros, MetricsPolicy policy) {
		this.count++;
		this.max = Math.max(this.max, micros);
		double mean = mean();
		if (policy.minOutlierPercent() > 0 && this.samples >= LEAST
				&& Math.abs(micros - mean) * 100 > mean * policy.minOutlierPercent()) {
			this.outliers++;
			return;
		}
		this.samples++;
		this.sum += micros;
	}

	/** What has been counts for less, by half in each half-life. */
	void decay(long now, Duration halflife) {
		if (halflife.isZero()) {
			return;
		}
		double factor = Math.pow(0.5, (double) (now - this.decayedAt) / halflife.toNanos());
		this.decayedAt = now;
		this.count *= factor;
		this.samples *= factor;
		this.sum *= factor;
	}

	private double mean() {
		return (this.samples > 0) ? this.sum / this.samples : 0;
	}

	MetricsReport.Figure figure(String metric, String streamType) {
		return new MetricsReport.Figure(metric, streamType, this.count, mean(), this.max, this.outliers);
	}

}
