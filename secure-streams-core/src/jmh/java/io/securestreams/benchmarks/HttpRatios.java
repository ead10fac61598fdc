package io.securestreams.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the clients of the HTTP benchmarks in turns and prints, for each workload, the
 * median of the paired ratios of a stream to each of the others.
 */
public final class HttpRatios {

	private static final List<String> PEERS = List.of("netty", "reactor", "jdk");

	private HttpRatios() {
	}

	/**
	 * Runs the comparison.
	 * @param args number of rounds, seconds of warm-up, seconds of measurement, workloads
	 * ({@code h1-1}, {@code h1-64}, {@code h2-100}, {@code download}); default: 5, 12,
	 * 10, all of them
	 * @throws RunnerException if a run fails
	 */
	public static void main(String[] args) throws RunnerException {
		int rounds = (args.length > 0) ? Integer.parseInt(args[0]) : 5;
		int warmUp = (args.length > 1) ? Integer.parseInt(args[1]) : 12;
		int measurement = (args.length > 2) ? Integer.parseInt(args[2]) : 10;
		List<String> workloads = (args.length > 3) ? List.of(args).subList(3, args.length)
				: List.of("h1-1", "h1-64", "h2-100", "download");
		Map<String, List<Double>> ratios = new LinkedHashMap<>();
		for (int round = 0; round < rounds; round++) {
			for (String workload : workloads) {
				Figures stream = run(workload, "stream", warmUp, measurement);
				for (String peer : PEERS) {
					Figures other = run(workload, peer, warmUp, measurement);
					ratios.computeIfAbsent(workload + " " + peer, (key) -> new ArrayList<>())
						.add(stream.cpuNanos / other.cpuNanos);
				}
			}
		}
		ratios.forEach((pair, values) -> System.out.printf("stream to %s: CPU per operation, median of %d: %.2f%n",
				pair, values.size(), median(values)));
	}

	private static Figures run(String workload, String client, int warmUp, int measurement) throws RunnerException {
		ChainedOptionsBuilder options = new OptionsBuilder().param("client", client)
			.warmupIterations(warmUp)
			.warmupTime(TimeValue.seconds(1))
			.measurementIterations(measurement)
			.measurementTime(TimeValue.seconds(1))
			.verbosity(VerboseMode.SILENT);
		switch (workload) {
			case "h1-1", "h1-64" ->
				options.include(HttpGetBenchmark.class.getName()).param("connections", workload.substring(3));
			case "h2-100" -> options.include(Http2GetBenchmark.class.getName()).param("streams", "100");
			case "download" -> options.include(HttpDownloadBenchmark.class.getName());
			default -> throw new IllegalArgumentException("workload: " + workload);
		}
		RunResult result = new Runner(options.build()).run().iterator().next();
		double requests = result.getSecondaryResults().get("requests").getScore();
		Figures figures = new Figures(result.getSecondaryResults().get("cpuNanos").getScore() / requests,
				result.getSecondaryResults().get("allocated").getScore() / requests,
				result.getPrimaryResult().getScore());
		System.out.printf("%s %s: %.0f ns CPU, %.0f B, %.2f operations/s%n", workload, client, figures.cpuNanos,
				figures.bytes, figures.perSecond);
		return figures;
	}

	private static double median(List<Double> values) {
		List<Double> sorted = values.stream().sorted().toList();
		int middle = sorted.size() / 2;
		return (sorted.size() % 2 == 1) ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
	}

	private record Figures(double cpuNanos, double bytes, double perSecond) {

	}

}
