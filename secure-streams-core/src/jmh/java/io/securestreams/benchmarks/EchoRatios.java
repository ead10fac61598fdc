package io.securestreams.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the clients of {@link WebSocketEchoBenchmark} or {@link RawEchoBenchmark} in turns
 * and prints CPU time and bytes allocated per message, and the medians of the paired
 * ratios of a stream to each of the others.
 */
public final class EchoRatios {

	private static final String STREAM = "stream";

	private EchoRatios() {
	}

	/**
	 * Runs the comparison.
	 * @param args {@code ws} or {@code raw}, a load, the number of rounds, clients to
	 * compare with
	 * @throws RunnerException if a run fails
	 */
	public static void main(String[] args) throws RunnerException {
		Class<?> benchmark = args[0].equals("ws") ? WebSocketEchoBenchmark.class : RawEchoBenchmark.class;
		String load = args[1];
		int rounds = Integer.parseInt(args[2]);
		List<String> others = List.of(args).subList(3, args.length);
		Map<String, List<Figures>> figures = new LinkedHashMap<>();
		for (int round = 0; round < rounds; round++) {
			measure(benchmark, load, STREAM, figures);
			for (String other : others) {
				measure(benchmark, load, other, figures);
			}
		}
		List<Figures> stream = figures.get(STREAM);
		for (String other : others) {
			List<Double> ratios = new ArrayList<>();
			for (int round = 0; round < rounds; round++) {
				ratios.add(stream.get(round).cpuNanos() / figures.get(other).get(round).cpuNanos());
			}
			System.out.printf("%s %s, stream to %s, median of %d: CPU ratio %.2f%n", args[0], load, other, rounds,
					median(ratios));
		}
		System.out.printf("%s %s, stream, median of %d: %.0f B allocated per message%n", args[0], load, rounds,
				median(new ArrayList<>(stream.stream().map(Figures::bytes).toList())));
	}

	private static void measure(Class<?> benchmark, String load, String client, Map<String, List<Figures>> figures)
			throws RunnerException {
		RunResult result = new Runner(new OptionsBuilder().include(benchmark.getName())
			.param("client", client)
			.param("load", load)
			.jvmArgsAppend("-Dio.netty.leakDetection.level=disabled")
			.verbosity(VerboseMode.SILENT)
			.build()).run().iterator().next();
		double messages = result.getSecondaryResults().get("requests").getScore();
		Figures measured = new Figures(result.getSecondaryResults().get("cpuNanos").getScore() / messages,
				result.getSecondaryResults().get("allocated").getScore() / messages);
		System.out.printf("%s: %.0f ns, %.1f B per message%n", client, measured.cpuNanos(), measured.bytes());
		figures.computeIfAbsent(client, (name) -> new ArrayList<>()).add(measured);
	}

	private static double median(List<Double> values) {
		Collections.sort(values);
		return values.get(values.size() / 2);
	}

	private record Figures(double cpuNanos, double bytes) {

	}

}
