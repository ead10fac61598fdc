package io.securestreams.spring.boot.actuate.endpoint;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

import io.securestreams.spring.boot.actuate.endpoint.RecentTimings.StreamTimings;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.system.metrics.MetricsReport;

/**
 * Actuator endpoint that shows how long connections took, of streamtypes with policy
 * {@code perf}.
 */
@Endpoint(id = "securestreamsperf", defaultAccess = Access.READ_ONLY)
public class SecureStreamsPerfEndpoint {

	private final RecentTimings timings;

	private final Supplier<List<MetricsReport>> metrics;

	/**
	 * Makes an endpoint.
	 * @param timings what has been measured
	 * @param metrics gives what the policy's section {@code metrics} asks for
	 */
	public SecureStreamsPerfEndpoint(RecentTimings timings, Supplier<List<MetricsReport>> metrics) {
		this.timings = timings;
		this.metrics = metrics;
	}

	/**
	 * Returns percentiles by streamtype, and the last connections of streams.
	 * @param streamtype shows only this one; all, if {@code null}
	 * @param offset how many streams to leave out
	 * @param limit how many streams to show, 100 if {@code null}
	 * @return what has been measured
	 */
	@ReadOperation
	public PerfDescriptor perf(@Nullable String streamtype, @Nullable Integer offset, @Nullable Integer limit) {
		Map<String, StreamTypeDescriptor> types = new TreeMap<>();
		this.timings.byStreamType().forEach((name, measured) -> {
			if (streamtype == null || streamtype.equals(name)) {
				types.put(name, StreamTypeDescriptor.of(measured));
			}
		});
		List<StreamTimings> streams = this.timings.byStream()
			.stream()
			.filter((stream) -> streamtype == null || streamtype.equals(stream.streamtype()))
			.toList();
		return new PerfDescriptor(types, streams.size(), Page.of(offset, limit).of(streams), metrics(streamtype));
	}

	private List<MetricsReport> metrics(@Nullable String streamtype) {
		return this.metrics.get()
			.stream()
			.map((report) -> new MetricsReport(report.name(),
					report.figures()
						.stream()
						.filter((figure) -> streamtype == null || streamtype.equals(figure.streamType()))
						.toList()))
			.toList();
	}

	/**
	 * What has been measured.
	 *
	 * @param streamtypes percentiles by streamtype
	 * @param total number of streams there are, of which {@code streams} is a part
	 * @param streams the last connections of streams, the latest stream first
	 * @param metrics what the policy's section {@code metrics} asks for
	 */
	public record PerfDescriptor(Map<String, StreamTypeDescriptor> streamtypes, int total, List<StreamTimings> streams,
			List<MetricsReport> metrics) implements OperationResponseBody {

	}

	/**
	 * The last connections of a streamtype together; all figures in µs.
	 *
	 * @param count number of connections
	 * @param dns name look-up
	 * @param connect socket connect
	 * @param tls TLS handshake
	 * @param response from request to response
	 */
	public record StreamTypeDescriptor(int count, Percentiles dns, Percentiles connect, Percentiles tls,
			Percentiles response) {

		static StreamTypeDescriptor of(List<ConnectionTimings> measured) {
			return new StreamTypeDescriptor(measured.size(), Percentiles.of(measured, ConnectionTimings::dnsMicros),
					Percentiles.of(measured, ConnectionTimings::connectMicros),
					Percentiles.of(measured, ConnectionTimings::tlsMicros),
					Percentiles.of(measured, ConnectionTimings::responseMicros));
		}

	}

	/**
	 * Percentiles of what applied, µs; zero where nothing did.
	 *
	 * @param count number of values
	 * @param p50 the median
	 * @param p90 nine of ten took no longer
	 * @param p99 ninety-nine of a hundred took no longer
	 * @param max the longest
	 */
	public record Percentiles(int count, long p50, long p90, long p99, long max) {

		static Percentiles of(List<ConnectionTimings> measured, ToLongFunction<ConnectionTimings> part) {
			long[] sorted = measured.stream().mapToLong(part).filter((value) -> value > 0).sorted().toArray();
			return new Percentiles(sorted.length, at(sorted, 50), at(sorted, 90), at(sorted, 99),
					Arrays.stream(sorted).max().orElse(0));
		}

		private static long at(long[] sorted, int percent) {
			return (sorted.length == 0) ? 0 : sorted[(sorted.length * percent + 99) / 100 - 1];
		}

	}

}
