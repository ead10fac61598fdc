package io.securestreams.proxy.wire;

import java.util.Arrays;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Takes a link's bytes apart into frames, however they are cut. Frames are passed on when
 * they are complete, payload as it arrives. Holds at most one frame without payload, and
 * of that no more than has arrived. For one thread at a time.
 *
 * @param <F> {@link ClientFrame} or {@link ProxyFrame}
 */
public abstract sealed class FrameDecoder<F> permits ClientFrameDecoder, ProxyFrameDecoder {

	private static final byte[] NOTHING = {};

	private enum Part {

		HEADER, BODY, PAYLOAD_HEAD, RIDESHARE_LENGTH, RIDESHARE, PAYLOAD

	}

	private final int payloadType;

	private final int maxCollected;

	private Part part = Part.HEADER;

	private int type;

	/** Bytes of the frame's body that have not been looked at. */
	private int remaining;

	private int flags;

	private int waited;

	private long time;

	private int rideshareLength;

	private @Nullable PayloadHead head;

	private byte[] collected = NOTHING;

	private int collectedLength;

	private boolean stopped;

	FrameDecoder(int payloadType, int maxCollected) {
		this.payloadType = payloadType;
		this.maxCollected = maxCollected;
	}

	/**
	 * Reads all there is, unless it is {@linkplain #stop() stopped}.
	 * @param in the bytes, borrowed; what is left over is of no use to anybody
	 * @param listener takes the frames
	 * @throws WireViolation if the link cannot go on
	 */
	public final void read(ByteBuf in, FrameListener<? super F> listener) throws WireViolation {
		while (!this.stopped && step(in, listener)) {
			continue;
		}
	}

	/**
	 * Ends reading: nothing is passed on any more. May be called by the listener.
	 */
	public final void stop() {
		this.stopped = true;
		this.collected = NOTHING;
	}

	/** Makes sense of what is not payload. */
	abstract F frame(int type, ByteBuf body) throws WireViolation;

	/** Whether a type can be, and with such a length, before its body has come. */
	abstract void check(int type, int length) throws WireViolation;

	abstract F payload(PayloadHead head, int offset, ByteBuf content);

	private boolean step(ByteBuf in, FrameListener<? super F> listener) throws WireViolation {
		if (this.part == Part.PAYLOAD) {
			return passPayload(in, listener);
		}
		int length = needed();
		boolean here = this.collectedLength == 0 && in.readableBytes() >= length;
		ByteBuf bytes = here ? in : collect(in, length);
		if (bytes == null) {
			return false;
		}
		switch (this.part) {
			case HEADER -> header(bytes.readUnsignedByte(), bytes.readUnsignedShort());
			case BODY -> {
				this.part = Part.HEADER;
				listener.onFrame(frame(this.type, bytes.readSlice(length)));
			}
			case PAYLOAD_HEAD -> {
				this.flags = bytes.readInt();
				this.waited = bytes.readInt();
				this.time = bytes.readLong();
				this.remaining -= FrameType.PAYLOAD_HEAD;
				if ((this.flags & PayloadFlag.RIDESHARE) == 0) {
					startPayload(null);
				}
				else {
					require(1);
					this.part = Part.RIDESHARE_LENGTH;
				}
			}
			case RIDESHARE_LENGTH -> {
				this.rideshareLength = bytes.readUnsignedByte();
				this.remaining--;
				require(this.rideshareLength);
				if (this.rideshareLength == 0 || this.rideshareLength > StreamType.MAX_NAME_LENGTH) {
					throw new WireViolation("a rideshare name of " + this.rideshareLength + " bytes");
				}
				this.part = Part.RIDESHARE;
			}
			default -> {
				this.remaining -= this.rideshareLength;
				startPayload(Names.read("rideshare", bytes, this.rideshareLength, StreamType.MAX_NAME_LENGTH));
			}
		}
		return true;
	}

	private int needed() {
		return switch (this.part) {
			case HEADER -> FrameType.HEADER;
			case BODY -> this.remaining;
			case PAYLOAD_HEAD -> FrameType.PAYLOAD_HEAD;
			case RIDESHARE_LENGTH -> 1;
			case RIDESHARE, PAYLOAD -> this.rideshareLength;
		};
	}

	private void header(int newType, int length) throws WireViolation {
		this.type = newType;
		this.remaining = length;
		if (newType == this.payloadType) {
			require(FrameType.PAYLOAD_HEAD);
			this.part = Part.PAYLOAD_HEAD;
			return;
		}
		check(newType, length);
		if (length > this.maxCollected) {
			throw new WireViolation("a frame of type " + hex(newType) + " of " + length + " bytes, at most "
					+ this.maxCollected + " are allowed");
		}
		this.part = Part.BODY;
	}

	private void startPayload(@Nullable String rideshare) {
		this.head = new PayloadHead(this.flags, this.waited, this.time, rideshare, this.remaining);
		this.part = Part.PAYLOAD;
	}

	private boolean passPayload(ByteBuf in, FrameListener<? super F> listener) throws WireViolation {
		PayloadHead current = this.head;
		int length = Math.min(this.remaining, in.readableBytes());
		if (current == null || (length == 0 && this.remaining > 0)) {
			return false;
		}
		int offset = current.length() - this.remaining;
		this.remaining -= length;
		if (this.remaining == 0) {
			this.part = Part.HEADER;
			this.head = null;
		}
		listener.onFrame(payload(current, offset, in.readSlice(length)));
		return true;
	}

	/** Puts so many bytes together, and gives them once they are there. */
	private @Nullable ByteBuf collect(ByteBuf in, int length) {
		int have = this.collectedLength;
		int missing = length - have;
		int taken = Math.min(missing, in.readableBytes());
		if (this.collected.length < have + taken) {
			this.collected = Arrays.copyOf(this.collected, Math.min(length, Math.max(2 * have, have + taken)));
		}
		in.readBytes(this.collected, have, taken);
		this.collectedLength += taken;
		if (taken < missing) {
			return null;
		}
		ByteBuf whole = Unpooled.wrappedBuffer(this.collected, 0, length);
		this.collected = NOTHING;
		this.collectedLength = 0;
		return whole;
	}

	private void require(int length) throws WireViolation {
		if (this.remaining < length) {
			throw new WireViolation("a frame of type " + hex(this.type) + " that is too short");
		}
	}

	static WireViolation badLength(int type, int length) {
		return new WireViolation("a frame of type " + hex(type) + " of " + length + " bytes");
	}

	static WireViolation badType(int type) {
		return new WireViolation("a frame of type " + hex(type));
	}

	private static String hex(int type) {
		return "0x" + Integer.toHexString(type);
	}

	static MetadataItem metadata(ByteBuf body) throws WireViolation {
		int nameLength = body.readUnsignedByte();
		if (nameLength > body.readableBytes()) {
			throw new WireViolation("metadata that ends inside its name");
		}
		String name = Names.read("metadata", body, nameLength, MetadataItem.MAX_NAME_LENGTH);
		byte[] value = new byte[body.readableBytes()];
		body.readBytes(value);
		return new MetadataItem(name, value);
	}

}
