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

	private final HttpClient client;

	private final HttpRequest request;

	private final int concurrency;

	JdkGetClient(int port, int connections, String path, HttpClient.Version version) throws InterruptedException {
		this.client = HttpClient.newBuilder().version(version).executor(this.executor).build();
		this.concurrency = connections;
		this.request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
		if (version == HttpClient.Version.HTTP_2) {
			// The first request upgrades the connection, the others share it
			CountDownLatch done = new CountDownLatch(1);
			next(1, done);
			done.await();
		}
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
		this.client.sendAsync(this.request, HttpResponse.BodyHandlers.discarding())
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
