package io.securestreams.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

import io.securestreams.benchmarks.HttpGetBenchmark.Cost;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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
 * Bytes that come back over one raw socket: through a stream, on a plain Netty channel
 * and with Reactor Netty. {@link EchoRatios} runs them in turns and prints ratios.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 6, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public class RawEchoBenchmark {

	private static final int BATCH = 2048;

	/** Who sends. */
	@Param({ "netty", "reactor", "stream" })
	public String client = "netty";

	/** Length of a message, bytes, and how many are on their way at a time. */
	@Param({ "125x1", "125x256", "65536x4" })
	public String load = "125x1";

	private EchoPeer peer;

	private EchoClient echo;

	private int inFlight;

	/**
	 * Starts server and client.
	 * @throws IOException if the server does not start
	 * @throws InterruptedException if waiting is interrupted
	 */
	@Setup
	public void start() throws IOException, InterruptedException {
		int size = Integer.parseInt(this.load.substring(0, this.load.indexOf('x')));
		this.inFlight = Integer.parseInt(this.load.substring(this.load.indexOf('x') + 1));
		this.peer = EchoPeer.start("raw");
		this.echo = switch (this.client) {
			case "stream" -> StreamEchoClient.raw(this.peer.port(), size);
			case "reactor" -> ReactorEchoClient.raw(this.peer.port(), size);
			default -> new NettyRawEchoClient(this.peer.port(), size);
		};
	}

	/**
	 * Stops both.
	 */
	@TearDown
	public void stop() {
		this.echo.close();
		this.peer.close();
	}

	/**
	 * Exchanges a batch of messages.
	 * @param cost what the process spent
	 * @throws InterruptedException if waiting is interrupted
	 */
	@Benchmark
	@OperationsPerInvocation(BATCH)
	public void echo(Cost cost) throws InterruptedException {
		cost.begin();
		this.echo.run(BATCH, this.inFlight);
		cost.end(BATCH);
	}

}
