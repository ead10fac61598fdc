package io.securestreams.transport.websocket.frame;

import java.util.Arrays;

import io.securestreams.engine.spi.StreamLink;
import io.securestreams.transport.loop.ValidityTimer;
import org.jspecify.annotations.Nullable;

/**
 * Pings and pongs (RFC 6455 section 5.5): answers the peer's, within limits, and asks for
 * its signs of life.
 */
public final class ControlFrames {

	private static final byte[] NOTHING = new byte[0];

	private final StreamLink link;

	private final Carrier carrier;

	private final WebSocketFrameWriter frames;

	private final int maxRate;

	private @Nullable FloodMeter flood;

	/** Checks nobody asked for cost nothing: there are many idle connections. */
	private final @Nullable ValidityTimer validity;

	private byte @Nullable [] pendingPong;

	/** Whether something has arrived since the last ping. */
	private boolean progress;

	/**
	 * Makes the control frames of a connection.
	 * @param link the stream
	 * @param carrier says when it is writable
	 * @param frames takes the frames
	 * @param maxRate most pings and pongs per second that the peer may send
	 * @param hangUp called when there has been no sign of life in time
	 */
	public ControlFrames(StreamLink link, Carrier carrier, WebSocketFrameWriter frames, int maxRate, Runnable hangUp) {
		this.link = link;
		this.carrier = carrier;
		this.frames = frames;
		this.maxRate = maxRate;
		this.validity = link.policy().persistence().retry().validityHangup().isZero() ? null
				: ValidityTimer.of(link, this::ping, hangUp);
	}

	public void start() {
		if (this.validity != null) {
			this.validity.start();
		}
	}

	public void stop() {
		if (this.validity != null) {
			this.validity.stop();
		}
		this.pendingPong = null;
	}

	public void confirmValidity() {
		if (this.validity != null) {
			this.validity.confirm();
		}
	}

	/** Bytes have arrived, whatever they are part of. */
	public void progress() {
		this.progress = true;
	}

	/**
	 * Waits once more for a pong that may be behind the rest of a frame.
	 * @return {@code false} if nothing has arrived since the last time
	 */
	public boolean extend(boolean anyway) {
		boolean extended = anyway || this.progress;
		if (extended) {
			this.progress = false;
			start();
		}
		return extended;
	}

	/**
	 * A ping or pong has arrived.
	 * @param answer whether pings are answered
	 */
	public void received(int opcode, byte[] payload, int length, boolean answer) throws WebSocketViolation {
		FloodMeter meter = this.flood;
		if (meter == null) {
			meter = new FloodMeter(this.maxRate);
			this.flood = meter;
		}
		if (!meter.admit(this.link.executor().nanoTime())) {
			throw new WebSocketViolation(CloseCode.POLICY_VIOLATION,
					"more than " + this.maxRate + " control frames in a second");
		}
		if (opcode == Opcode.PONG) {
			confirmValidity();
		}
		else if (answer) {
			pong(payload, length);
		}
	}

	/** Sends the answer that had to wait. */
	public void writable() {
		byte[] waiting = this.pendingPong;
		if (waiting != null && this.carrier.isWritable()) {
			pong(waiting, waiting.length);
		}
	}

	/**
	 * A peer that does not take its pongs gets the latest only (RFC 6455 section 5.5.3).
	 */
	private void pong(byte[] payload, int length) {
		if (this.carrier.isWritable()) {
			this.pendingPong = null;
			this.frames.control(Opcode.PONG, payload, length);
		}
		else {
			this.pendingPong = Arrays.copyOf(payload, length);
			this.carrier.awaitWritable();
		}
	}

	private void ping() {
		this.progress = false;
		this.frames.control(Opcode.PING, NOTHING, 0);
		this.frames.flush();
	}

}
