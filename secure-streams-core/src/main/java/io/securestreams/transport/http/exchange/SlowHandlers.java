package io.securestreams.transport.http.exchange;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.StreamLink;

/**
 * Says which streamtypes do not answer, once for each.
 */
final class SlowHandlers {

	private static final Logger log = LoggerFactory.getLogger(SlowHandlers.class);

	private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

	private SlowHandlers() {
	}

	static void tell(StreamLink link, Duration limit) {
		if (TOLD.add(link.policy().name())) {
			log.warn(
					"[{}] the handler has not answered for {}, the request is given up (expected: an answer in that time,"
							+ " or another answer-timeout of HTTP servers); further ones are not logged",
					link.tag(), limit);
		}
		else {
			log.debug("[{}] the handler has not answered for {}", link.tag(), limit);
		}
	}

}
