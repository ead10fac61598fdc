package io.securestreams.benchmarks;

import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;

/**
 * Publishes to a Mosquitto in turns: with a stream, a bare loop on Netty's codec, HiveMQ's
 * client and Eclipse Paho; prints CPU time of this process and bytes allocated per message,
 * and the ratios of the stream to the others.
 */
public final class MqttRatios {

	private static final List<String> CLIENTS = List.of("stream", "netty", "hivemq", "paho");

	private static final int WARM_UP = 2;

	private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private MqttRatios() {
	}

	/**
	 * Runs the comparison.
	 * @param args number of rounds, and messages of a round with 100 outstanding; half of
	 * them with 1
	 * @throws Exception if a run fails
	 */
	public static void main(String[] args) throws Exception {
		int rounds = Integer.parseInt(args[0]);
		int messages = Integer.parseInt(args[1]);
		int port;
		try (ServerSocket free = new ServerSocket(0)) {
			port = free.getLocalPort();
		}
		Path config = Files.createTempFile("mosquitto", ".conf");
		Files.writeString(config, "listener " + port + " 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 0\n"
				+ "max_queued_messages 0\nset_tcp_nodelay true\n");
		Process broker = new ProcessBuilder("/usr/sbin/mosquitto", "-c", config.toString())
			.redirectErrorStream(true)
			.redirectOutput(Redirect.DISCARD)
			.start();
		try {
			awaitBroker(port);
			for (int outstanding : new int[] { 1, 100 }) {
				for (int qos = 0; qos <= 2; qos++) {
					compare(port, qos, outstanding, rounds, (outstanding == 1) ? messages / 2 : messages);
				}
			}
		}
		finally {
			broker.destroy();
		}
	}

	private static void awaitBroker(int port) throws InterruptedException {
		for (int attempt = 0; attempt < 100; attempt++) {
			try (Socket socket = new Socket("127.0.0.1", port)) {
				return;
			}
			catch (java.io.IOException ex) {
				Thread.sleep(50);
			}
		}
		throw new IllegalStateException("no broker");
	}

	private static void compare(int port, int qos, int outstanding, int rounds, int messages) throws Exception {
		Map<String, MqttPublisher> publishers = new LinkedHashMap<>();
		Map<String, List<Double>> cpu = new LinkedHashMap<>();
		Map<String, List<Double>> bytes = new LinkedHashMap<>();
		for (String client : CLIENTS) {
			publishers.put(client, open(client, port, qos, outstanding));
			// What compiles them is not what they cost
			for (int round = 0; round < WARM_UP; round++) {
				publishers.get(client).publish(messages);
			}
		}
		for (int round = 0; round < rounds; round++) {
			for (String client : CLIENTS) {
				long allocated = allocated();
				long time = SYSTEM.getProcessCpuTime();
				publishers.get(client).publish(messages);
				cpu.computeIfAbsent(client, (name) -> new ArrayList<>())
					.add((SYSTEM.getProcessCpuTime() - time) / (double) messages);
				bytes.computeIfAbsent(client, (name) -> new ArrayList<>())
					.add((allocated() - allocated) / (double) messages);
			}
		}
		publishers.values().forEach(MqttPublisher::close);
		for (String client : CLIENTS) {
			List<Double> ratios = new ArrayList<>();
			for (int round = 0; round < rounds; round++) {
				ratios.add(cpu.get("stream").get(round) / cpu.get(client).get(round));
			}
			System.out.printf("QoS %d, %d outstanding, %s: %.2f us CPU, %.0f B; stream to it %.2f%n", qos, outstanding,
					client, median(cpu.get(client)) / 1000, median(bytes.get(client)), median(ratios));
		}
	}

	private static MqttPublisher open(String client, int port, int qos, int outstanding) throws Exception {
		return switch (client) {
			case "stream" -> new StreamMqttPublisher(port, qos, outstanding);
			case "netty" -> new NettyMqttPublisher(port, qos, outstanding);
			case "hivemq" -> new HiveMqttPublisher(port, qos, outstanding);
			default -> new PahoMqttPublisher(port, qos, outstanding);
		};
	}

	private static long allocated() {
		long sum = 0;
		for (long each : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
			sum += Math.max(each, 0);
		}
		return sum;
	}

	private static double median(List<Double> values) {
		List<Double> sorted = new ArrayList<>(values);
		Collections.sort(sorted);
		return sorted.get(sorted.size() / 2);
	}

}
