package io.securestreams.spring.boot.metrics;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.observe.EventLoopState;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.stream.observe.StreamObserver;

/**
 * Meters of the streams:
 * <ul>
 * <li>{@code secure.streams.active}, gauge: live streams by {@code role}</li>
 * <li>{@code secure.streams.event.loops}, gauge: threads that streams live on, and
 * {@code secure.streams.event.loops.blocked}, gauge: those that do not get on, because a
 * handler does not return</li>
 * <li>{@code secure.streams.event.loops.blockings}, counter: how often that has
 * happened</li>
 * <li>{@code secure.streams.states}, counter: states announced, by {@code streamtype} and
 * {@code state}</li>
 * <li>{@code secure.streams.connection}, timer: parts of making a connection, by
 * {@code streamtype} and {@code part} ({@code dns}, {@code connect}, {@code tls},
 * {@code response}); only with policy {@code perf}</li>
 * </ul>
 */
public class SecureStreamsMetrics implements MeterBinder, StreamObserver {

	private final Supplier<? extends StreamFactory> streams;

	private final List<Meters> bound = new CopyOnWriteArrayList<>();

	/**
	 * Makes meters.
	 * @param streams gives where the streams are; asked when meters are read
	 */
	public SecureStreamsMetrics(Supplier<? extends StreamFactory> streams) {
		this.streams = streams;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (StreamRole role : List.of(StreamRole.CLIENT, StreamRole.ACCEPTED)) {
			Gauge.builder("secure.streams.active", this, (metrics) -> metrics.count(role))
				.tag("role", role.name())
				.description("Live streams")
				.baseUnit("streams")
				.register(registry);
		}
		Gauge.builder("secure.streams.event.loops", this, (metrics) -> metrics.loops().size())
			.description("Threads that streams live on")
			.baseUnit("threads")
			.register(registry);
		Gauge
			.builder("secure.streams.event.loops.blocked", this,
					(metrics) -> metrics.loops().stream().filter(EventLoopState::isBlocked).count())
			.description("Threads that do not get on")
			.baseUnit("threads")
			.register(registry);
		FunctionCounter
			.builder("secure.streams.event.loops.blockings", this,
					(metrics) -> metrics.loops().stream().mapToLong(EventLoopState::timesBlocked).sum())
			.description("How often a thread has not got on")
			.register(registry);
		this.bound.add(new Meters(registry));
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		for (Meters meters : this.bound) {
			meters.counter(stream.streamType(), state).increment();
		}
	}

	@Override
	public void onTimings(SecureStream stream, ConnectionTimings timings) {
		for (Meters meters : this.bound) {
			meters.record(stream.streamType(), "dns", timings.dnsMicros());
			meters.record(stream.streamType(), "connect", timings.connectMicros());
			meters.record(stream.streamType(), "tls", timings.tlsMicros());
			meters.record(stream.streamType(), "response", timings.responseMicros());
		}
	}

	private List<EventLoopState> loops() {
		return this.streams.get().eventLoops();
	}

	private double count(StreamRole role) {
		return this.streams.get().streams().stream().filter((stream) -> stream.role() == role).count();
	}

	/**
	 * Meters of one registry, kept so that events need no look-up by tags.
	 */
	private static final class Meters {

		private final MeterRegistry registry;

		private final Map<CounterKey, Counter> counters = new ConcurrentHashMap<>();

		private final Map<TimerKey, Timer> timers = new ConcurrentHashMap<>();

		Meters(MeterRegistry registry) {
			this.registry = registry;
		}

		Counter counter(String streamType, StreamState state) {
			return this.counters.computeIfAbsent(new CounterKey(streamType, state),
					(key) -> Counter.builder("secure.streams.states")
						.tag("streamtype", streamType)
						.tag("state", state.name())
						.description("States announced")
						.register(this.registry));
		}

		void record(String streamType, String part, long micros) {
			if (micros > 0) {
				this.timers
					.computeIfAbsent(new TimerKey(streamType, part),
							(key) -> Timer.builder("secure.streams.connection")
								.tag("streamtype", streamType)
								.tag("part", part)
								.description("Parts of making a connection")
								.register(this.registry))
					.record(Duration.ofNanos(micros * 1000));
			}
		}

	}

	private record CounterKey(String streamType, StreamState state) {

	}

	private record TimerKey(String streamType, String part) {

	}

}
