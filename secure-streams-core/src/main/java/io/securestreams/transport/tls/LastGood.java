package io.securestreams.transport.tls;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has worked last. Keys and trust that are exchanged at run time may turn out broken
 * then, as a file that is half written: connections go on with what there was before. May
 * be used from any thread.
 */
final class LastGood {

	private static final Logger logger = LoggerFactory.getLogger(LastGood.class);

	private static final int MAX_USES = 64;

	/** By what it is used for; guarded by itself. */
	private final Map<Object, SslContext> contexts = new LinkedHashMap<>(16, 0.75f, true) {
		@Override
		protected boolean removeEldestEntry(Map.Entry<Object, SslContext> eldest) {
			boolean tooMany = size() > MAX_USES;
			if (tooMany) {
				LastGood.this.broken.remove(eldest.getKey());
			}
			return tooMany;
		}
	};

	/** What has been complained of; guarded by {@link #contexts}. */
	private final Set<Object> broken = new HashSet<>();

	/**
	 * Returns what there is now, or what has worked last.
	 * @param use what it is used for, in words by {@code toString()}
	 * @param source gives what there is now
	 * @return a context
	 * @throws NoIdentityException if there is no identity any more: that is no mistake
	 * @throws RuntimeException whatever the source throws, if nothing has worked yet
	 */
	SslContext get(Object use, Supplier<SslContext> source) {
		SslContext made;
		try {
			made = source.get();
		}
		catch (NoIdentityException ex) {
			forget(use);
			throw ex;
		}
		catch (RuntimeException ex) {
			SslContext last = last(use, ex);
			if (last == null) {
				throw ex;
			}
			return last;
		}
		synchronized (this.contexts) {
			if (this.broken.remove(use)) {
				logger.info("{} can be used again", use);
			}
			this.contexts.put(use, made);
		}
		return made;
	}

	private @Nullable SslContext last(Object use, RuntimeException failure) {
		synchronized (this.contexts) {
			SslContext last = this.contexts.get(use);
			if (last != null && this.broken.add(use)) {
				logger.warn("{} cannot be used as it is now, what was there before stays in force: {}", use,
						failure.getMessage());
			}
			return last;
		}
	}

	private void forget(Object use) {
		synchronized (this.contexts) {
			this.contexts.remove(use);
			this.broken.remove(use);
		}
	}

	void clear() {
		synchronized (this.contexts) {
			this.contexts.clear();
			this.broken.clear();
		}
	}

}
