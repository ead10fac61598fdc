package io.securestreams.benchmarks;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The same fetching with the JDK's client.
 */
final class JdkGetClient implements GetClient {

	private final ExecutorService executor = Executors.newSingleThreadExecutor();

	private final HttpClient client = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.executor(this.executor)
		.build();

	private final HttpRequest request;

	private final int concurrency;

	JdkGetClient(int port, int connections) {
		this.concurrency = connections;
		this.request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/hello")).build();
	}

	@Override
	public void run(int requests) throws InterruptedException {
		CountDownLatch done = new CountDownLatch(this.concurrency);
		for (int i = 0; i < this.concurrency; i++) {
			next(requests / this.concurrency, done);
		}
		done.await();
	}

	private void next(int remaining, CountDownLatch done) {
		if (remaining == 0) {
			done.countDown();
			return;
		}
		this.client.sendAsync(this.request, HttpResponse.BodyHandlers.ofByteArray())
			.thenAccept((response) -> next(remaining - 1, done))
			.exceptionally((failure) -> {
				throw new IllegalStateException(failure);
			});
	}

	@Override
	public void close() {
		this.executor.shutdown();
	}

}
