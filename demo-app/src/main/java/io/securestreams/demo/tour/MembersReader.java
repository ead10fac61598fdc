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
 * Reads a page for members. This code knows of no token: the policy says where one is to
 * be had, and how it is shown.
 */
@SecureStreamHandler("members")
class MembersReader {

	private static final Logger logger = LoggerFactory.getLogger("tour.members");

	private volatile @Nullable SecureStream stream;

	@Scheduled(initialDelay = 5, fixedDelay = 10, timeUnit = TimeUnit.SECONDS)
	void read() {
		SecureStream stream = this.stream;
		if (stream != null) {
			stream.requestTx();
		}
	}

	@OnState(StreamState.CREATING)
	void created(SecureStream stream) {
		this.stream = stream;
	}

	@OnState(StreamState.AUTH_FAILED)
	void refused(SecureStream stream) {
		logger.warn("AUTH_FAILED: {}", stream.lastFailure());
	}

	@OnReceive
	void page(String text) {
		logger.info("the office says: {}", text);
	}

}
