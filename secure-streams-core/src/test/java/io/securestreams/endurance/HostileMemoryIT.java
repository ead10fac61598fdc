package io.securestreams.endurance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.securestreams.proxy.wire.ClientFrame;
import io.securestreams.proxy.wire.FrameEncoder;
import io.securestreams.proxy.wire.OnwardConnect;
import io.securestreams.proxy.wire.PayloadHead;
import io.securestreams.proxy.wire.StreamType;
import io.securestreams.proxy.wire.TxCredit;
import io.securestreams.proxy.wire.TxPayload;
import io.securestreams.transport.http2.FramePeer.Connection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Attacks on the memory of a server that has little. When the attackers have left it
 * serves again, and holds what it held before.
 */
@Timeout(300)
class HostileMemoryIT {

	private static final long ATTACK_MILLIS = 8_000;

	/** From when the attackers leave until it serves. */
	private static final int SECONDS = 5;

	/** Until it holds what it held before. */
	private static final int BACK_SECONDS = 60;

	private static final long MORE_HEAP = 32L << 20;

	private static final long MORE_DIRECT = 32L << 20;

	private Process server;

	private BufferedReader output;

	private int port;

	private int rawPort;

	private int proxyPort;

	private FloodingBroker broker;

	@BeforeEach
	void start() throws IOException {
		this.broker = new FloodingBroker();
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		this.server = new ProcessBuilder(List.of(java, "-Xmx256m", "-XX:MaxDirectMemorySize=128m", "-cp",
				System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
				HostileMemoryServer.class.getName(), String.valueOf(this.broker.port())))
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		this.output = new BufferedReader(
				new InputStreamReader(this.server.getInputStream(), StandardCharsets.US_ASCII));
		String[] ports = answer("port");
		this.port = Integer.parseInt(ports[1]);
		this.rawPort = Integer.parseInt(ports[2]);
		this.proxyPort = Integer.parseInt(ports[3]);
	}

	@AfterEach
	void stop() throws IOException {
		this.server.destroyForcibly();
		this.broker.close();
	}

	private String[] answer(String name) throws IOException {
		for (String line = this.output.readLine(); line != null; line = this.output.readLine()) {
			if (line.startsWith(name + " ")) {
				return line.split(" ");
			}
			System.out.println("hostile: server: " + line);
		}
		throw new IOException("the server has ended");
	}

	private Held held() throws IOException {
		this.server.getOutputStream().write('\n');
		this.server.getOutputStream().flush();
		String[] fields = answer("usage");
		return new Held(Long.parseLong(fields[1]), Long.parseLong(fields[2]), Long.parseLong(fields[3]),
				Long.parseLong(fields[4]));
	}

	@Test
	void http1() throws Exception {
		String get = "GET /big HTTP/1.1\r\nHost: a\r\n\r\n";
		byte[] upload = new byte[16 * 1024];
		withstands("h1", new Attackers(this.port)
			// Slow readers, pipelines nobody reads, uploads that do not end, heads that
			// do not
			.add(150, octets(get), new byte[0], 0)
			.add(100, octets(get.repeat(100)), octets(get.repeat(100)), 1000)
			.add(150, octets("POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"), upload, 30)
			.add(100, octets("GET / HTTP/1.1\r\n"), octets("x-field: " + "v".repeat(100) + "\r\n"), 50), this::get);
	}

	@Test
	void http2() throws Exception {
		byte[] noWindow = { 0, 4, 0, 0, 0, 0 };
		byte[] get = Connection.block(":method", "GET", ":scheme", "http", ":path", "/big", ":authority", "a");
		byte[] post = Connection.block(":method", "POST", ":scheme", "http", ":path", "/up", ":authority", "a");
		byte[] start = octets(WireSeeds.PREFACE);
		byte[] gets = requests(get, 5);
		withstands("h2",
				new Attackers(this.port).add(150, WireSeeds.join(start, frame(4, 0, 0, noWindow), gets), new byte[0], 0)
					.add(100, WireSeeds.join(start, frame(4, 0, 0, new byte[0]), gets), new byte[0], 0)
					.add(100, WireSeeds.join(start, frame(4, 0, 0, new byte[0]), requests(post, 4)),
							frame(0, 0, 1, new byte[1000]), 60)
					.add(50, WireSeeds.join(start, frame(4, 0, 0, new byte[0])), frame(6, 0, 0, new byte[8]), 100_000),
				this::get);
	}

	@Test
	void webSocket() throws Exception {
		byte[] start = WireSeeds.http1Requests().get(2);
		byte[] message = WireSeeds.webSocket(true, 0x82, "x".repeat(16_000));
		byte[] fragment = WireSeeds.webSocket(true, 0x00, "x".repeat(60_000));
		withstands("ws", new Attackers(this.port)
			// Echoes that nobody reads
			.add(150, start, message, 10_000)
			.add(100, WireSeeds.join(start, WireSeeds.webSocket(true, 0x02, "x")), fragment, 10_000)
			.add(50, start, WireSeeds.webSocket(true, 0x89, "ping"), 100_000), this::echo);
	}

	@Test
	void raw() throws Exception {
		withstands("raw", new Attackers(this.rawPort)
			// Echoes that nobody reads
			.add(400, new byte[0], new byte[16_000], 10_000)
			.add(100, new byte[0], new byte[1], 100_000), this::get);
	}

	@Test
	void mqttClient() throws Exception {
		withstands("mqtt client", new Attackers(this.port) {
			@Override
			void attack(long millis) throws IOException, InterruptedException {
				HostileMemoryIT.this.broker.flood(millis);
			}
		}, this::get);
		System.out.printf("hostile: mqtt client: the broker wrote %d KiB%n", this.broker.written() / 1024);
		assertThat(this.broker.written()).isPositive();
	}

	@Test
	void proxyServer() throws Exception {
		byte[] ask = frame(new StreamType(1, 42, StreamType.DEFAULT_CREDIT, "onward"));
		byte[] start = WireSeeds.join(ask, frame(OnwardConnect.INSTANCE));
		byte[] payload = frame(
				new TxPayload(new PayloadHead(3, 0, 0, null, 10_000), 0, Unpooled.wrappedBuffer(new byte[10_000])));
		withstands("proxy", new Attackers(this.proxyPort)
			// Echoes that nobody reads, with credit for them and without
			.add(300, WireSeeds.join(start, frame(new TxCredit(1 << 30))), payload, 10_000)
			.add(100, start, payload, 10_000)
			.add(100, new byte[0], octets("x"), 10), this::get);
	}

	private static byte[] frame(ClientFrame frame) {
		ByteBuf out = Unpooled.buffer();
		FrameEncoder.write(frame, out);
		return Connection.bytes(out);
	}

	private void withstands(String name, Attackers attackers, Callable<Boolean> service) throws Exception {
		Held before;
		try (attackers) {
			for (int i = 0; i < 20; i++) {
				// Classes are loaded, and threads have their caches
				assertThat(service.call()).isTrue();
			}
			before = held();
			attackers.attack(ATTACK_MILLIS);
			System.out.printf("hostile: %s: %s%n", name, attackers);
			System.out.printf("hostile: %s: before %s, under attack %s%n", name, before, held());
		}
		long left = System.nanoTime();
		while (!service.call() && System.nanoTime() - left < BACK_SECONDS * 1_000_000_000L) {
			Thread.sleep(100);
		}
		long served = System.nanoTime() - left;
		Held after = held();
		while (!after.isNear(before) && System.nanoTime() - left < BACK_SECONDS * 1_000_000_000L) {
			Thread.sleep(500);
			after = held();
		}
		System.out.printf("hostile: %s: served after %d ms, back after %d ms: %s%n", name, served / 1_000_000,
				(System.nanoTime() - left) / 1_000_000, after);
		assertThat(Duration.ofNanos(served)).isLessThan(Duration.ofSeconds(SECONDS));
		assertThat(after).matches((held) -> held.isNear(before), "holds what it held before, " + before);
	}

	private boolean get() {
		try {
			HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
			return client
				.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + "/big"))
					.timeout(Duration.ofSeconds(5))
					.build(), BodyHandlers.ofByteArray())
				.body().length == HostileMemoryServer.ANSWER;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private boolean echo() {
		try (Socket socket = new Socket("127.0.0.1", this.port)) {
			socket.setSoTimeout(5000);
			socket.getOutputStream()
				.write(octets(new String(WireSeeds.http1Requests().get(2), StandardCharsets.ISO_8859_1)
					.replace("Sec-WebSocket-Extensions: permessage-deflate\r\n", "")));
			socket.getOutputStream().write(WireSeeds.webSocket(true, 0x82, "!marker!"));
			StringBuilder text = new StringBuilder();
			InputStream in = socket.getInputStream();
			while (text.indexOf("!marker!") < 0) {
				int next = in.read();
				if (next < 0) {
					return false;
				}
				text.append((char) next);
			}
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static byte[] octets(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	/** Heads on a hundred streams. */
	private static byte[] requests(byte[] block, int flags) {
		List<byte[]> frames = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			frames.add(frame(1, flags, 1 + 2 * i, block));
		}
		return FuzzTarget.join(frames);
	}

	private static byte[] frame(int type, int flags, int streamId, byte[] payload) {
		return Connection.bytes(Unpooled.buffer()
			.writeMedium(payload.length)
			.writeByte(type)
			.writeByte(flags)
			.writeInt(streamId)
			.writeBytes(payload));
	}

	private record Held(long heap, long direct, long descriptors, long streams) {

		boolean isNear(Held before) {
			return this.heap < before.heap + MORE_HEAP && this.direct < before.direct + MORE_DIRECT
					&& this.descriptors < before.descriptors + 20 && this.streams <= before.streams + 1;
		}

		@Override
		public String toString() {
			return "heap %,d KiB, direct %,d KiB, %d descriptors, %d streams".formatted(this.heap / 1024,
					this.direct / 1024, this.descriptors, this.streams);
		}

	}

}
