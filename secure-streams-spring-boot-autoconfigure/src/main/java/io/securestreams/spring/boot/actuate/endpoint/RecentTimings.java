package io.securestreams.spring.boot.actuate.endpoint;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.observe.StreamObserver;
import io.securestreams.stream.StreamState;

/**
 * Keeps how long the last connections took: of each stream a few, and of each streamtype
 * enough for percentiles. Only streamtypes with {@code perf} have any. There is a limit
 * to all of it, beyond which the oldest go.
 */
public class RecentTimings implements StreamObserver {

	private static final int MAX_STREAMS = 1000;

	private static final int PER_STREAM = 4;

	private static final int MAX_STREAM_TYPES = 500;

	private static final int PER_STREAM_TYPE = 256;

	private final Clock clock;

	/** Guarded by {@code this}, as the other. */
	private final Map<String, OfStream> streams = bounded(MAX_STREAMS);

	private final Map<String, Deque<ConnectionTimings>> streamTypes = bounded(MAX_STREAM_TYPES);

	/**
	 * Makes one that has not seen anything.
	 */
	public RecentTimings() {
		this(Clock.systemUTC());
	}

	RecentTimings(Clock clock) {
		this.clock = clock;
	}

	private static <V> Map<String, V> bounded(int most) {
		return new LinkedHashMap<>(16, 0.75f, true) {
			@Override
			protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
				return size() > most;
			}
		};
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
	}

	@Override
	public void onTimings(SecureStream stream, ConnectionTimings timings) {
		Measured measured = new Measured(this.clock.instant(), timings);
		synchronized (this) {
			OfStream known = this.streams.computeIfAbsent(stream.id(),
					(id) -> new OfStream(stream.streamType(), new ArrayDeque<>(PER_STREAM)));
			add(known.last(), measured, PER_STREAM);
			add(this.streamTypes.computeIfAbsent(stream.streamType(), (name) -> new ArrayDeque<>()), timings,
					PER_STREAM_TYPE);
		}
	}

	private static <T> void add(Deque<T> to, T value, int most) {
		if (to.size() == most) {
			to.removeFirst();
		}
		to.addLast(value);
	}

	/** The timings of each streamtype, in the order of their names. */
	synchronized Map<String, List<ConnectionTimings>> byStreamType() {
		Map<String, List<ConnectionTimings>> copy = new TreeMap<>();
		this.streamTypes.forEach((name, timings) -> copy.put(name, List.copyOf(timings)));
		return copy;
	}

	/** The last timings of each stream, the latest stream first. */
	synchronized List<StreamTimings> byStream() {
		List<StreamTimings> copy = new ArrayList<>(this.streams.size());
		this.streams
			.forEach((id, known) -> copy.add(0, new StreamTimings(id, known.streamType(), List.copyOf(known.last()))));
		return copy;
	}

	private record OfStream(String streamType, Deque<Measured> last) {

	}

	/**
	 * One connection.
	 *
	 * @param at when its timings were known
	 * @param timings how long its parts took
	 */
	public record Measured(Instant at, ConnectionTimings timings) {

	}

	/**
	 * The last connections of a stream.
	 *
	 * @param id the stream
	 * @param streamtype its streamtype
	 * @param connections oldest first
	 */
	public record StreamTimings(String id, String streamtype, List<Measured> connections) {

	}

}
