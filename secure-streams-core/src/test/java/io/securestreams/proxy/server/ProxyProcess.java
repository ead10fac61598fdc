package io.securestreams.proxy.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.netty.util.internal.PlatformDependent;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.proxy.ProxyAddress;

/**
 * A proxy in a process of its own, which answers questions about itself.
 */
final class ProxyProcess implements AutoCloseable {

	private final Process process;

	private final BufferedReader output;

	private ProxyProcess(Process process) {
		this.process = process;
		this.output = process.inputReader();
	}

	/**
	 * What a proxy says of itself.
	 *
	 * @param heap bytes in use after a collection
	 * @param direct bytes of Netty's direct memory
	 * @param links how many there are
	 * @param paused how many wait for their clients
	 * @param unread bytes that clients have not read, of all links
	 */
	record Report(long heap, long direct, int links, int paused, long unread) {

		static Report parse(String line) {
			String[] numbers = line.split(" ");
			return new Report(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), Integer.parseInt(numbers[2]),
					Integer.parseInt(numbers[3]), Long.parseLong(numbers[4]));
		}

	}

	static ProxyProcess start(Path directory, String policy, String address, String... options) throws IOException {
		Path file = Files.writeString(Files.createTempFile(directory, "policy", ".json"), policy);
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of(options));
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), ProxyProcess.class.getName(),
				file.toString(), address));
		ProxyProcess made = new ProxyProcess(
				new ProcessBuilder(command).redirectError(directory.resolve("proxy.log").toFile()).start());
		made.line("READY");
		return made;
	}

	private String line(String start) throws IOException {
		String line = this.output.readLine();
		while (line != null && !line.startsWith(start)) {
			line = this.output.readLine();
		}
		if (line == null) {
			throw new IOException("the proxy has ended");
		}
		return line.substring(start.length()).strip();
	}

	Report report() throws IOException {
		this.process.getOutputStream().write('\n');
		this.process.getOutputStream().flush();
		return Report.parse(line("REPORT"));
	}

	/** Ends it without a word. */
	void kill() {
		this.process.destroyForcibly().onExit().join();
	}

	@Override
	public void close() {
		kill();
	}

	public static void main(String[] args) throws IOException {
		try (SecureStreams streams = SecureStreams.builder()
			.policy(PolicyJson.read(Files.readString(Path.of(args[0])), "proxy").policy())
			.socks5(null)
			.eventLoopThreads(2)
			.build()) {
			ProxyServer server = streams
				.serveProxy(ProxyServerSettings.builder().addresses(List.of(ProxyAddress.parse(args[1]))).build());
			System.out.println("READY");
			BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
			while (in.readLine() != null) {
				List<ProxyLinkSnapshot> links = server.links();
				System.gc();
				System.out.println("REPORT " + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() + " "
						+ PlatformDependent.usedDirectMemory() + " " + links.size() + " "
						+ links.stream().filter(ProxyLinkSnapshot::paused).count() + " "
						+ links.stream().mapToLong(ProxyLinkSnapshot::unreadBytes).sum());
			}
		}
	}

}
