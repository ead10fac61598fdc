package io.securestreams.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Loads the servers of {@link PageServer} in turns, with wrk over HTTP/1.1 or h2load over
 * HTTP/2, and prints CPU time of the server per request and the median of the paired
 * ratios of a server stream to each of the others.
 */
public final class ServerRatios {

	private static final Pattern WRK = Pattern.compile("(\\d+) requests in ");

	private static final Pattern H2LOAD = Pattern.compile("(\\d+) succeeded");

	private ServerRatios() {
	}

	/**
	 * Runs the comparison.
	 * @param args {@code h1} or {@code h2}, number of rounds, seconds of warm-up of each
	 * server, seconds of each measurement; default: 5, 15, 6
	 * @throws Exception if a server or load generator does not run
	 */
	public static void main(String[] args) throws Exception {
		boolean http2 = args[0].equals("h2");
		int rounds = (args.length > 1) ? Integer.parseInt(args[1]) : 5;
		int warmUp = (args.length > 2) ? Integer.parseInt(args[2]) : 15;
		int measurement = (args.length > 3) ? Integer.parseInt(args[3]) : 6;
		List<String> names = http2 ? List.of("stream", "netty-h2", "netty-multiplex", "tomcat")
				: List.of("stream", "netty-h1", "tomcat");
		Map<String, Server> servers = new LinkedHashMap<>();
		Map<String, List<Double>> ratios = new LinkedHashMap<>();
		try {
			for (String name : names) {
				Server server = Server.start(name);
				servers.put(name, server);
				server.load(http2, warmUp);
			}
			for (int round = 0; round < rounds; round++) {
				double stream = 0;
				for (String name : names) {
					Server server = servers.get(name);
					long[] before = server.usage();
					long requests = server.load(http2, measurement);
					long[] after = server.usage();
					double each = (double) (after[0] - before[0]) / requests;
					System.out.printf("%s %s: %.0f ns CPU, %.0f B per request, %d requests/s%n", args[0], name, each,
							(double) (after[1] - before[1]) / requests, requests / measurement);
					if (name.equals("stream")) {
						stream = each;
					}
					else {
						ratios.computeIfAbsent(name, (key) -> new ArrayList<>()).add(stream / each);
					}
				}
			}
		}
		finally {
			servers.values().forEach((server) -> server.process.destroy());
		}
		ratios.forEach((name, values) -> System.out.printf(
				"%s, server stream to %s: CPU per request, median of %d: %.2f%n", args[0], name, values.size(),
				values.stream().sorted().toList().get(values.size() / 2)));
	}

	private record Server(Process process, BufferedReader output, int port) {

		static Server start(String name) throws IOException {
			Process process = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx256m",
					"-Dio.netty.leakDetection.level=disabled", "-cp", System.getProperty("java.class.path"),
					PageServer.class.getName(), name)
				.redirectError(ProcessBuilder.Redirect.DISCARD)
				.start();
			BufferedReader output = new BufferedReader(
					new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
			return new Server(process, output, Integer.parseInt(answer(output, "\\d+")));
		}

		/** What it says, between lines of its log. */
		private static String answer(BufferedReader output, String form) throws IOException {
			String line = output.readLine();
			while (line != null && !line.matches(form)) {
				line = output.readLine();
			}
			if (line == null) {
				throw new IOException("the server has ended");
			}
			return line;
		}

		/** CPU time in ns, and bytes allocated, so far. */
		long[] usage() throws IOException {
			this.process.getOutputStream().write('\n');
			this.process.getOutputStream().flush();
			String[] figures = answer(this.output, "\\d+ \\d+").split(" ");
			return new long[] { Long.parseLong(figures[0]), Long.parseLong(figures[1]) };
		}

		/** Makes requests for some seconds, and counts those that were answered. */
		long load(boolean http2, int seconds) throws IOException, InterruptedException {
			String url = "http://127.0.0.1:" + this.port + "/";
			List<String> command = http2 ? List.of("h2load", "-t1", "-c8", "-m32", "-D" + seconds, url)
					: List.of("wrk", "-t1", "-c64", "-d" + seconds + "s", url);
			Process load = new ProcessBuilder(command).redirectErrorStream(true).start();
			String output = new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			load.waitFor();
			Matcher matcher = (http2 ? H2LOAD : WRK).matcher(output);
			if (!matcher.find()) {
				throw new IOException("no result from " + command + ": " + output);
			}
			return Long.parseLong(matcher.group(1));
		}

	}

}
