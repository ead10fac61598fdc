package io.securestreams.engine.local;

import java.util.Collection;
import java.util.Iterator;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamExecutorGroup;

/**
 * Asks all streams for one thing. From an event loop that goes in slices, for there may
 * be thousands of them; from another thread each is asked before this returns.
 */
final class FanOut {

	/** Streams of a slice; what each is asked for is done at once if it lives there. */
	static final int SLICE = 16;

	private static final Logger log = LoggerFactory.getLogger(FanOut.class);

	private FanOut() {
	}

	/**
	 * Asks all.
	 * @param executors where streams live
	 * @param streams whom to ask
	 * @param request what for; from any thread
	 * @param done called when all have been asked
	 * @param <T> kind of the streams
	 */
	static <T> void each(StreamExecutorGroup executors, Collection<T> streams, Consumer<? super T> request,
			Runnable done) {
		if (isSliced(executors, streams)) {
			slice(executors.next(), streams.iterator(), request, done);
		}
		else {
			streams.forEach((each) -> ask(each, request));
			done.run();
		}
	}

	/** Whether there are so many that they are asked in slices, here. */
	static boolean isSliced(StreamExecutorGroup executors, Collection<?> streams) {
		return streams.size() > SLICE && executors.next().inContext();
	}

	private static <T> void slice(StreamExecutor here, Iterator<T> rest, Consumer<? super T> request, Runnable done) {
		for (int left = SLICE; left > 0 && rest.hasNext(); left--) {
			ask(rest.next(), request);
		}
		if (rest.hasNext()) {
			here.executeInSlices(() -> slice(here, rest, request, done));
		}
		else {
			done.run();
		}
	}

	private static <T> void ask(T one, Consumer<? super T> request) {
		try {
			request.accept(one);
		}
		catch (RuntimeException | OutOfMemoryError ex) {
			// The others are to hear of it, too
			log.error("{} does not take what all are asked for", one, ex);
		}
	}

}
