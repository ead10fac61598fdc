package io.securestreams.proxy.client.payload;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

/**
 * Which messages have been sent whole with which of our frames, until they are answered;
 * and which are never going to be. On the event loop of the stream.
 */
public final class SentMessages {

	/**
	 * Most that may wait, where each is answered: as many as MQTT has numbers for.
	 */
	private static final int MAX = 65_535;

	/** Where it is not known whether answers come: the oldest are forgotten. */
	private static final int MAX_UNCERTAIN = 1024;

	/** Ordinals by the number of the message's last frame, oldest first. */
	private final Map<Integer, Long> unanswered = new LinkedHashMap<>(16);

	/** Ordinals of messages that went out on a link that is gone: no answer will come. */
	private final Queue<Long> lost = new ArrayDeque<>(0);

	/** How many older messages than these have been forgotten. */
	private long forgotten;

	/** Frames from here on have gone to the connection there is. */
	private int firstFrame;

	/**
	 * The proxy makes another connection.
	 * @param frame number of the first frame for it
	 */
	public void began(int frame) {
		this.firstFrame = frame;
	}

	/**
	 * A message has been sent.
	 * @param frame number of its last frame
	 * @param ordinal its number for the application
	 * @param answered whether an answer is certain to come
	 */
	public void sent(int frame, long ordinal, boolean answered) {
		if (this.unanswered.size() >= (answered ? MAX : MAX_UNCERTAIN)) {
			this.unanswered.remove(oldest());
			this.forgotten++;
		}
		this.unanswered.put(frame, ordinal);
	}

	/**
	 * Whether another message would be known by its answer. What is left over from an
	 * earlier connection keeps nobody waiting.
	 */
	public boolean hasRoom() {
		return this.unanswered.size() < MAX || oldest() - this.firstFrame < 0;
	}

	/**
	 * Takes what an answer is about.
	 * @param frame number of the message's last frame
	 * @return the message's ordinal, 0 if there is none
	 */
	public long take(int frame) {
		Long ordinal = this.unanswered.remove(frame);
		return (ordinal != null) ? ordinal : 0;
	}

	/**
	 * Takes what an answer is about that does not say so.
	 * @return ordinal of the oldest message, 0 if it is not known
	 */
	public long takeOldest() {
		if (this.forgotten > 0) {
			this.forgotten--;
			return 0;
		}
		return this.unanswered.isEmpty() ? 0 : take(oldest());
	}

	private Integer oldest() {
		return this.unanswered.keySet().iterator().next();
	}

	/** The link is gone, and all answers with it. */
	public void lose() {
		this.unanswered.values().stream().limit(MAX - this.lost.size()).forEach(this.lost::add);
		clear();
	}

	/** What has been sent is not answered by itself. */
	public void clear() {
		this.unanswered.clear();
		this.forgotten = 0;
		this.firstFrame = 0;
	}

	/**
	 * Takes the next message that nobody will answer.
	 * @return its ordinal, {@code null} if there is none
	 */
	public @Nullable Long nextLost() {
		return this.lost.poll();
	}

}
