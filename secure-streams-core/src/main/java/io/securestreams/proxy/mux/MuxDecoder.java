package io.securestreams.proxy.mux;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of the mux layer, however they are cut. Data is passed on as it
 * arrives.
 */
final class MuxDecoder {

	/**
	 * Is told what has been read.
	 */
	interface Listener {

		/**
		 * A frame without data.
		 * @param code what it is
		 * @param body what follows its code, borrowed
		 */
		void frame(MuxCode code, ByteBuf body);

		/**
		 * A piece of a channel's data.
		 * @param channel 0..255
		 * @param data borrowed
		 * @param first whether the frame starts with it
		 */
		void data(int channel, ByteBuf data, boolean first);

		/** A byte that starts no frame. */
		void unknown(int code);

	}

	private static final int LONGEST = 16;

	private final ByteBuf head = Unpooled.buffer(LONGEST, LONGEST);

	private @Nullable MuxCode code;

	private int channel;

	/** Bytes of data to come. */
	private int left;

	private boolean first;

	void read(ByteBuf bytes, Listener listener) {
		while (bytes.isReadable()) {
			if (this.left > 0) {
				int length = Math.min(this.left, bytes.readableBytes());
				this.left -= length;
				boolean starts = this.first;
				this.first = false;
				listener.data(this.channel, bytes.readSlice(length), starts);
				continue;
			}
			MuxCode current = this.code;
			if (current == null) {
				int first = bytes.readUnsignedByte();
				current = MuxCode.of(first);
				if (current == null) {
					listener.unknown(first);
					continue;
				}
				this.code = current;
			}
			int missing = current.length() - this.head.readableBytes();
			this.head.writeBytes(bytes, Math.min(missing, bytes.readableBytes()));
			if (this.head.readableBytes() == current.length()) {
				complete(current, listener);
			}
		}
	}

	private void complete(MuxCode current, Listener listener) {
		this.code = null;
		if (current == MuxCode.MUX) {
			this.channel = this.head.readUnsignedByte();
			this.left = this.head.readUnsignedShort();
			this.first = true;
		}
		else {
			listener.frame(current, this.head);
		}
		this.head.clear();
	}

	/** Whatever has been read in part is not going to be complete. */
	void restart() {
		this.code = null;
		this.left = 0;
		this.head.clear();
	}

}
