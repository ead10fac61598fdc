package io.securestreams.benchmarks;

import java.io.IOException;
import java.net.http.HttpClient;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
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
 * 100 MiB over HTTP/1.1 on one connection, looked at in no more detail than their length:
 * through a stream, on a client made of Netty's own codecs, with Reactor Netty and with
 * the JDK's client.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 6, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public class HttpDownloadBenchmark {

	/** Who downloads. */
	@Param({ "netty", "stream", "reactor", "jdk" })
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
		int port = this.peer.port();
		this.get = switch (this.client) {
			case "netty" -> new NettyGetClient(port, 1, HttpPeer.LARGE);
			case "stream" -> new StreamGetClient(port, 1, HttpPeer.LARGE, StreamGetClient.H1);
			case "reactor" -> new ReactorGetClient(port, 1, HttpPeer.LARGE, HttpProtocol.HTTP11);
			case "jdk" -> new JdkGetClient(port, 1, HttpPeer.LARGE, HttpClient.Version.HTTP_1_1);
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
	 * Downloads once.
	 * @param cost what the client's thread spent
	 * @throws InterruptedException if waiting is interrupted
	 */
	@Benchmark
	public void download(Cost cost) throws InterruptedException {
		cost.begin();
		this.get.run(1);
		cost.end(1);
	}

}
