package io.securestreams.demo.tour;

import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.scheduling.annotation.Scheduled;

import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.OnUserState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;

/**
 * Looks at the weather. The annotated form of a handler: it gets whole messages as text.
 * The policy makes status 530 the state 1530, so this code need not know HTTP.
 */
@SecureStreamHandler("weather")
class WeatherWatcher {

	private static final int STORM = 1530;

	private static final Logger logger = LoggerFactory.getLogger("tour.weather");

	private volatile @Nullable SecureStream stream;

	@Scheduled(initialDelay = 2, fixedDelay = 7, timeUnit = TimeUnit.SECONDS)
	void look() {
		SecureStream stream = this.stream;
		if (stream != null) {
			stream.requestTx();
		}
	}

	@OnState(StreamState.CREATING)
	void created(SecureStream stream) {
		this.stream = stream;
	}

	@OnUserState
	void special(int state) {
		if (state == STORM) {
			logger.warn("storm: state {}, which the policy makes of status 530", STORM);
		}
	}

	@OnReceive
	void forecast(String text) {
		logger.info("the library says: {}", text);
	}

}
