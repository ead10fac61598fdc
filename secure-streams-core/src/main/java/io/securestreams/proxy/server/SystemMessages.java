package io.securestreams.proxy.server;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/**
 * Passes system messages among those that want them. May be used from any thread.
 */
final class SystemMessages {

	private final Set<SystemMessageStream> members = ConcurrentHashMap.newKeySet();

	void join(SystemMessageStream member) {
		this.members.add(member);
	}

	void leave(SystemMessageStream member) {
		this.members.remove(member);
	}

	/**
	 * Gives a message to all who want its class, the sender included.
	 * @param messageClass one bit
	 * @param message class, time and text as they travel
	 */
	void publish(long messageClass, byte[] message) {
		for (SystemMessageStream member : this.members) {
			if (member.wants(messageClass)) {
				try {
					member.publish(message);
				}
				catch (RejectedExecutionException ex) {
					this.members.remove(member);
				}
			}
		}
	}

}
