package io.securestreams.transport.http2.server;

import java.util.concurrent.atomic.AtomicLong;

import io.netty.util.internal.PlatformDependent;

/**
 * What all connections of a server hold of answers that the windows of their clients have
 * no room for. May be used from any thread.
 */
final class HeldBytes {

	/** Bytes of slots that one connection may hold. */
	static final int MAX_PER_CONNECTION = 256 * 1024;

	private static final long MAX = Math.min(64L * 1024 * 1024, PlatformDependent.maxDirectMemory() / 8);

	private final AtomicLong bytes = new AtomicLong();

	/**
	 * Whether there is room for more.
	 * @param count bytes
	 */
	boolean hasRoom(int count) {
		return this.bytes.get() + count <= MAX;
	}

	void add(int change) {
		this.bytes.addAndGet(change);
	}

}
