package io.securestreams.demo.tour;

import java.security.GeneralSecurityException;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

import io.netty.handler.ssl.SslContext;

import io.securestreams.demo.broker.MqttBroker;

/**
 * The broker that {@link Thermometer} and {@link GreenhouseKeeper} talk through. It is
 * not part of Secure Streams.
 */
class TourBroker implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger("tour.broker");

	private final int port;

	private final SslContext tls;

	private @Nullable MqttBroker broker;

	/**
	 * Prepares the broker.
	 * @param port where it will listen
	 * @param certificates what it shows to clients
	 */
	TourBroker(int port, TourCertificates certificates) {
		this.port = port;
		try {
			this.tls = certificates.libraryTls();
		}
		catch (GeneralSecurityException | SSLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	int port() {
		return this.port;
	}

	@Override
	public synchronized void start() {
		try {
			MqttBroker broker = MqttBroker.listen(this.port, this.tls);
			this.broker = broker;
			logger.info("open at {}", broker.address());
		}
		catch (IllegalStateException ex) {
			logger.warn("closed, nothing is measured: {}", ex.getMessage());
		}
	}

	@Override
	public synchronized void stop() {
		if (this.broker != null) {
			this.broker.close();
			this.broker = null;
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.broker != null;
	}

	/** Before the handlers of the streams. */
	@Override
	public int getPhase() {
		return 0;
	}

}
