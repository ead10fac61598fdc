package io.securestreams.policy;

import java.time.Duration;

/**
 * A reporting policy for metrics, policy section {@code metrics}.
 *
 * @param name name of the entry
 * @param schedule reporting period ({@code us_schedule}, microseconds in JSON); less than
 * a second counts as one, zero is for none
 * @param halflife decay period ({@code us_halflife}, microseconds in JSON)
 * @param minOutlierPercent distance from the mean, percent, from which a sample is an
 * outlier ({@code min_outlier})
 * @param report comma separated globs of metric names this policy applies to
 */
public record MetricsPolicy(String name, Duration schedule, Duration halflife, int minOutlierPercent, String report) {

}
