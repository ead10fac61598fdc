package io.securestreams.system.metrics;

import java.util.List;

/**
 * What a reporting policy has seen so far.
 *
 * @param name name of the reporting policy
 * @param figures by metric and streamtype, in the order of their names
 */
public record MetricsReport(String name, List<Figure> figures) {

	public MetricsReport {
		figures = List.copyOf(figures);
	}

	/**
	 * One metric of one streamtype.
	 *
	 * @param metric {@code n.cn.dns}, {@code n.cn.tcp}, {@code n.cn.tls} and
	 * {@code n.http.txn} are durations in µs, of streamtypes with {@code perf};
	 * {@code n.ss.conn.ok}, {@code n.ss.conn.unreachable}, {@code n.ss.txn.ack} and
	 * {@code n.ss.txn.nack} count connections and transactions
	 * @param streamType the streamtype
	 * @param count how many there were; what has been decays with the half-life
	 * @param mean mean of durations without outliers, µs; 0 of what is counted only
	 * @param max the longest, µs
	 * @param outliers how many durations were far from the mean
	 */
	public record Figure(String metric, String streamType, double count, double mean, long max, long outliers) {

		@Override
		public String toString() {
			String text = this.metric + "{ss=" + this.streamType + "} count " + Math.round(this.count * 10) / 10.0;
			return (this.max == 0) ? text : text + ", mean " + Math.round(this.mean) + " µs, max " + this.max
					+ " µs, outliers " + this.outliers;
		}

	}

}
