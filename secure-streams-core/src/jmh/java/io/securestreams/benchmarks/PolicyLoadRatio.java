package io.securestreams.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs {@link PolicyLoadBenchmark}'s two sides in turns and prints the median of the
 * paired ratios.
 */
public final class PolicyLoadRatio {

	private PolicyLoadRatio() {
	}

	/**
	 * Runs the comparison.
	 * @param args number of rounds; default: 3
	 * @throws RunnerException if a run fails
	 */
	public static void main(String[] args) throws RunnerException {
		int rounds = (args.length > 0) ? Integer.parseInt(args[0]) : 3;
		List<Double> ratios = new ArrayList<>();
		for (int round = 0; round < rounds; round++) {
			double policy = run("policy");
			double tree = run("jacksonTree");
			ratios.add(policy / tree);
			System.out.printf("policy: %.1f ms, Jackson's tree: %.1f ms%n", policy, tree);
		}
		Collections.sort(ratios);
		System.out.printf("policy to Jackson's tree, median of %d: %.2f%n", rounds, ratios.get(rounds / 2));
	}

	private static double run(String side) throws RunnerException {
		return new Runner(new OptionsBuilder().include(PolicyLoadBenchmark.class.getName() + "." + side + "$")
			.verbosity(VerboseMode.SILENT)
			.build()).run().iterator().next().getPrimaryResult().getScore();
	}

}
