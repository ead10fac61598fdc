package io.securestreams.spring.event;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes events of one type, as far as somebody listens: at once, on the thread that
 * asks, which may be an event loop. Listener beans that have yet to be made are not
 * waited for there, for whoever makes beans may himself wait for the event loop: until
 * they are there, events are published in order on a thread of their own. May be used
 * from any thread.
 */
public final class EventPublication {

	private static final Logger logger = LoggerFactory.getLogger(EventPublication.class);

	private static final int MAX_LATE = 10_000;

	private final ApplicationEventPublisher publisher;

	private final EventAudience audience;

	private final BlockingQueue<Object> late = new LinkedBlockingQueue<>(MAX_LATE);

	private final AtomicInteger waiting = new AtomicInteger();

	private final AtomicBoolean lost = new AtomicBoolean();

	/**
	 * Makes a publication.
	 * @param publisher takes the events
	 * @param type class of the events
	 */
	public EventPublication(ApplicationEventPublisher publisher, Class<?> type) {
		this.publisher = publisher;
		this.audience = new EventAudience(publisher, type);
	}

	/**
	 * Returns whether anybody listens.
	 * @return whether events are worth making
	 */
	public boolean isListenedTo() {
		return this.audience.isListening();
	}

	/**
	 * Publishes an event.
	 * @param event the event
	 */
	public void publish(Object event) {
		boolean there = this.audience.isThere();
		if (there && this.waiting.get() == 0) {
			this.publisher.publishEvent(event);
			return;
		}
		if (!keep(event, there)) {
			return;
		}
		if (this.waiting.getAndIncrement() == 0) {
			Thread thread = new Thread(this::publishLate, "secure-streams-events");
			thread.setDaemon(true);
			thread.start();
		}
	}

	/** Those who are there, and slow, hold others up as always. */
	private boolean keep(Object event, boolean there) {
		if (this.late.offer(event)) {
			return true;
		}
		if (there) {
			try {
				this.late.put(event);
				return true;
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
		if (this.lost.compareAndSet(false, true)) {
			logger.warn("Events are lost: {} wait for listener beans that have not been made", MAX_LATE);
		}
		return false;
	}

	private void publishLate() {
		do {
			Object event = this.late.poll();
			if (event != null) {
				publishOne(event);
			}
		}
		while (this.waiting.decrementAndGet() > 0);
	}

	private void publishOne(Object event) {
		try {
			this.publisher.publishEvent(event);
		}
		catch (RuntimeException | Error ex) {
			logger.warn("A listener has failed, or cannot be made", ex);
		}
	}

}
