package io.securestreams.transport.http2.frame;

import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The peer's SETTINGS (RFC 9113 section 6.5.2), as far as there is use for them. The size
 * of the peer's header table is of no interest: nothing is ever put there.
 */
public final class PeerSettings {

	private static final Logger logger = LoggerFactory.getLogger(PeerSettings.class);

	static final int ENABLE_PUSH = 2;

	/** Setting, RFC 9113 section 6.5.2. */
	public static final int MAX_CONCURRENT_STREAMS = 3;

	/** Setting, RFC 9113 section 6.5.2. */
	public static final int INITIAL_WINDOW_SIZE = 4;

	static final int MAX_FRAME_SIZE = 5;

	/** Setting, RFC 9113 section 6.5.2. */
	public static final int MAX_HEADER_LIST_SIZE = 6;

	/** RFC 8441 section 3. */
	public static final int ENABLE_CONNECT_PROTOCOL = 8;

	/** RFC 9218 section 2.1. */
	public static final int NO_RFC7540_PRIORITIES = 9;

	/** What a peer should allow at least, RFC 9113 section 6.5.2. */
	public static final int USUAL_STREAMS = 100;

	private static final int MAX_SETTINGS = 64;

	/** Larger frames bring nothing and cost fairness. */
	private static final int LARGEST_FRAME = 64 * 1024;

	private boolean received;

	private int maxStreams;

	private int initialWindow = Http2FrameWriter.DEFAULT_WINDOW;

	private int maxFrameSize = Http2FrameWriter.DEFAULT_MAX_FRAME_SIZE;

	private boolean connectProtocol;

	/** Whether nobody has to wait for what the peer allows any more. */
	private boolean settled;

	private final List<Runnable> waiting = new ArrayList<>(0);

	private final int maxPush;

	private PeerSettings(int maxStreams, int maxPush) {
		this.maxStreams = maxStreams;
		this.maxPush = maxPush;
	}

	/**
	 * Makes the settings of a server that has not spoken yet.
	 * @param maxStreams concurrent streams it is taken to allow
	 */
	public static PeerSettings ofServer(int maxStreams) {
		// RFC 9113 section 6.5.2: a server must not send anything but 0
		return new PeerSettings(maxStreams, 0);
	}

	/**
	 * Makes the settings of a client that has not spoken yet.
	 */
	public static PeerSettings ofClient() {
		return new PeerSettings(0, 1);
	}

	/**
	 * Whether the peer has sent any.
	 */
	public boolean received() {
		return this.received;
	}

	/** Returns how many streams may be open at once. */
	public int maxStreams() {
		return this.maxStreams;
	}

	/** Returns the window that streams start with. */
	public int initialWindow() {
		return this.initialWindow;
	}

	/**
	 * Largest frame to send.
	 */
	public int maxFrameSize() {
		return this.maxFrameSize;
	}

	/**
	 * Whether the peer takes extended CONNECT (RFC 8441).
	 */
	public boolean isConnectProtocol() {
		return this.connectProtocol;
	}

	/**
	 * Runs a task as soon as the peer has spoken, or is not going to.
	 * @param task run once, now or later
	 */
	public void whenSettled(Runnable task) {
		if (this.settled) {
			task.run();
		}
		else {
			this.waiting.add(task);
		}
	}

	/**
	 * The peer has spoken, or the connection is over.
	 */
	public void settle() {
		this.settled = true;
		List<Runnable> tasks = List.copyOf(this.waiting);
		this.waiting.clear();
		for (Runnable task : tasks) {
			try {
				task.run();
			}
			catch (RuntimeException | OutOfMemoryError ex) {
				// The others wait for it, too
				logger.error("what waits for the settings of a peer fails", ex);
			}
		}
	}

	/**
	 * Takes over a SETTINGS frame.
	 * @param in the settings
	 * @param length bytes to read
	 * @throws Http2Violation if a value is not allowed
	 */
	public void apply(ByteBuf in, int length) throws Http2Violation {
		if (length / 6 > MAX_SETTINGS) {
			throw new Http2Violation(Http2Error.ENHANCE_YOUR_CALM, (length / 6) + " settings in a frame");
		}
		if (!this.received) {
			this.received = true;
			// Not mentioned means without limit
			this.maxStreams = Integer.MAX_VALUE;
		}
		for (int i = 0; i < length; i += 6) {
			apply(in.readUnsignedShort(), in.readUnsignedInt());
		}
	}

	private void apply(int id, long value) throws Http2Violation {
		switch (id) {
			case ENABLE_PUSH -> {
				if (value > this.maxPush) {
					throw illegal("ENABLE_PUSH", value, Http2Error.PROTOCOL_ERROR);
				}
			}
			case MAX_CONCURRENT_STREAMS -> this.maxStreams = (int) Math.min(value, Integer.MAX_VALUE);
			case INITIAL_WINDOW_SIZE -> {
				if (value > Integer.MAX_VALUE) {
					throw illegal("INITIAL_WINDOW_SIZE", value, Http2Error.FLOW_CONTROL_ERROR);
				}
				this.initialWindow = (int) value;
			}
			case MAX_FRAME_SIZE -> {
				if (value < Http2FrameWriter.DEFAULT_MAX_FRAME_SIZE || value > 0xFFFFFF) {
					throw illegal("MAX_FRAME_SIZE", value, Http2Error.PROTOCOL_ERROR);
				}
				this.maxFrameSize = (int) Math.min(value, LARGEST_FRAME);
			}
			case ENABLE_CONNECT_PROTOCOL -> {
				// RFC 8441 section 3: once offered, it must not be taken back
				if (value > 1 || (value == 0 && this.connectProtocol)) {
					throw illegal("ENABLE_CONNECT_PROTOCOL", value, Http2Error.PROTOCOL_ERROR);
				}
				this.connectProtocol = value == 1;
			}
			default -> {
			}
		}
	}

	private static Http2Violation illegal(String name, long value, Http2Error error) {
		return new Http2Violation(error, "SETTINGS_" + name + " " + value);
	}

}
