package io.securestreams.proxy.server.payload;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which of the client's frames have gone onward with which slot, until that is
 * acknowledged.
 */
public final class SentFrames {

	/** Of older ones the number is forgotten. */
	private static final int MAX = 1024;

	private final Map<Long, Integer> frames = new LinkedHashMap<>();

	public void sent(long slot, int frame) {
		if (this.frames.size() == MAX) {
			this.frames.remove(this.frames.keySet().iterator().next());
		}
		this.frames.put(slot, frame);
	}

	/**
	 * Takes what an acknowledgement is about.
	 * @param slot ordinal of the slot
	 * @return number of the last frame in it, or the ordinal if there was none
	 */
	public int take(long slot) {
		Integer frame = this.frames.remove(slot);
		return (frame != null) ? frame : (int) slot;
	}

	public void clear() {
		this.frames.clear();
	}

}
