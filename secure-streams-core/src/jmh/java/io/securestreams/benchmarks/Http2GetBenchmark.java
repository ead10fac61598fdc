package io.securestreams.benchmarks;

import java.io.IOException;
import java.net.http.HttpClient;
import java.util.concurrent.TimeUnit;

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
import reactor.netty.http.HttpProtocol;

import io.securestreams.benchmarks.HttpGetBenchmark.Cost;

/**
 * A small GET on many HTTP/2 streams of one connection: through streams, on a client with
 * Netty's channel for each stream, with Reactor Netty and with the JDK's client.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 6, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public class Http2GetBenchmark {

	private static final int BATCH = 6400;

	/** Who fetches. */
	@Param({ "netty", "stream", "reactor", "jdk" })
	public String client = "netty";

	/** Streams at the same time. */
	@Param({ "1", "100" })
	public int streams = 100;

	private Http2Peer peer;

	private GetClient get;

	/**
	 * Starts server and client.
	 * @throws IOException if the server does not start
	 * @throws InterruptedException if waiting is interrupted
	 */
	@Setup
	public void start() throws IOException, InterruptedException {
		this.peer = Http2Peer.start();
		int port = this.peer.port();
		this.get = switch (this.client) {
			case "netty" -> new NettyHttp2GetClient(port, this.streams);
			case "stream" -> new StreamGetClient(port, this.streams, HttpPeer.SMALL, StreamGetClient.H2);
			case "reactor" -> new ReactorGetClient(port, this.streams, HttpPeer.SMALL, HttpProtocol.H2C);
			case "jdk" -> new JdkGetClient(port, this.streams, HttpPeer.SMALL, HttpClient.Version.HTTP_2);
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
	 * Fetches a batch of pages.
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

}
