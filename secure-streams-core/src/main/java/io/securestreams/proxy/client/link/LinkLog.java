package io.securestreams.proxy.client.link;

import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.stream.StreamFailure;

/**
 * Tells people why there are no links, once for all streams and attempts until there is
 * one again. May be used from any thread.
 */
public final class LinkLog {

	private static final Logger log = LoggerFactory.getLogger(LinkLog.class);

	/** What has been told last, {@code null} while all is well. */
	private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();

	/** A link could not be made, or has broken. */
	void failed(String tag, StreamFailure failure) {
		String reason = failure.endpoint() + ": " + failure.phase() + ", " + failure.message();
		// Where several addresses are tried in turns, each failure would be news
		if (this.trouble.compareAndSet(null, reason)) {
			log.warn("No link to the proxy at {}; streams wait for it, [{}] is one of them", reason, tag);
		}
		else {
			log.debug("[{}] no link to the proxy at {}", tag, reason);
		}
	}

	/** There is a link. */
	void succeeded(String tag, @Nullable String peer) {
		if (this.trouble.getAndSet(null) != null) {
			log.info("The proxy at {} is there again", peer);
		}
		log.debug("[{}] fulfilled by {}", tag, peer);
	}

}
