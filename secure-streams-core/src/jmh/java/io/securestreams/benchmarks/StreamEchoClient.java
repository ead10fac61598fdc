package io.securestreams.benchmarks;

import java.util.concurrent.CountDownLatch;

import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * The same exchange through a stream and its policy.
 */
final class StreamEchoClient implements EchoClient, StreamHandler {

	private static final String POLICY = """
			{ "s": [ { "echo": { "endpoint": "127.0.0.1", "port": %d, %s } } ] }
			""";

	private final CountDownLatch ready = new CountDownLatch(1);

	private final byte[] payload;

	private final SecureStreams streams;

	private final SecureStream stream;

	private int inFlight;

	private int toSend;

	/** How much of a message that takes several slots has been sent. */
	private int sent;

	private long toReceive;

	private volatile int requested;

	private volatile int window;

	private volatile CountDownLatch done = new CountDownLatch(0);

	private StreamEchoClient(String protocol, int port, int size) throws InterruptedException {
		this.payload = new byte[size];
		this.streams = SecureStreams.builder()
			.policy(PolicyJson.read(POLICY.formatted(port, protocol), "benchmark").policy())
			.eventLoopThreads(1)
			.transport(Transport.NIO)
			.build();
		this.stream = this.streams.create("echo", this);
		this.stream.connect();
		this.ready.await();
	}

	static StreamEchoClient webSocket(int port, int size) throws InterruptedException {
		return new StreamEchoClient("\"protocol\": \"ws\", \"http_url\": \"echo\", \"ws_binary\": true", port, size);
	}

	static StreamEchoClient raw(int port, int size) throws InterruptedException {
		return new StreamEchoClient("\"protocol\": \"raw\"", port, size);
	}

	@Override
	public void run(int messages, int inFlight) throws InterruptedException {
		CountDownLatch latch = new CountDownLatch(1);
		this.requested = messages;
		this.window = inFlight;
		this.done = latch;
		this.stream.requestTx();
		latch.await();
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		if (state == StreamState.CONNECTED) {
			this.ready.countDown();
		}
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		this.toReceive -= payload.length();
		if (this.toReceive == 0) {
			this.done.countDown();
		}
		this.inFlight = (int) ((this.toReceive + this.payload.length - 1) / this.payload.length) - this.toSend;
		if (this.toSend > 0 && this.inFlight < this.window) {
			stream.requestTx();
		}
	}

	@Override
	public void onWritable(SecureStream stream, TxSlot slot) {
		if (this.toReceive == 0) {
			this.toSend = this.requested;
			this.toReceive = (long) this.requested * this.payload.length;
		}
		if (this.toSend > 0 && this.inFlight < this.window) {
			int length = Math.min(slot.capacity(), this.payload.length - this.sent);
			slot.write(this.payload, this.sent, length);
			this.sent += length;
			if (this.sent == this.payload.length) {
				slot.end();
				this.sent = 0;
				this.toSend--;
				this.inFlight++;
			}
			if (this.toSend > 0 && this.inFlight < this.window) {
				stream.requestTx();
			}
		}
	}

	@Override
	public void close() {
		this.streams.close();
	}

}
