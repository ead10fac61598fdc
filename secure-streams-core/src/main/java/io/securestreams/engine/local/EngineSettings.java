package io.securestreams.engine.local;

import java.util.List;
import java.util.random.RandomGenerator;

import io.securestreams.engine.spi.StreamExecutorGroup;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.stream.observe.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * What an engine is made of.
 *
 * @param executors where client streams live
 * @param transports the wire protocols there are
 * @param observers what sees the events of all streams
 * @param socks5 SOCKS5 proxy where no policy names one, or {@code null}
 * @param random source of jitter; used from many threads
 * @param strict whether a state that must not be announced throws, for tests; otherwise
 * it is logged and dropped
 * @param services what it can do without
 */
record EngineSettings(StreamExecutorGroup executors, Transports transports, List<StreamObserver> observers,
		@Nullable Socks5Proxy socks5, RandomGenerator random, boolean strict, EngineServices services) {

	EngineSettings {
		observers = List.copyOf(observers);
	}

	EngineSettings(StreamExecutorGroup executors, Transports transports, List<StreamObserver> observers,
			@Nullable Socks5Proxy socks5, RandomGenerator random, boolean strict) {
		this(executors, transports, observers, socks5, random, strict, EngineServices.NONE);
	}

}
