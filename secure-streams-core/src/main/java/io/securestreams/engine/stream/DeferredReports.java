package io.securestreams.engine.stream;

import java.util.ArrayDeque;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reports of a transport that cannot be passed on yet, in order: they came while a
 * callback of the same stream was running (streams that share a connection may cause each
 * other's reports), or the application has paused receiving.
 */
final class DeferredReports {

	private @Nullable ArrayDeque<Late> reports;

	boolean isEmpty() {
		return this.reports == null || this.reports.isEmpty();
	}

	/** Whether the next one may go out now. */
	boolean isDue(boolean paused) {
		ArrayDeque<Late> queue = this.reports;
		if (queue == null) {
			return false;
		}
		Late next = queue.peek();
		return next != null && !(paused && next.payload != null);
	}

	void add(Runnable report) {
		queue().add(new Late(report, null));
	}

	/**
	 * Adds payload.
	 * @param report passes it on
	 * @param payload what is released afterwards, in every case
	 */
	void add(Runnable report, ByteBuf payload) {
		queue().add(new Late(report, payload));
	}

	void runNext() {
		Late next = queue().remove();
		try {
			next.report.run();
		}
		finally {
			next.release();
		}
	}

	void clear() {
		ArrayDeque<Late> queue = this.reports;
		if (queue != null) {
			this.reports = null;
			queue.forEach(Late::release);
		}
	}

	private ArrayDeque<Late> queue() {
		ArrayDeque<Late> queue = this.reports;
		if (queue == null) {
			queue = new ArrayDeque<>();
			this.reports = queue;
		}
		return queue;
	}

	private record Late(Runnable report, @Nullable ByteBuf payload) {

		void release() {
			if (this.payload != null) {
				this.payload.release();
			}
		}

	}

}
