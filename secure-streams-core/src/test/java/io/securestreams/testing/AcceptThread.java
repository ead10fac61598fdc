package io.securestreams.testing;

import java.util.concurrent.TimeUnit;

/**
 * Takes the connections of a peer on blocking sockets. A socket that is closed while
 * {@code accept()} waits may give one more: until this thread has ended, a client finds
 * somebody at the port.
 */
public final class AcceptThread {

	private static final long MOST_MILLIS = TimeUnit.SECONDS.toMillis(20);

	private final Thread thread;

	/**
	 * Starts.
	 * @param name of the thread
	 * @param accept takes connections until the socket is closed
	 */
	public AcceptThread(String name, Runnable accept) {
		this.thread = new Thread(accept, name);
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/** Waits for the end, after the socket has been closed. */
	public void join() {
		if (Thread.currentThread() == this.thread) {
			return;
		}
		try {
			this.thread.join(MOST_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
