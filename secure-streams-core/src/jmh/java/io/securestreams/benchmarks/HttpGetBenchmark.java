package io.securestreams.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

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

/**
 * A small GET on one kept connection: through a stream, and on a client made of Netty's
 * own codecs. {@link HttpGetRatios} runs both in turns and prints ratios.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 6, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public class HttpGetBenchmark {

	private static final int BATCH = 2000;

	/** Who fetches. */
	@Param({ "netty", "stream" })
	public String client = "netty";

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
		this.get = this.client.equals("netty") ? new NettyGetClient(this.peer.port())
				: new StreamGetClient(this.peer.port());
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
		cost.begin(this.get.threadId());
		this.get.run(BATCH);
		cost.end(BATCH);
	}

	/**
	 * CPU time and allocation of the client's event loop thread.
	 */
	@State(Scope.Thread)
	@AuxCounters(AuxCounters.Type.EVENTS)
	public static class Cost {

		private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

		private long threadId;

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

		void begin(long threadId) {
			this.threadId = threadId;
			this.cpuAtBegin = this.threads.getThreadCpuTime(threadId);
			this.allocatedAtBegin = this.threads.getThreadAllocatedBytes(threadId);
		}

		void end(int made) {
			this.cpuNanos += this.threads.getThreadCpuTime(this.threadId) - this.cpuAtBegin;
			this.allocated += this.threads.getThreadAllocatedBytes(this.threadId) - this.allocatedAtBegin;
			this.requests += made;
		}

	}

}
