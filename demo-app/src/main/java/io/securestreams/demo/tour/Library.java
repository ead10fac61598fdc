package io.securestreams.demo.tour;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

import io.securestreams.SecureStreams;
import io.securestreams.stream.factory.StreamBindException;
import io.securestreams.stream.factory.StreamServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * The server stream, which goes away from time to time to show what its clients do then.
 */
class Library implements SmartLifecycle {

	static final String STREAM_TYPE = "library";

	private static final Logger logger = LoggerFactory.getLogger("tour.library");

	private final SecureStreams streams;

	private final TourProperties properties;

	private final InstantSource clock;

	private boolean running;

	private @Nullable StreamServer server;

	private Instant reopen = Instant.MIN;

	private Instant nextOutage = Instant.MAX;

	Library(SecureStreams streams, TourProperties properties, InstantSource clock) {
		this.streams = streams;
		this.properties = properties;
		this.clock = clock;
	}

	@Override
	public synchronized void start() {
		this.running = true;
		check();
	}

	@Override
	public synchronized void stop() {
		this.running = false;
		if (this.server != null) {
			this.server.close();
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.running;
	}

	/**
	 * Before the handlers of the client streams, so that they find something to connect
	 * to.
	 */
	@Override
	public int getPhase() {
		return 0;
	}

	/**
	 * Cuts every connection and stops listening.
	 * @param outage for how long
	 */
	synchronized void closeFor(Duration outage) {
		if (this.server != null) {
			this.server.close();
			this.server = null;
		}
		this.reopen = this.clock.instant().plus(outage);
		logger.info("closed: every connection is cut, back in {} s. Watch the clients try again.",
				outage.toMillis() / 1000.0);
	}

	/**
	 * Closes when it is time for an outage, and opens when it is over. A library that was
	 * closed by somebody else (try the {@code securestreams} endpoint) opens again too.
	 */
	@Scheduled(fixedDelay = 500)
	synchronized void check() {
		if (!this.running) {
			return;
		}
		Instant now = this.clock.instant();
		if (isOpen()) {
			if (!now.isBefore(this.nextOutage)) {
				closeFor(this.properties.outageLasts());
			}
		}
		else if (!now.isBefore(this.reopen)) {
			open(now);
		}
	}

	private boolean isOpen() {
		return this.server != null && this.streams.servers().contains(this.server);
	}

	private void open(Instant now) {
		Duration every = this.properties.outageEvery();
		try {
			this.server = this.streams.listen(STREAM_TYPE, LibraryDesk::new);
			this.nextOutage = every.isZero() ? Instant.MAX : now.plus(every);
			logger.info("open at {}", this.server.address());
		}
		catch (StreamBindException ex) {
			logger.warn("cannot open yet: {}", ex.getMessage());
		}
	}

}
