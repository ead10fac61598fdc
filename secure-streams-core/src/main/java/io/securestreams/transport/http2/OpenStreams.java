package io.securestreams.transport.http2;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import io.netty.util.collection.IntObjectHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.transport.http2.frame.Http2Violation;
import io.securestreams.transport.loop.EventLoopExecutor;

/**
 * The streams that a connection routes frames to. Used on the connection's event loop
 * only.
 */
final class OpenStreams {

	private static final Logger logger = LoggerFactory.getLogger(OpenStreams.class);

	/** After so many others on the event loop have their turn. */
	private static final int FAILED_AT_ONCE = 64;

	private final IntObjectHashMap<Http2Stream> streams = new IntObjectHashMap<>();

	private final EventLoopExecutor executor;

	private final String peerName;

	/** The peer's sign of life is overdue. */
	private boolean inDoubt;

	OpenStreams(EventLoopExecutor executor, String peerName) {
		this.executor = executor;
		this.peerName = peerName;
	}

	void add(Http2Stream stream) {
		this.streams.put(stream.id(), stream);
	}

	@Nullable Http2Stream get(int id) {
		return this.streams.get(id);
	}

	void remove(Http2Stream stream) {
		this.streams.remove(stream.id());
	}

	int size() {
		return this.streams.size();
	}

	boolean isEmpty() {
		return this.streams.isEmpty();
	}

	/** Something to be done with each of those that are there now. */
	void forEach(Action action) throws Http2Violation {
		for (Http2Stream stream : List.copyOf(this.streams.values())) {
			action.run(stream);
		}
	}

	/** Ends those that have taken longer than they may. */
	void checkTime(long now, ConnectionSide side) {
		for (Http2Stream stream : List.copyOf(this.streams.values())) {
			try {
				StreamEnd overdue = stream.overdue(now);
				if (overdue != null) {
					side.overdue(stream, overdue);
				}
			}
			catch (RuntimeException | OutOfMemoryError ex) {
				failed("time", stream, ex);
			}
		}
	}

	/**
	 * The peer is asked for a sign of life, or has given one.
	 * @param doubt whether it is missing
	 */
	void lifeInDoubt(boolean doubt) {
		if (this.inDoubt == doubt) {
			return;
		}
		this.inDoubt = doubt;
		for (Http2Stream stream : List.copyOf(this.streams.values())) {
			try {
				if (doubt) {
					stream.lifeInDoubt();
				}
				else {
					stream.lifeCertain();
				}
			}
			catch (RuntimeException | OutOfMemoryError ex) {
				failed("doubts", stream, ex);
			}
		}
	}

	/**
	 * Ends the streams that the peer says it has not acted on.
	 * @param lastStreamId the last one it has
	 * @param end what they are told
	 */
	void failAbove(int lastStreamId, StreamEnd end) {
		List<Http2Stream> failing = new ArrayList<>();
		for (Http2Stream stream : this.streams.values()) {
			if (stream.id() > lastStreamId) {
				failing.add(stream);
			}
		}
		failing.forEach(this::remove);
		fail(failing, end);
	}

	/**
	 * Ends all.
	 * @param end what they are told
	 */
	void failAll(StreamEnd end) {
		List<Http2Stream> failing = new ArrayList<>(this.streams.values());
		this.streams.clear();
		fail(failing, end);
	}

	private void fail(List<Http2Stream> failing, StreamEnd end) {
		failing.forEach(Http2Stream::lost);
		fail(failing.iterator(), end);
	}

	/** A slice at a time, for there may be thousands. */
	private void fail(Iterator<Http2Stream> failing, StreamEnd end) {
		for (int left = FAILED_AT_ONCE; left > 0 && failing.hasNext(); left--) {
			Http2Stream stream = failing.next();
			try {
				stream.fail(end);
			}
			catch (RuntimeException | OutOfMemoryError ex) {
				// The others are to hear of it, too
				failed("end", stream, ex);
			}
		}
		if (failing.hasNext()) {
			this.executor.executeInSlices(() -> fail(failing, end));
		}
	}

	private void failed(String what, Http2Stream stream, Throwable ex) {
		logger.error("[h2 {}] stream {} does not take its {}", this.peerName, stream.id(), what, ex);
	}

	/** What may end the connection. */
	interface Action {

		void run(Http2Stream stream) throws Http2Violation;

	}

}
