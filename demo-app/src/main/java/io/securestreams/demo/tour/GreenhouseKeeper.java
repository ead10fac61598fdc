package io.securestreams.demo.tour;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.spring.annotation.Metadata;
import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.SecureStreamHandler;

/**
 * MQTT, subscribing: hears what all thermometers publish, and which of them.
 */
@SecureStreamHandler("greenhouse")
class GreenhouseKeeper {

	private static final Logger logger = LoggerFactory.getLogger("tour.greenhouse");

	@OnReceive
	void reading(String text, @Metadata("topic") String topic) {
		logger.info("{}: {}", topic, text);
	}

}
