package io.securestreams.transport.http2.server;

import java.util.concurrent.atomic.AtomicLong;

import io.netty.util.internal.PlatformDependent;

/**
 * What all connections of a server hold of answers that the windows of their clients have
 * no room for. May be used from any thread.
 */
final class HeldBytes {

	/** Bytes of slots that one connection may hold. */
	private static final int MAX_PER_CONNECTION = 256 * 1024;

	private static final long MAX = Math.min(64L * 1024 * 1024, PlatformDependent.maxDirectMemory() / 8);

	private final AtomicLong bytes = new AtomicLong();

	/**
	 * Returns how much a slot may take: as a rule the same as ever, for applications must
	 * not depend on the windows of clients. Where too much is held already, no more than
	 * there is room for.
	 * @param held bytes that the connection holds
	 * @param most bytes, as a rule
	 * @param room bytes that the windows have room for
	 */
	int slot(int held, int most, int room) {
		int excess = most - room;
		boolean fits = held + excess <= MAX_PER_CONNECTION && this.bytes.get() + excess <= MAX;
		return (excess <= 0 || fits) ? most : room;
	}

	void add(int change) {
		this.bytes.addAndGet(change);
	}

}
