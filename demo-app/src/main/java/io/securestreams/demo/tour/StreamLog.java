package io.securestreams.demo.tour;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.observe.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells how the client streams get along with the network: failures, giving up, recovery.
 */
class StreamLog implements StreamObserver {

	private final Map<String, Trouble> troubles = new ConcurrentHashMap<>();

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		if (stream.role() != StreamRole.CLIENT) {
			return;
		}
		Logger logger = LoggerFactory.getLogger("tour." + stream.streamType());
		logger.debug("{}", state);
		switch (state) {
			case UNREACHABLE -> {
				Trouble trouble = this.troubles.compute(stream.id(), (id, before) -> Trouble.after(before));
				logger.warn("UNREACHABLE, attempt {}: {}", trouble.attempts(), reason(stream));
			}
			case ALL_RETRIES_FAILED -> logger.error("ALL_RETRIES_FAILED");
			case CONNECTED -> {
				Trouble trouble = this.troubles.remove(stream.id());
				if (trouble != null) {
					logger.info("recovered after {} failed {} in {} s", trouble.attempts(),
							(trouble.attempts() == 1) ? "attempt" : "attempts", trouble.seconds());
				}
			}
			case DESTROYING -> this.troubles.remove(stream.id());
			default -> {
			}
		}
	}

	private static String reason(SecureStream stream) {
		StreamFailure failure = stream.lastFailure();
		return (failure != null) ? failure.toString() : "no reason known";
	}

	/**
	 * Failures in a row.
	 *
	 * @param attempts how many
	 * @param since when they began
	 */
	private record Trouble(int attempts, long since) {

		static Trouble after(@Nullable Trouble before) {
			return (before != null) ? new Trouble(before.attempts + 1, before.since)
					: new Trouble(1, System.nanoTime());
		}

		double seconds() {
			return (System.nanoTime() - this.since) / 100_000_000 / 10.0;
		}

	}

}
