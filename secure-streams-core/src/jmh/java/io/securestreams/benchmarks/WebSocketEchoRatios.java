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
 * Runs {@link WebSocketEchoBenchmark}'s clients in turns and prints the median of the
 * paired ratios per load.
 */
public final class WebSocketEchoRatios {

	private WebSocketEchoRatios() {
	}

	/**
	 * Runs the comparison.
	 * @param args number of pairs, default 5
	 * @throws RunnerException if a run fails
	 */
	public static void main(String[] args) throws RunnerException {
		int pairs = (args.length > 0) ? Integer.parseInt(args[0]) : 5;
		for (String load : List.of("125x1", "125x256", "65536x4")) {
			List<Double> ratios = new ArrayList<>();
			for (int i = 0; i < pairs; i++) {
				Figures netty = run("netty", load);
				Figures stream = run("stream", load);
				ratios.add(stream.cpuNanos / netty.cpuNanos);
				System.out.printf("%s, pair %d: netty %.0f ns %.0f B, stream %.0f ns %.0f B; CPU ratio %.2f%n", load,
						i + 1, netty.cpuNanos, netty.bytes, stream.cpuNanos, stream.bytes,
						stream.cpuNanos / netty.cpuNanos);
			}
			Collections.sort(ratios);
			System.out.printf("%s, median of %d pairs: CPU ratio %.2f%n", load, pairs, ratios.get(pairs / 2));
		}
	}

	private static Figures run(String client, String load) throws RunnerException {
		RunResult result = new Runner(new OptionsBuilder().include(WebSocketEchoBenchmark.class.getName())
			.param("client", client)
			.param("load", load)
			.jvmArgsAppend("-Dio.netty.leakDetection.level=disabled")
			.verbosity(VerboseMode.SILENT)
			.build()).run().iterator().next();
		double messages = result.getSecondaryResults().get("requests").getScore();
		return new Figures(result.getSecondaryResults().get("cpuNanos").getScore() / messages,
				result.getSecondaryResults().get("allocated").getScore() / messages);
	}

	private record Figures(double cpuNanos, double bytes) {

	}

}
