package io.securestreams.benchmarks;

import java.util.concurrent.CountDownLatch;

/**
 * How many messages are still to be sent, and how many bytes are still to come back. Not
 * thread safe.
 */
final class EchoCount {

	private final int size;

	private int toSend;

	private long toReceive;

	private CountDownLatch done = new CountDownLatch(0);

	EchoCount(int size) {
		this.size = size;
	}

	void begin(int messages, CountDownLatch done) {
		this.toSend = messages;
		this.toReceive = (long) messages * this.size;
		this.done = done;
	}

	/** Whether one more is to be sent, which counts as sent. */
	boolean send() {
		if (this.toSend == 0) {
			return false;
		}
		this.toSend--;
		return true;
	}

	/**
	 * Bytes have come back.
	 * @return how many messages they complete
	 */
	int received(int bytes) {
		long before = this.toReceive;
		this.toReceive -= bytes;
		if (this.toReceive == 0) {
			this.done.countDown();
		}
		return (int) ((before + this.size - 1) / this.size - (this.toReceive + this.size - 1) / this.size);
	}

}
