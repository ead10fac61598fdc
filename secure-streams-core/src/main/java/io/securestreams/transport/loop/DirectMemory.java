package io.securestreams.transport.loop;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.internal.CleanableDirectBuffer;
import io.netty.util.internal.PlatformDependent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory outside the heap, near its limit. The JDK, asked for more than there is,
 * collects garbage and sleeps half a second on whatever thread asks, and Netty's limit is
 * the same as the JDK's, so that it is the JDK that says no. Here memory that cannot be
 * had is refused at once: Netty's limit is kept a little below the JDK's, and what it
 * would not give is not asked for. From JDK 24 on Netty does not take its memory from
 * where the JDK counts, and has only its own limit.
 */
final class DirectMemory {

	private static final Logger logger = LoggerFactory.getLogger(DirectMemory.class);

	/**
	 * Most that Netty's pool takes at once for a small buffer, and for any other; bytes.
	 */
	private static final int SMALL_CHUNK = 1 << 20;

	private static final int CHUNK = 8 << 20;

	private static final int CHUNK_OF_SMALL_HEAP = 2 << 20;

	private static final long SMALL_HEAP = 512L << 20;

	/** Largest small buffer of the pool. */
	private static final int SMALL = 16 * 1024 + 512;

	/** What is left to the JDK, a part of its limit, and at most so many bytes. */
	private static final int RESERVED_PART = 16;

	private static final long MAX_RESERVED = 16L << 20;

	/** After a refusal nobody asks again for so long, unless memory has been freed. */
	private static final long REFUSED_NANOS = 50_000_000;

	private static final long COLLECTED_NANOS = 1_000_000_000;

	/** The one of this process. */
	static final DirectMemory PROCESS = new DirectMemory();

	private final @Nullable BufferPoolMXBean jdk;

	private final long jdkLimit = PlatformDependent.estimateMaxDirectMemory();

	private final long limit = PlatformDependent.maxDirectMemory();

	private final int largeChunk = (Runtime.getRuntime().maxMemory() <= SMALL_HEAP) ? CHUNK_OF_SMALL_HEAP : CHUNK;

	private final long reserved = Math.min(MAX_RESERVED, this.jdkLimit / RESERVED_PART);

	/** Whether the JDK counts what Netty allocates, and Netty does as well. */
	private final boolean counted;

	private final AtomicBoolean collecting = new AtomicBoolean();

	/** Of the last refusal; guarded by this. */
	private long refusedAt;

	private long usedAtRefusal = Long.MAX_VALUE;

	private volatile long collectedAt = System.nanoTime() - COLLECTED_NANOS;

	private DirectMemory() {
		this.jdk = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)
			.stream()
			.filter((pool) -> pool.getName().equals("direct"))
			.findFirst()
			.orElse(null);
		boolean shared = false;
		try {
			shared = this.jdk != null && PlatformDependent.usedDirectMemory() >= 0 && isShared(this.jdk);
			if (shared) {
				lowerLimit();
			}
		}
		catch (RuntimeException | LinkageError | OutOfMemoryError ex) {
			logger.debug("direct memory is not watched: {}", ex.toString());
		}
		this.counted = shared;
	}

	/** Whether a buffer of Netty counts as one of the JDK. */
	private static boolean isShared(BufferPoolMXBean jdk) {
		int size = 4096;
		long before = jdk.getTotalCapacity();
		CleanableDirectBuffer probe = PlatformDependent.allocateDirect(size);
		boolean shared = jdk.getTotalCapacity() >= before + size;
		probe.clean();
		return shared;
	}

	/** Makes Netty believe that so much is in use, which is free. */
	@SuppressWarnings("deprecation")
	private void lowerLimit() {
		long less = this.limit - this.jdkLimit + this.reserved;
		if (less > this.jdkLimit) {
			// Somebody has set a limit that is far from the JDK's
			return;
		}
		for (long left = less; left > 0; left -= SMALL_CHUNK) {
			PlatformDependent
				.freeDirectBuffer(PlatformDependent.allocateDirect((int) Math.min(left, SMALL_CHUNK)).buffer());
		}
	}

	/**
	 * Allocates.
	 * @param from does it
	 * @param size bytes
	 * @param max most bytes it may grow to
	 * @return the buffer
	 * @throws OutOfMemoryError at once, if there is too little
	 */
	ByteBuf allocate(ByteBufAllocator from, int size, int max) {
		if (!this.counted
				|| this.limit - PlatformDependent.usedDirectMemory() > (long) this.largeChunk + SMALL_CHUNK + size) {
			return from.directBuffer(size, max);
		}
		return allocateNearLimit(from, size, max);
	}

	/**
	 * Nobody knows whether the pool still has room, so it is asked; but not if it might
	 * ask the JDK for what that does not have.
	 */
	private synchronized ByteBuf allocateNearLimit(ByteBufAllocator from, int size, int max) {
		long now = System.nanoTime();
		long used = PlatformDependent.usedDirectMemory();
		if (used >= this.usedAtRefusal && now - this.refusedAt < REFUSED_NANOS) {
			throw refused(size, used);
		}
		long room = (this.jdk != null) ? this.jdkLimit - this.jdk.getTotalCapacity() : 0;
		if (room < this.reserved / 2) {
			// Buffers that Netty was given, and then refused itself
			collect(now);
		}
		if (room < chunk(size)) {
			throw refused(size, used);
		}
		try {
			ByteBuf buffer = from.directBuffer(size, max);
			this.usedAtRefusal = Long.MAX_VALUE;
			return buffer;
		}
		catch (OutOfMemoryError ex) {
			this.refusedAt = now;
			this.usedAtRefusal = used;
			throw ex;
		}
	}

	private long chunk(int size) {
		return (size <= SMALL) ? SMALL_CHUNK : Math.max(this.largeChunk, size);
	}

	private OutOfMemoryError refused(int size, long used) {
		return new OutOfMemoryError(
				"no " + size + " bytes of direct memory (used: " + used + ", limit: " + this.limit + ")");
	}

	/** On a thread of its own, for it takes a while. */
	private void collect(long now) {
		if (now - this.collectedAt >= COLLECTED_NANOS && this.collecting.compareAndSet(false, true)) {
			Thread thread = new Thread(() -> {
				System.gc();
				this.collectedAt = System.nanoTime();
				this.collecting.set(false);
			}, "secure-streams-memory");
			thread.setDaemon(true);
			thread.start();
		}
	}

}
