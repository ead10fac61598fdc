package io.securestreams.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.http.HttpClient;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import reactor.netty.http.HttpProtocol;

/**
 * A small GET on kept connections: through streams, on a client made of Netty's own
 * codecs, with Reactor Netty and with the JDK's client. {@link HttpRatios} runs them in
 * turns and prints ratios.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 6, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public class HttpGetBenchmark {

	private static final int BATCH = 6400;

	/** Who fetches. */
	@Param({ "netty", "stream", "reactor", "jdk" })
	public String client = "netty";

	/** Connections at the same time. */
	@Param({ "1", "64" })
	public int connections = 1;

	private HttpPeer peer;

	private GetClient get;

	/**
	 * Starts server and client.
	 * @throws IOException if the server does not start
	 * @throws InterruptedException if waiting is interrupted
	 */
	@Setup
	public void start() throws IOException, InterruptedException {
		this.peer = HttpPeer.start();
		int port = this.peer.port();
		this.get = switch (this.client) {
			case "netty" -> new NettyGetClient(port, this.connections, HttpPeer.SMALL);
			case "stream" -> new StreamGetClient(port, this.connections, HttpPeer.SMALL, StreamGetClient.H1);
			case "reactor" -> new ReactorGetClient(port, this.connections, HttpPeer.SMALL, HttpProtocol.HTTP11);
			case "jdk" -> new JdkGetClient(port, this.connections, HttpPeer.SMALL, HttpClient.Version.HTTP_1_1);
			default -> throw new IllegalArgumentException("client: " + this.client);
		};
	}

	/**
	 * Stops both.
	 */
	@TearDown
	public void stop() {
		this.get.close();
		this.peer.close();
	}

	/**
	 * Fetches a batch of pages one after the other.
	 * @param cost what the client's thread spent
	 * @throws InterruptedException if waiting is interrupted
	 */
	@Benchmark
	@OperationsPerInvocation(BATCH)
	public void get(Cost cost) throws InterruptedException {
		cost.begin();
		this.get.run(BATCH);
		cost.end(BATCH);
	}

	/**
	 * CPU time and allocation of the process, which does nothing but fetch.
	 */
	@State(Scope.Thread)
	@AuxCounters(AuxCounters.Type.EVENTS)
	public static class Cost {

		private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

		private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory
			.getOperatingSystemMXBean();

		private long cpuAtBegin;

		private long allocatedAtBegin;

		/** CPU time, ns. */
		public long cpuNanos;

		/** Bytes allocated. */
		public long allocated;

		/** Requests made. */
		public long requests;

		/**
		 * Starts from zero.
		 */
		@Setup(Level.Iteration)
		public void reset() {
			this.cpuNanos = 0;
			this.allocated = 0;
			this.requests = 0;
		}

		void begin() {
			this.cpuAtBegin = this.system.getProcessCpuTime();
			this.allocatedAtBegin = allocatedBytes();
		}

		void end(int made) {
			this.cpuNanos += this.system.getProcessCpuTime() - this.cpuAtBegin;
			this.allocated += allocatedBytes() - this.allocatedAtBegin;
			this.requests += made;
		}

		private long allocatedBytes() {
			return Arrays.stream(this.threads.getThreadAllocatedBytes(this.threads.getAllThreadIds()))
				.filter((bytes) -> bytes > 0)
				.sum();
		}

	}

}
