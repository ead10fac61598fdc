package io.securestreams.proxy.mux;

import java.util.function.Predicate;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.proxy.mux.MuxHandler.Opening;

/**
 * The numbers of one connection: which of them are channels, are to become one, or have
 * been. On the connection's event loop.
 */
final class MuxChannels {

	private static final int NUMBERS = 256;

	/** So many of the numbers may be in use. */
	private static final int MOST_CHANNELS = 253;

	/** Most bytes that wait for all channels together. */
	private static final int MOST_HELD = 4 * 1024 * 1024;

	private final MuxHandler mux;

	/** Of a server: is asked for every channel that the other side opens. */
	private final @Nullable Predicate<MuxChannel> accept;

	private final @Nullable MuxChannel[] channels = new MuxChannel[NUMBERS];

	/** Of a client: numbers that have been asked for. */
	private final @Nullable Opening[] asked = new Opening[NUMBERS];

	/** Of a client: numbers whose end the other side has not confirmed. */
	private final boolean[] ending = new boolean[NUMBERS];

	/** Bytes that wait for channels to read. */
	private int held;

	/** Which number is the first to write when the connection takes more. */
	private int turn;

	MuxChannels(MuxHandler mux, @Nullable Predicate<MuxChannel> accept) {
		this.mux = mux;
		this.accept = accept;
	}

	/**
	 * Asks the other side for a channel.
	 * @return whether there is a number for it
	 */
	boolean ask(Opening opening) {
		int number = freeNumber();
		if (number < 0) {
			return false;
		}
		this.asked[number] = opening;
		this.mux.write(MuxCode.CHANNEL_REQ, number);
		this.mux.flush();
		return true;
	}

	/** From 255 downwards, without those whose end is not confirmed. */
	private int freeNumber() {
		int used = 0;
		int free = -1;
		for (int number = NUMBERS - 1; number >= 0; number--) {
			if (isUsed(number)) {
				used++;
			}
			else if (free < 0 && !this.ending[number]) {
				free = number;
			}
		}
		return (used < MOST_CHANNELS) ? free : -1;
	}

	private boolean isUsed(int number) {
		return this.channels[number] != null || this.asked[number] != null;
	}

	/**
	 * Whether no number is in use, though they may wait for their end to be confirmed.
	 */
	boolean isEmpty() {
		for (int number = 0; number < NUMBERS; number++) {
			if (isUsed(number)) {
				return false;
			}
		}
		return true;
	}

	void cancel(Opening opening) {
		for (int number = 0; number < NUMBERS; number++) {
			if (this.asked[number] == opening) {
				this.asked[number] = null;
				this.ending[number] = true;
				this.mux.write(MuxCode.CHANNEL_CLOSE, number);
				this.mux.flush();
			}
		}
	}

	void frame(MuxCode code, int number) {
		switch (code) {
			case CHANNEL_REQ -> requested(number);
			case CHANNEL_ACK -> opened(number);
			case CHANNEL_NACK -> {
				Opening pending = this.asked[number];
				this.asked[number] = null;
				this.ending[number] = false;
				if (pending != null) {
					pending.failed("the other side refuses another channel");
				}
				end(number);
			}
			case CHANNEL_CLOSE -> {
				this.mux.write(MuxCode.CHANNEL_CLOSE_ACK, number);
				end(number);
			}
			default -> this.ending[number] = false;
		}
	}

	private void requested(int number) {
		if (this.channels[number] != null) {
			return;
		}
		Predicate<MuxChannel> server = this.accept;
		MuxChannel made = (server != null) ? new MuxChannel(this.mux, this, number) : null;
		if (server == null || made == null || !server.test(made)) {
			this.mux.write(MuxCode.CHANNEL_NACK, number);
			return;
		}
		this.ending[number] = false;
		this.channels[number] = made;
		this.mux.write(MuxCode.CHANNEL_ACK, number);
		this.mux.channel().eventLoop().register(made);
	}

	private void opened(int number) {
		Opening pending = this.asked[number];
		if (pending != null) {
			this.asked[number] = null;
			MuxChannel made = new MuxChannel(this.mux, this, number);
			this.channels[number] = made;
			pending.opened(made);
		}
	}

	private void end(int number) {
		MuxChannel open = this.channels[number];
		this.channels[number] = null;
		if (open != null) {
			open.ended();
		}
	}

	void data(int number, ByteBuf data, boolean first) {
		MuxChannel open = this.channels[number];
		if (open != null) {
			open.received(data);
		}
		else if (first && !this.ending[number]) {
			this.mux.write(MuxCode.CHANNEL_NACK, number);
		}
	}

	/** A channel of ours has been closed. */
	void closed(MuxChannel channel) {
		int number = channel.number();
		if (this.channels[number] == channel) {
			this.channels[number] = null;
			if (this.mux.isUp()) {
				this.ending[number] = true;
				this.mux.write(MuxCode.CHANNEL_CLOSE, number);
				this.mux.flush();
			}
		}
	}

	/** The other side knows of none any more. */
	void dropAll(String reason) {
		for (int number = 0; number < NUMBERS; number++) {
			this.ending[number] = false;
			end(number);
			Opening pending = this.asked[number];
			this.asked[number] = null;
			if (pending != null) {
				pending.failed(reason);
			}
		}
	}

	/**
	 * The connection takes more: from one channel after another, going on where it has
	 * taken no more the last time, for one that always has something would leave nothing
	 * to those after it.
	 */
	void writable() {
		for (int left = NUMBERS; left > 0 && this.mux.isWritable(); left--) {
			MuxChannel open = this.channels[this.turn];
			this.turn = (this.turn + 1) % NUMBERS;
			if (open != null) {
				open.writable();
			}
		}
	}

	/** So many more bytes wait for channels to read. Returns whether they may. */
	boolean holds(int bytes) {
		boolean fits = this.held + bytes <= MOST_HELD;
		if (fits) {
			this.held += bytes;
		}
		return fits;
	}

}
