package io.securestreams.demo.tour;

import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.scheduling.annotation.Scheduled;

import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;

/**
 * Asks for a page that answers 503 two times out of three. There is no retry in this
 * code: the policy has it.
 */
@SecureStreamHandler("unreliable")
class LuckSeeker {

	private static final Logger logger = LoggerFactory.getLogger("tour.unreliable");

	private volatile @Nullable SecureStream stream;

	@Scheduled(initialDelay = 4, fixedDelay = 15, timeUnit = TimeUnit.SECONDS)
	void ask() {
		SecureStream stream = this.stream;
		if (stream != null) {
			// Unlike requestTx(), gives back all retries after ALL_RETRIES_FAILED
			stream.connect();
		}
	}

	@OnState(StreamState.CREATING)
	void created(SecureStream stream) {
		this.stream = stream;
	}

	@OnState(StreamState.QOS_ACK_REMOTE)
	void acknowledged() {
		logger.info("acknowledged: retries did it");
	}

	@OnReceive
	void answer(String text) {
		logger.info("the library says: {}", text);
	}

}
