package io.securestreams.proxy.wire;

/**
 * Takes what a decoder has read.
 *
 * @param <F> {@link ClientFrame} or {@link ProxyFrame}
 */
@FunctionalInterface
public interface FrameListener<F> {

	/**
	 * A frame has arrived, or a piece of one with payload.
	 * @param frame its payload is borrowed
	 * @throws WireViolation if it is out of place
	 */
	void onFrame(F frame) throws WireViolation;

}
