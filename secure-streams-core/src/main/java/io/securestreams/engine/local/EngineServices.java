package io.securestreams.engine.local;

import java.util.function.Supplier;

import io.securestreams.engine.spi.LocalPair;
import io.securestreams.stream.platform.WakeLock;
import org.jspecify.annotations.Nullable;

/**
 * What an engine can do without.
 *
 * @param pairs connects local sources with their sinks, or {@code null} if there are none
 * @param wakeLock keeps the system awake for streams whose policy wants it
 */
public record EngineServices(@Nullable Supplier<LocalPair> pairs, WakeLock wakeLock) {

	/** Nothing of it. */
	public static final EngineServices NONE = new EngineServices(null, WakeLock.NONE);

}
