package io.securestreams.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs {@link HttpGetBenchmark}'s peers in turns and prints the median of the paired
 * ratios.
 */
public final class HttpGetRatios {

	private HttpGetRatios() {
	}

	/**
	 * Runs the comparison.
	 * @param args number of pairs, default 5
	 * @throws RunnerException if a run fails
	 */
	public static void main(String[] args) throws RunnerException {
		int pairs = (args.length > 0) ? Integer.parseInt(args[0]) : 5;
		List<Double> ratios = new ArrayList<>();
		List<Double> extraBytes = new ArrayList<>();
		for (int i = 0; i < pairs; i++) {
			Figures netty = run("netty");
			Figures stream = run("stream");
			ratios.add(stream.cpuNanos / netty.cpuNanos);
			extraBytes.add(stream.bytes - netty.bytes);
			System.out.printf("pair %d: netty %.0f ns %.0f B, stream %.0f ns %.0f B per GET; CPU ratio %.2f%n", i + 1,
					netty.cpuNanos, netty.bytes, stream.cpuNanos, stream.bytes, stream.cpuNanos / netty.cpuNanos);
		}
		System.out.printf("median of %d pairs: CPU ratio %.2f, %.0f B more per GET%n", pairs, median(ratios),
				median(extraBytes));
	}

	private static Figures run(String client) throws RunnerException {
		RunResult result = new Runner(new OptionsBuilder().include(HttpGetBenchmark.class.getName())
			.param("client", client)
			.verbosity(VerboseMode.SILENT)
			.build()).run().iterator().next();
		double requests = result.getSecondaryResults().get("requests").getScore();
		return new Figures(result.getSecondaryResults().get("cpuNanos").getScore() / requests,
				result.getSecondaryResults().get("allocated").getScore() / requests);
	}

	private static double median(List<Double> values) {
		Collections.sort(values);
		return values.get(values.size() / 2);
	}

	private record Figures(double cpuNanos, double bytes) {

	}

}
