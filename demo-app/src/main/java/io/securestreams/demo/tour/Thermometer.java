package io.securestreams.demo.tour;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.scheduling.annotation.Scheduled;

import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;

/**
 * MQTT, publishing: readings go to the broker, which acknowledges each. One at a time:
 * while the broker is away, the last one waits for it.
 */
@SecureStreamHandler("thermometer")
class Thermometer {

	private static final Logger logger = LoggerFactory.getLogger("tour.thermometer");

	private volatile @Nullable SecureStream stream;

	private volatile long asked;

	private volatile boolean waiting;

	private int count;

	@Scheduled(initialDelay = 2, fixedDelay = 4, timeUnit = TimeUnit.SECONDS)
	void measure() {
		SecureStream stream = this.stream;
		if (stream == null || this.waiting) {
			return;
		}
		double degrees = 20 + 5 * Math.sin(this.count++ / 10.0);
		this.asked = System.nanoTime();
		this.waiting = true;
		stream.send(String.format(Locale.ROOT, "%.1f °C", degrees).getBytes(StandardCharsets.UTF_8))
			.exceptionally((failure) -> {
				logger.warn("not sent: {}", failure.getMessage());
				this.waiting = false;
				return null;
			});
	}

	@OnState(StreamState.CREATING)
	void created(SecureStream stream) {
		stream.metadata().set("bed", "tomatoes");
		this.waiting = false;
		this.stream = stream;
	}

	@OnState(StreamState.DESTROYING)
	void gone() {
		this.stream = null;
	}

	@OnState(StreamState.QOS_ACK_REMOTE)
	void acknowledged() {
		this.waiting = false;
		logger.info("acknowledged in {} ms: reading {}", (System.nanoTime() - this.asked) / 1_000_000, this.count);
	}

	@OnState(StreamState.QOS_NACK_REMOTE)
	void lost() {
		this.waiting = false;
		logger.warn("nobody knows whether this reading has arrived, the next one will tell");
	}

}
