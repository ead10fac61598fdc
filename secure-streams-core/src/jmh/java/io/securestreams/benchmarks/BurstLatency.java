package io.securestreams.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamServer;

/**
 * How long an event loop is away from its sockets while thousands of streams are asked
 * for something at once: the longest time that a byte takes which a stream of the same
 * loop echoes.
 */
public final class BurstLatency {

	private static final String POLICY = """
			{ "retry": [ { "once": { "backoff": [ 60000 ], "conceal": 1 } } ], "s": [
			  { "echo": { "server": true, "protocol": "raw", "endpoint": "127.0.0.1", "port": 0 } },
			  { "room": { "server": true, "protocol": "raw", "endpoint": "127.0.0.1", "port": 0 } },
			  { "refused": { "endpoint": "127.0.0.1", "port": %1$d, "protocol": "raw", "retry": "once" } },
			  { "nailed": { "endpoint": "127.0.0.1", "port": %1$d, "protocol": "raw", "retry": "once",
			                "nailed_up": true } },
			  { "idle": { "endpoint": "127.0.0.1", "port": %1$d, "protocol": "raw", "retry": "once" } },
			  { "waits": { "endpoint": "127.0.0.1", "port": %2$d, "protocol": "h2", "h2_prior_knowledge": true,
			               "http_method": "GET", "http_url": "x", "retry": "once" } }
			] }
			""";

	private static final StreamHandler DEAF = new StreamHandler() {
	};

	private final ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));

	private final SecureStreams streams;

	private final Socket probe;

	private volatile boolean over;

	private volatile long longest;

	private BurstLatency() throws IOException {
		this.streams = SecureStreams.builder()
			.policy(PolicyJson.read(POLICY.formatted(closedPort(), this.silent.getLocalPort()), "benchmark").policy())
			.eventLoopThreads(1)
			.build();
		StreamServer echo = this.streams.listen("echo", Echo::new);
		this.probe = new Socket("127.0.0.1", ((InetSocketAddress) Objects.requireNonNull(echo.address())).getPort());
		this.probe.setTcpNoDelay(true);
		Thread thread = new Thread(this::probe, "probe");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Prints the longest time for each burst.
	 * @param args the scale in percent, 100 for the full one
	 * @throws Exception if something fails
	 */
	public static void main(String[] args) throws Exception {
		int percent = Integer.parseInt(args[0]);
		BurstLatency program = new BurstLatency();
		program.connects(Math.min(500, 80 * percent));
		program.longest("warm-up", () -> {
		});
		program.connects(80 * percent);
		program.nailedUp(100 * percent);
		program.massClose(500 * percent);
		program.wake(500 * percent);
		program.waiting(400 * percent);
		program.broadcast(20 * percent);
		program.shutdown(500 * percent);
		System.exit(0);
	}

	private static int closedPort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			return socket.getLocalPort();
		}
	}

	private void probe() {
		try {
			while (!this.over) {
				long start = System.nanoTime();
				this.probe.getOutputStream().write('x');
				if (this.probe.getInputStream().read() < 0) {
					return;
				}
				this.longest = Math.max(this.longest, System.nanoTime() - start);
				LockSupport.parkNanos(200_000);
			}
		}
		catch (IOException ex) {
			// It has been shut down
		}
	}

	private void longest(String name, Burst burst) throws Exception {
		System.gc();
		TimeUnit.MILLISECONDS.sleep(300);
		this.longest = 0;
		burst.run();
		System.out.printf("%-44s longest away %8.1f ms%n", name, this.longest / 1e6);
	}

	private void connects(int count) throws Exception {
		Told told = new Told(count);
		List<SecureStream> all = create("refused", count, told);
		longest(count + " connects at once", () -> {
			all.forEach(SecureStream::connect);
			told.unreachable.await(60, TimeUnit.SECONDS);
		});
		close(all);
	}

	private void nailedUp(int count) throws Exception {
		Told told = new Told(count);
		List<SecureStream> all = new ArrayList<>();
		longest(count + " nailed_up streams made at once", () -> {
			all.addAll(create("nailed", count, told));
			told.unreachable.await(60, TimeUnit.SECONDS);
		});
		close(all);
	}

	private void massClose(int count) throws Exception {
		Told told = new Told(count);
		List<SecureStream> all = create("idle", count, told);
		longest(count + " streams closed at once", () -> {
			all.forEach(SecureStream::close);
			told.gone.await(60, TimeUnit.SECONDS);
		});
	}

	private void wake(int count) throws Exception {
		Told told = new Told(count);
		List<SecureStream> all = create("idle", count, told);
		longest(count + " streams woken from an event loop", () -> {
			onLoop(this.streams::wake);
			told.woken.await(60, TimeUnit.SECONDS);
		});
		close(all);
	}

	/** The peer accepts, and says nothing; what waits for a connection is closed. */
	private void waiting(int count) throws Exception {
		Told told = new Told(count);
		List<SecureStream> all = create("waits", count, told);
		all.forEach(SecureStream::connect);
		TimeUnit.SECONDS.sleep(3);
		longest(count + " h2 streams closed that wait", () -> {
			all.forEach(SecureStream::close);
			told.gone.await(120, TimeUnit.SECONDS);
		});
	}

	private void broadcast(int count) throws Exception {
		Told told = new Told(count);
		StreamServer room = this.streams.listen("room", () -> told);
		List<Socket> sockets = new ArrayList<>();
		int port = ((InetSocketAddress) Objects.requireNonNull(room.address())).getPort();
		for (int i = 0; i < count; i++) {
			sockets.add(new Socket("127.0.0.1", port));
		}
		while (room.clients().size() < count) {
			TimeUnit.MILLISECONDS.sleep(10);
		}
		longest("broadcast to " + count + " from an event loop", () -> {
			onLoop(() -> room.broadcast(new byte[100]));
			for (Socket socket : sockets) {
				socket.getInputStream().readNBytes(100);
			}
		});
		longest(count + " accepted streams closed at once", () -> {
			onLoop(room::close);
			told.gone.await(60, TimeUnit.SECONDS);
		});
		for (Socket socket : sockets) {
			socket.close();
		}
	}

	private void shutdown(int count) throws Exception {
		Told told = new Told(count);
		create("idle", count, told);
		longest("shutdown with " + count + " streams", () -> {
			this.streams.shutdown(java.time.Duration.ofSeconds(10));
			told.gone.await(60, TimeUnit.SECONDS);
		});
		this.over = true;
	}

	private List<SecureStream> create(String streamType, int count, StreamHandler handler) {
		List<SecureStream> all = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			all.add(this.streams.create(streamType, handler));
		}
		return all;
	}

	private static void close(List<SecureStream> all) throws InterruptedException {
		all.forEach(SecureStream::close);
		TimeUnit.MILLISECONDS.sleep(500);
	}

	/** Runs something in a handler. */
	private void onLoop(Runnable task) throws InterruptedException {
		CountDownLatch done = new CountDownLatch(1);
		SecureStream helper = this.streams.create("idle", new StreamHandler() {
			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				if (state == StreamState.TIMEOUT) {
					task.run();
					done.countDown();
				}
			}
		});
		helper.startTimeout(java.time.Duration.ofMillis(1));
		done.await();
		helper.close();
	}

	private interface Burst {

		void run() throws Exception;

	}

	private static final class Told implements StreamHandler {

		private final CountDownLatch unreachable;

		private final CountDownLatch woken;

		private final CountDownLatch gone;

		Told(int count) {
			this.unreachable = new CountDownLatch(count);
			this.woken = new CountDownLatch(count);
			this.gone = new CountDownLatch(count);
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			switch (state) {
				case UNREACHABLE -> this.unreachable.countDown();
				case EVENT_WAIT_CANCELLED -> this.woken.countDown();
				case DESTROYING -> this.gone.countDown();
				default -> {
				}
			}
		}

	}

	private static final class Echo implements StreamHandler {

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			stream.send(payload.toByteArray());
		}

	}

}
