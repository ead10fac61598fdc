package io.securestreams.demo.tour;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

import io.securestreams.SecureStreams;
import io.securestreams.stream.factory.StreamBindException;
import io.securestreams.stream.factory.StreamServer;

/**
 * The server behind the scenes: it has the policy, tokens, and the page that tells
 * whether the internet is there. It listens before the policy is fetched.
 */
class PolicyOffice implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger("tour.office");

	private final SecureStreams streams;

	private final OfficeDocuments documents;

	private @Nullable StreamServer server;

	private int release = 1;

	/** What is at {@code /policy.json}. */
	private volatile String document;

	/** Whether there is a portal in the way. */
	private volatile boolean captive;

	PolicyOffice(SecureStreams streams, OfficeDocuments documents) {
		this.streams = streams;
		this.documents = documents;
		this.document = documents.withRetry(1, "brief");
	}

	@Override
	public synchronized void start() {
		try {
			this.server = this.streams.listen("office", () -> new OfficeDesk(this));
		}
		catch (StreamBindException ex) {
			logger.warn("closed, scenes will fail: {}", ex.getMessage());
		}
	}

	@Override
	public synchronized void stop() {
		if (this.server != null) {
			this.server.close();
			this.server = null;
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.server != null;
	}

	/** Before the policy is fetched. */
	@Override
	public int getPhase() {
		return 0;
	}

	String document() {
		return this.document;
	}

	/** Hands out a newer policy from now on. */
	synchronized void publish() {
		this.release++;
		this.document = this.documents.withRetry(this.release, (this.release % 2 == 0) ? "patient" : "brief");
	}

	/** Hands out what is no policy, until the next one is published. */
	void publishRubbish() {
		this.document = "<html><body>The office moves to another building this week.</body></html>";
	}

	/** Hands out a policy under which nothing works. */
	synchronized void publishMistake() {
		this.release++;
		this.document = this.documents.leadingNowhere(this.release);
	}

	/** Hands out what is in force already. */
	synchronized void withdraw() {
		this.release--;
		publish();
	}

	boolean isCaptive() {
		return this.captive;
	}

	void captive(boolean captive) {
		this.captive = captive;
	}

}
