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
 * Runs {@link HttpGetBenchmark}'s clients in turns and prints the median of the paired
 * ratios of a stream to each of the others.
 */
public final class HttpGetRatios {

	private HttpGetRatios() {
	}

	/**
	 * Runs the comparison.
	 * @param args number of rounds, connections, clients to compare with; default: 5, 1,
	 * netty
	 * @throws RunnerException if a run fails
	 */
	public static void main(String[] args) throws RunnerException {
		int rounds = (args.length > 0) ? Integer.parseInt(args[0]) : 5;
		String connections = (args.length > 1) ? args[1] : "1";
		List<String> peers = (args.length > 2) ? List.of(args).subList(2, args.length) : List.of("netty");
		List<List<Double>> ratios = new ArrayList<>();
		List<List<Double>> extraBytes = new ArrayList<>();
		peers.forEach((peer) -> {
			ratios.add(new ArrayList<>());
			extraBytes.add(new ArrayList<>());
		});
		for (int round = 0; round < rounds; round++) {
			Figures stream = run("stream", connections);
			System.out.printf("stream: %.0f ns, %.0f B per GET%n", stream.cpuNanos, stream.bytes);
			for (int i = 0; i < peers.size(); i++) {
				Figures peer = run(peers.get(i), connections);
				ratios.get(i).add(stream.cpuNanos / peer.cpuNanos);
				extraBytes.get(i).add(stream.bytes - peer.bytes);
				System.out.printf("%s: %.0f ns, %.0f B per GET%n", peers.get(i), peer.cpuNanos, peer.bytes);
			}
		}
		for (int i = 0; i < peers.size(); i++) {
			System.out.printf("stream to %s, %s connections, median of %d: CPU ratio %.2f, %+.0f B per GET%n",
					peers.get(i), connections, rounds, median(ratios.get(i)), median(extraBytes.get(i)));
		}
	}

	private static Figures run(String client, String connections) throws RunnerException {
		RunResult result = new Runner(new OptionsBuilder().include(HttpGetBenchmark.class.getName())
			.param("client", client)
			.param("connections", connections)
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
