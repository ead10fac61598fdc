package io.securestreams.stream.observe;

import java.time.Duration;

/**
 * How one of the engine's threads is doing.
 *
 * @param thread its name
 * @param blockedFor for how long it has been doing one thing, which keeps everything else
 * that lives on it waiting; zero unless that is longer than it should be
 * @param timesBlocked how often that has happened since the engine started
 */
public record EventLoopState(String thread, Duration blockedFor, long timesBlocked) {

	/**
	 * Whether the thread does not get on right now.
	 * @return {@code true} if something on it does not return
	 */
	public boolean isBlocked() {
		return !this.blockedFor.isZero();
	}

}
