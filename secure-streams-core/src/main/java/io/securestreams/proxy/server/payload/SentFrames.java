package io.securestreams.proxy.server.payload;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

/**
 * Which of the client's frames have gone onward with which slot, until that is
 * acknowledged; and which are never going to be.
 */
public final class SentFrames {

	/** No frame has that number. */
	public static final int NONE = -1;

	/** As many as there can be where each is answered: of as many a client waits. */
	public static final int ALL_ANSWERED = 65_536;

	/** Where most are not answered by themselves. */
	public static final int FEW_ANSWERED = 1024;

	/** Of older ones the number is forgotten. */
	private final int max;

	private final Map<Long, Integer> frames = new LinkedHashMap<>();

	/** Last frames of messages that have been thrown away. */
	private final Queue<Integer> dropped = new ArrayDeque<>(0);

	/**
	 * Makes an empty one.
	 * @param max how many it knows at most
	 */
	public SentFrames(int max) {
		this.max = max;
	}

	public void sent(long slot, int frame) {
		if (this.frames.size() == this.max) {
			this.frames.remove(this.frames.keySet().iterator().next());
		}
		this.frames.put(slot, frame);
	}

	/**
	 * Takes what an acknowledgement is about.
	 * @param slot ordinal of the slot
	 * @return number of the last frame in it, {@link #NONE} if there was none
	 */
	public int take(long slot) {
		Integer frame = this.frames.remove(slot);
		return (frame != null) ? frame : NONE;
	}

	/**
	 * A message does not go onward.
	 * @param frame number of its last frame
	 */
	public void dropped(int frame) {
		if (this.dropped.size() == this.max) {
			this.dropped.remove();
		}
		this.dropped.add(frame);
	}

	/**
	 * Takes the next message that does not go onward.
	 * @return number of its last frame, {@code null} if there is none
	 */
	public @Nullable Integer nextDropped() {
		return this.dropped.poll();
	}

	public void clear() {
		this.frames.clear();
		this.dropped.clear();
	}

}
