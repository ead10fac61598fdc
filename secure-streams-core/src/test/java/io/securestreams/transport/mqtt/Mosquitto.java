package io.securestreams.transport.mqtt;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;

import org.jspecify.annotations.Nullable;

import io.securestreams.transport.contract.Program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A Mosquitto with a password and persistence, which can be killed and started again.
 */
final class Mosquitto implements AutoCloseable {

	private static final Path PROGRAM = Path.of("/usr/sbin/mosquitto");

	private final Path directory;

	private final int port;

	private final List<Process> clients = new ArrayList<>();

	private @Nullable Process broker;

	Mosquitto(Path directory, String... lines) throws Exception {
		this.directory = directory;
		this.port = Program.freePort();
		Files.writeString(directory.resolve("passwords"), "");
		Process made = new ProcessBuilder("mosquitto_passwd", "-b", directory.resolve("passwords").toString(), "user",
				"secret")
			.redirectErrorStream(true)
			.start();
		assertThat(made.waitFor(20, TimeUnit.SECONDS)).isTrue();
		Files.writeString(directory.resolve("conf"), """
				user root
				listener %d 127.0.0.1
				allow_anonymous false
				password_file %s
				persistence true
				persistence_location %s/
				max_queued_messages 0
				%s
				""".formatted(this.port, directory.resolve("passwords"), directory, String.join("\n", lines)));
		start();
	}

	/**
	 * Whether there are the broker, and the clients that come in a package of their own.
	 */
	static boolean isInstalled() {
		return Files.isExecutable(PROGRAM) && Program.find("mosquitto_sub") != null;
	}

	int port() {
		return this.port;
	}

	void start() throws IOException {
		this.broker = new ProcessBuilder(PROGRAM.toString(), "-v", "-c", this.directory.resolve("conf").toString())
			.redirectErrorStream(true)
			.redirectOutput(Redirect.appendTo(this.directory.resolve("log").toFile()))
			.start();
	}

	/** In order, so that what it has acknowledged is on its disk. */
	void stop() throws InterruptedException {
		Process running = this.broker;
		if (running != null) {
			running.destroy();
			running.waitFor();
		}
	}

	/** As {@code kill -9} does. */
	void kill() throws InterruptedException {
		Process running = this.broker;
		if (running != null) {
			running.destroyForcibly();
			running.waitFor();
		}
	}

	/** Starts {@code mosquitto_sub}, which writes a line for each message to a file. */
	Path subscriber(String client, String filter, int qos, String... options) throws IOException {
		await().until(() -> hasLogged(" running"));
		Path file = this.directory.resolve(client);
		List<String> command = command("mosquitto_sub", "-c", "-i", client, "-t", filter, "-q", String.valueOf(qos));
		command.addAll(List.of(options));
		this.clients.add(new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(file.toFile()).start());
		return file;
	}

	/** Publishes so many bytes with {@code mosquitto_pub}, and returns their sum. */
	CRC32 publish(String topic, int qos, int length) throws Exception {
		byte[] bytes = new byte[length];
		if (length > 1) {
			new Random(length).nextBytes(bytes);
		}
		Path file = Files.write(this.directory.resolve("message"), bytes);
		Process publishing = new ProcessBuilder(
				command("mosquitto_pub", "-t", topic, "-q", String.valueOf(qos), "-f", file.toString()))
			.inheritIO()
			.start();
		assertThat(publishing.waitFor(30, TimeUnit.SECONDS)).isTrue();
		assertThat(publishing.exitValue()).isZero();
		CRC32 sum = new CRC32();
		sum.update(bytes);
		return sum;
	}

	private List<String> command(String program, String... options) {
		List<String> command = new ArrayList<>(
				List.of(program, "-h", "127.0.0.1", "-p", String.valueOf(this.port), "-u", "user", "-P", "secret"));
		command.addAll(List.of(options));
		return command;
	}

	boolean hasLogged(String text) throws IOException {
		Path log = this.directory.resolve("log");
		return Files.exists(log) && Files.readString(log).contains(text);
	}

	/**
	 * Counts messages that the broker publishes again although it has released them,
	 * which a sender must not do (MQTT-4.3.3-1): Mosquitto 2.0.11 restores what waited
	 * for PUBCOMP as if it waited for PUBREC. To a receiver that has answered PUBREL such
	 * a message is a new one.
	 */
	int releasedAndPublishedAgain(String client) throws IOException {
		Pattern about = Pattern.compile("(?:Sending PUBLISH to|Sending PUBREL to|Received PUBCOMP from) " + client
				+ " \\(.*?(?:m|Mid: )(?<id>\\d+)");
		Set<String> released = new HashSet<>();
		int again = 0;
		for (String line : Files.readAllLines(this.directory.resolve("log"))) {
			Matcher sent = about.matcher(line);
			if (!sent.find()) {
				continue;
			}
			String id = sent.group("id");
			if (line.contains("PUBREL")) {
				released.add(id);
			}
			else if (released.remove(id) && line.contains("(d1")) {
				again++;
			}
		}
		return again;
	}

	/**
	 * Counts messages of QoS 2 that a client has released since the broker was started,
	 * but has not published since: it had them before. Mosquitto answers with PUBCOMP
	 * even if it has been killed before they were on its disk.
	 */
	int releasedUnseen(String client) throws IOException {
		Pattern about = Pattern
			.compile("Received (?<what>PUBLISH|PUBREL) from " + client + " \\(.*?(?:m|Mid: )(?<id>\\d+)");
		Set<String> published = new HashSet<>();
		int unseen = 0;
		for (String line : Files.readAllLines(this.directory.resolve("log"))) {
			Matcher received = about.matcher(line);
			if (line.endsWith(" running")) {
				published.clear();
				unseen = 0;
			}
			else if (received.find()) {
				String id = received.group("id");
				if (received.group("what").equals("PUBLISH")) {
					published.add(id);
				}
				else if (!published.remove(id)) {
					unseen++;
				}
			}
		}
		return unseen;
	}

	/** Counts messages that the broker has sent to a client with DUP. */
	int repeatedTo(String client) throws IOException {
		try (Stream<String> lines = Files.lines(this.directory.resolve("log"))) {
			return (int) lines.filter((line) -> line.contains("Sending PUBLISH to " + client + " (d1")).count();
		}
	}

	/** Numbers that a subscriber has written; other lines are its complaints. */
	static List<Integer> numbers(Path file) throws IOException {
		String text = Files.readString(file);
		String whole = text.substring(0, text.lastIndexOf('\n') + 1);
		return Arrays.stream(whole.split("\n")).filter((line) -> line.matches("\\d+")).map(Integer::valueOf).toList();
	}

	@Override
	public void close() {
		this.clients.forEach(Process::destroy);
		if (this.broker != null) {
			this.broker.destroy();
			this.broker.onExit().join();
		}
	}

}
