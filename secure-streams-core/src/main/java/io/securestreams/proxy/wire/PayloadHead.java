package io.securestreams.proxy.wire;

import org.jspecify.annotations.Nullable;

/**
 * What comes before the payload in TX_PAYLOAD and RX_PAYLOAD.
 *
 * @param flags see {@link PayloadFlag}
 * @param waited us, 32 bits unsigned: how long the payload waited for being written; not
 * reliable
 * @param time us on a clock of the sender that has no known start
 * @param rideshare the streamtype the payload belongs to, 1 to
 * {@value StreamType#MAX_NAME_LENGTH} bytes, with the flag {@link PayloadFlag#RIDESHARE};
 * else {@code null}
 * @param length bytes of payload in the frame, 0 to {@link #maxLength}
 */
public record PayloadHead(int flags, int waited, long time, @Nullable String rideshare, int length) {

	/** Most payload of a frame without a rideshare. */
	public static final int MAX_LENGTH = FrameType.MAX_BODY - FrameType.PAYLOAD_HEAD;

	/** Refuses what cannot be sent. */
	public PayloadHead {
		if ((rideshare != null) != ((flags & PayloadFlag.RIDESHARE) != 0)) {
			throw new IllegalArgumentException("The flag for a rideshare, and none, or the other way round");
		}
		if (rideshare != null) {
			Names.require("rideshare", rideshare, StreamType.MAX_NAME_LENGTH);
		}
		if (length < 0 || length > maxLength(rideshare)) {
			throw new IllegalArgumentException("A frame cannot hold " + length + " bytes of payload");
		}
	}

	/**
	 * Makes the head of payload that does not ride along.
	 * @param flags without {@link PayloadFlag#RIDESHARE}
	 * @param time us on the sender's clock
	 * @param length bytes of payload
	 * @return the head
	 */
	public static PayloadHead of(int flags, long time, int length) {
		return new PayloadHead(flags, 0, time, null, length);
	}

	/**
	 * Tells how much payload a frame can hold.
	 * @param rideshare the streamtype the payload belongs to, or {@code null}
	 * @return bytes
	 */
	public static int maxLength(@Nullable String rideshare) {
		return (rideshare != null) ? MAX_LENGTH - 1 - Names.length(rideshare) : MAX_LENGTH;
	}

	/** Flags of a piece of the frame: starts belong to the first, ends to the last. */
	int flagsOf(boolean first, boolean last) {
		int left = this.flags;
		if (!first) {
			left &= ~(PayloadFlag.SOM | PayloadFlag.POLL | PayloadFlag.RELATED_START);
		}
		if (!last) {
			left &= ~(PayloadFlag.EOM | PayloadFlag.RELATED_END);
		}
		return left;
	}

}
