package io.securestreams.transport.websocket;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * A stream on the public API that talks to a peer which sends everything back.
 */
final class EchoStream implements StreamHandler, AutoCloseable {

	final List<StreamState> states = new CopyOnWriteArrayList<>();

	final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();

	final SecureStreams streams;

	final SecureStream stream;

	private final Queue<byte[]> outgoing = new ConcurrentLinkedQueue<>();

	private final ByteArrayOutputStream message = new ByteArrayOutputStream();

	private final int fragment;

	private int sent;

	private boolean inMessage;

	/**
	 * Connects a stream.
	 * @param sections other sections of the policy, as JSON, each with a comma behind it
	 * @param keys keys of the streamtype, as JSON
	 * @param fragment longest fragment to send, bytes
	 */
	EchoStream(String sections, String keys, int fragment) {
		this.fragment = fragment;
		String policy = """
				{ %s "retry": [ { "r": { "backoff": [ 100 ], "conceal": 2, "svalidping": 30, "svalidhup": 35 } } ],
				  "s": [ { "echo": { "protocol": "ws", "retry": "r", %s } } ] }
				""".formatted(sections, keys);
		this.streams = SecureStreams.builder()
			.policy(PolicyJson.read(policy, "test").policy())
			.eventLoopThreads(1)
			.build();
		this.stream = this.streams.create("echo", this);
		this.stream.connect();
	}

	void send(byte[] bytes) {
		this.outgoing.add(bytes);
		this.stream.requestTx();
	}

	void send(String text) {
		send(text.getBytes(StandardCharsets.UTF_8));
	}

	byte[] await() throws InterruptedException {
		byte[] next = this.messages.poll(60, TimeUnit.SECONDS);
		if (next == null) {
			throw new AssertionError("nothing for 60 s: " + this.states + " " + this.stream.lastFailure());
		}
		return next;
	}

	String awaitText() throws InterruptedException {
		return new String(await(), StandardCharsets.UTF_8);
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		this.states.add(state);
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		if (payload.isStart() == this.inMessage) {
			throw new AssertionError("start " + payload.isStart());
		}
		this.inMessage = !payload.isEnd();
		this.message.writeBytes(payload.toByteArray());
		if (payload.isEnd()) {
			this.messages.add(this.message.toByteArray());
			this.message.reset();
		}
	}

	@Override
	public void onWritable(SecureStream stream, TxSlot slot) {
		byte[] head = this.outgoing.peek();
		if (head == null) {
			return;
		}
		int length = Math.min(Math.min(this.fragment, slot.capacity()), head.length - this.sent);
		slot.write(head, this.sent, length);
		this.sent += length;
		if (this.sent == head.length) {
			slot.end();
			this.outgoing.remove();
			this.sent = 0;
		}
		if (!this.outgoing.isEmpty()) {
			stream.requestTx();
		}
	}

	@Override
	public void close() {
		this.streams.close();
	}

}
