package io.securestreams.benchmarks;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The same exchange with the JDK's client, which takes one message at a time.
 */
final class JdkEchoClient implements EchoClient, WebSocket.Listener {

	private final ExecutorService executor = Executors.newSingleThreadExecutor();

	private final byte[] payload;

	private final EchoCount count;

	private final WebSocket socket;

	private int wanted;

	private boolean sending;

	JdkEchoClient(int port, int size) {
		this.payload = new byte[size];
		this.count = new EchoCount(size);
		this.socket = HttpClient.newBuilder()
			.executor(this.executor)
			.build()
			.newWebSocketBuilder()
			.buildAsync(URI.create("ws://127.0.0.1:" + port + "/echo"), this)
			.join();
	}

	@Override
	public void run(int messages, int inFlight) throws InterruptedException {
		CountDownLatch done = new CountDownLatch(1);
		synchronized (this.count) {
			this.count.begin(messages, done);
		}
		want(inFlight);
		done.await();
	}

	@Override
	public void onOpen(WebSocket webSocket) {
		webSocket.request(1);
	}

	@Override
	public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
		int complete;
		synchronized (this.count) {
			complete = this.count.received(data.remaining());
		}
		webSocket.request(1);
		if (complete > 0) {
			want(complete);
		}
		return null;
	}

	private void want(int messages) {
		synchronized (this.count) {
			this.wanted += messages;
			if (this.sending) {
				return;
			}
			this.sending = true;
		}
		send();
	}

	private void send() {
		synchronized (this.count) {
			if (this.wanted == 0 || !this.count.send()) {
				this.wanted = 0;
				this.sending = false;
				return;
			}
			this.wanted--;
		}
		this.socket.sendBinary(ByteBuffer.wrap(this.payload), true).thenRun(this::send);
	}

	@Override
	public void close() {
		this.socket.abort();
		this.executor.shutdown();
	}

}
