package io.securestreams.stream.platform;

/**
 * Keeps a system from being suspended while streams whose policy says
 * {@code swake_validity} have to do something in time: from the moment a connection's
 * sign of life is overdue until there is one or the connection is dropped, and while a
 * retry is waiting. May be called from any thread; must be quick and must not throw.
 */
@FunctionalInterface
public interface WakeLock {

	/** For systems that are not suspended. */
	WakeLock NONE = (stream) -> () -> {
	};

	/**
	 * Keeps the system awake.
	 * @param stream the stream's name, for people
	 * @return ends it; every acquisition is released exactly once
	 */
	Held acquire(String stream);

	/**
	 * A lock that is held.
	 */
	@FunctionalInterface
	interface Held {

		/** Lets the system be suspended, as far as this lock goes. */
		void release();

	}

}
