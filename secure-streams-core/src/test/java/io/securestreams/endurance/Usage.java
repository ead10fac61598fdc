package io.securestreams.endurance;

import java.lang.management.ManagementFactory;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;

/**
 * What this process holds at a moment.
 *
 * @param heap bytes that are reachable
 * @param direct bytes that the pool of buffers has taken, in use or kept for reuse
 * @param descriptors open files and sockets
 * @param threads threads that are alive
 */
record Usage(long heap, long direct, long descriptors, int threads) {

	static Usage now() {
		for (int i = 0; i < 3; i++) {
			System.gc();
		}
		Runtime runtime = Runtime.getRuntime();
		long descriptors = (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)
				? system.getOpenFileDescriptorCount() : 0;
		return new Usage(runtime.totalMemory() - runtime.freeMemory(), taken(), descriptors,
				ManagementFactory.getThreadMXBean().getThreadCount());
	}

	/** Of the allocator that everything uses, whichever it is. */
	private static long taken() {
		return (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider pool)
				? pool.metric().usedDirectMemory() : -1;
	}

	@Override
	public String toString() {
		return "heap %,d KiB, direct %,d KiB, %d descriptors, %d threads".formatted(this.heap / 1024,
				this.direct / 1024, this.descriptors, this.threads);
	}

}
