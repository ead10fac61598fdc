package io.securestreams.demo.tour;

import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.scheduling.annotation.Scheduled;

import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

/**
 * Fetches a quote every few seconds. The plain form of a handler: nothing between it and
 * the stream. The policy has {@code conceal: 65535} for it, so it never gives up.
 */
@SecureStreamHandler("quote")
class QuoteReader implements StreamHandler {

	private static final Logger logger = LoggerFactory.getLogger("tour.quote");

	private final StringBuilder text = new StringBuilder();

	private volatile @Nullable SecureStream stream;

	private volatile long asked;

	private int number;

	@Scheduled(initialDelay = 1, fixedDelay = 3, timeUnit = TimeUnit.SECONDS)
	void next() {
		SecureStream stream = this.stream;
		if (stream != null) {
			this.asked = System.nanoTime();
			stream.metadata().set("number", Integer.toString(++this.number));
			stream.requestTx();
		}
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		switch (state) {
			case CREATING -> this.stream = stream;
			case CONNECTING -> this.text.setLength(0);
			case QOS_ACK_REMOTE -> logger.info("acknowledged in {} ms: \"{}\" {}",
					(System.nanoTime() - this.asked) / 1_000_000, this.text, stream.metadata().get("author"));
			default -> {
			}
		}
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		if (!payload.isPerf()) {
			this.text.append(payload.text());
		}
	}

	@Override
	public void onPerf(SecureStream stream, ConnectionTimings timings) {
		logger.debug("look-up {} µs, connect {} µs, TLS {} µs, answer {} µs", timings.dnsMicros(),
				timings.connectMicros(), timings.tlsMicros(), timings.responseMicros());
	}

}
