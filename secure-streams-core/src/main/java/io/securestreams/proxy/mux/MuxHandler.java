package io.securestreams.proxy.mux;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Many channels over one connection, which stays whatever comes over it: after what makes
 * no sense both sides start again. On the connection's event loop.
 */
public final class MuxHandler extends ChannelInboundHandlerAdapter implements MuxDecoder.Listener {

	/** How long until the next PING. */
	static final long PING_MILLIS = 10_000;

	/** How long the other side has for its PONG. */
	static final long GRACE_MILLIS = 2000;

	/** An event loop that has been busy for so long has not read. */
	private static final long LATE_MICROS = 500_000;

	/** How long to wait before starting again. */
	static final long AGAIN_MILLIS = 2000;

	/** Most data in a frame, as proxies of libwebsockets have it. */
	private static final int CHUNK = 1300;

	/** Most bytes that wait for all channels together. */
	private static final int MOST_HELD = 4 * 1024 * 1024;

	/** So many of the numbers may be in use. */
	private static final int MOST_CHANNELS = 253;

	private static final int NUMBERS = 256;

	private static final Logger log = LoggerFactory.getLogger(MuxHandler.class);

	/** What becomes of a client's request for a channel. */
	public interface Opening {

		/**
		 * It is open.
		 * @param channel not registered with its event loop, without handlers
		 */
		void opened(MuxChannel channel);

		/**
		 * It is not going to be.
		 * @param reason why, in words
		 */
		void failed(String reason);

	}

	private final MuxDecoder decoder = new MuxDecoder();

	/** Of a server: gets every channel that the other side opens. */
	private final @Nullable Consumer<MuxChannel> accept;

	private final @Nullable MuxChannel[] channels = new MuxChannel[NUMBERS];

	/** Of a client: numbers that have been asked for. */
	private final @Nullable Opening[] asked = new Opening[NUMBERS];

	/** Of a client: numbers whose end the other side has not confirmed. */
	private final boolean[] ending = new boolean[NUMBERS];

	/** Asked for before the other side was there. */
	private final List<Opening> waiting = new ArrayList<>();

	private @Nullable ChannelHandlerContext ctx;

	private @Nullable Future<?> timer;

	/** Bytes that wait for channels to read. */
	private int held;

	private boolean started;

	private boolean up;

	private boolean gone;

	/** Time of the last PING, in µs. */
	private long pinged;

	private MuxHandler(@Nullable Consumer<MuxChannel> accept) {
		this.accept = accept;
	}

	/**
	 * Makes the side that opens channels.
	 * @return a handler for one connection
	 */
	public static MuxHandler client() {
		return new MuxHandler(null);
	}

	/**
	 * Makes the side that serves channels.
	 * @param accept gets each, not registered with its event loop, without handlers
	 * @return a handler for one connection
	 */
	public static MuxHandler server(Consumer<MuxChannel> accept) {
		return new MuxHandler(accept);
	}

	private ChannelHandlerContext context() {
		return Objects.requireNonNull(this.ctx, "not connected");
	}

	Channel channel() {
		return context().channel();
	}

	/**
	 * Whether the other side is there.
	 * @return {@code true} after PING and PONG
	 */
	public boolean isUp() {
		return this.up;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.ctx = context;
		if (context.channel().isActive()) {
			start();
		}
	}

	@Override
	public void channelActive(ChannelHandlerContext context) {
		start();
	}

	private void start() {
		if (this.started) {
			return;
		}
		this.started = true;
		context().channel().config().setAutoRead(true);
		reset();
	}

	/** Says that nothing of before counts, and asks whether anybody is there. */
	private void reset() {
		write(MuxCode.RESET_TRANSPORT);
		ping();
	}

	private void ping() {
		this.pinged = System.nanoTime() / 1000;
		ByteBuf out = frame(MuxCode.PING);
		out.writeLong(this.pinged);
		context().writeAndFlush(out);
		schedule(GRACE_MILLIS, () -> {
			long late = System.nanoTime() / 1000 - this.pinged - GRACE_MILLIS * 1000;
			if (this.up && late > LATE_MICROS) {
				// It is we who have not been there: what has come is going to be read now
				ping();
			}
			else if (this.up) {
				down("no PONG");
			}
			else {
				schedule(AGAIN_MILLIS, this::reset);
			}
		});
	}

	private void schedule(long millis, Runnable step) {
		Future<?> running = this.timer;
		if (running != null) {
			running.cancel(false);
		}
		this.timer = this.gone ? null : context().executor().schedule(step, millis, TimeUnit.MILLISECONDS);
	}

	private void up() {
		schedule(PING_MILLIS, this::ping);
		if (!this.up) {
			this.up = true;
			log.debug("{}: the other side is there", channel());
			List<Opening> due = List.copyOf(this.waiting);
			this.waiting.clear();
			due.forEach(this::open);
		}
	}

	private void down(String reason) {
		if (!this.up) {
			return;
		}
		log.warn("{}: all channels dropped: {}", channel(), reason);
		this.up = false;
		dropAll(reason);
		schedule(AGAIN_MILLIS, this::reset);
	}

	private void dropAll(String reason) {
		for (int number = 0; number < NUMBERS; number++) {
			this.ending[number] = false;
			MuxChannel open = this.channels[number];
			this.channels[number] = null;
			if (open != null) {
				open.ended();
			}
			Opening pending = this.asked[number];
			this.asked[number] = null;
			if (pending != null) {
				pending.failed(reason);
			}
		}
	}

	/**
	 * Opens a channel, as soon as the other side is there. On the event loop.
	 * @param opening told what becomes of it
	 */
	public void open(Opening opening) {
		if (this.gone) {
			opening.failed("the connection is closed");
			return;
		}
		if (!this.up) {
			this.waiting.add(opening);
			return;
		}
		int number = freeNumber();
		if (number < 0) {
			opening.failed("all channels are in use");
			return;
		}
		this.asked[number] = opening;
		write(MuxCode.CHANNEL_REQ, number);
		flush();
	}

	/**
	 * Takes back a request for a channel. On the event loop.
	 * @param opening hears nothing more
	 */
	public void cancel(Opening opening) {
		this.waiting.remove(opening);
		for (int number = 0; number < NUMBERS; number++) {
			if (this.asked[number] == opening) {
				this.asked[number] = null;
				this.ending[number] = true;
				write(MuxCode.CHANNEL_CLOSE, number);
				flush();
			}
		}
	}

	/** From 255 downwards; numbers whose end is not confirmed come last. */
	private int freeNumber() {
		int used = 0;
		int reusable = -1;
		int free = -1;
		for (int number = NUMBERS - 1; number >= 0; number--) {
			if (this.channels[number] != null || this.asked[number] != null) {
				used++;
			}
			else if (this.ending[number]) {
				reusable = (reusable < 0) ? number : reusable;
			}
			else if (free < 0) {
				free = number;
			}
		}
		if (used >= MOST_CHANNELS) {
			return -1;
		}
		if (free < 0 && used == 0) {
			// Proxies of libwebsockets confirm no end: only a new start frees their
			// numbers
			reset();
			this.up = false;
			dropAll("");
			return -1;
		}
		return free;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		ByteBuf bytes = (ByteBuf) message;
		try {
			this.decoder.read(bytes, this);
		}
		finally {
			bytes.release();
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		flush();
	}

	/** So many more bytes wait for channels to read. Returns whether they may. */
	boolean holds(int bytes) {
		boolean fits = this.held + bytes <= MOST_HELD;
		if (fits) {
			this.held += bytes;
		}
		return fits;
	}

	void tooSlow(int number) {
		log.warn("{}: channel {} ended: too much is unread", channel(), number);
	}

	@Override
	public void frame(MuxCode code, ByteBuf body) {
		switch (code) {
			case PING -> {
				ByteBuf out = frame(MuxCode.PONG);
				out.writeBytes(body).writeLong(System.nanoTime() / 1000);
				context().write(out);
			}
			case PONG -> {
				if (body.readLong() == this.pinged) {
					ByteBuf out = frame(MuxCode.PONGACK);
					out.writeLong(TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()));
					context().write(out);
					up();
				}
			}
			case PONGACK -> up();
			case RESET_TRANSPORT -> down("the other side starts again");
			default -> {
				if (this.up) {
					channelFrame(code, body.readUnsignedByte());
				}
			}
		}
	}

	private void channelFrame(MuxCode code, int number) {
		MuxChannel open = this.channels[number];
		Opening pending = this.asked[number];
		switch (code) {
			case CHANNEL_REQ -> requested(number, open);
			case CHANNEL_ACK -> {
				if (pending != null) {
					this.asked[number] = null;
					MuxChannel made = new MuxChannel(this, number);
					this.channels[number] = made;
					pending.opened(made);
				}
			}
			case CHANNEL_NACK -> {
				if (pending != null) {
					this.asked[number] = null;
					pending.failed("the other side refuses another channel");
				}
				this.ending[number] = false;
				end(number, open);
			}
			case CHANNEL_CLOSE -> {
				write(MuxCode.CHANNEL_CLOSE_ACK, number);
				end(number, open);
			}
			default -> this.ending[number] = false;
		}
	}

	private void requested(int number, @Nullable MuxChannel open) {
		Consumer<MuxChannel> server = this.accept;
		if (server == null) {
			write(MuxCode.CHANNEL_NACK, number);
		}
		else if (open == null) {
			this.ending[number] = false;
			MuxChannel made = new MuxChannel(this, number);
			this.channels[number] = made;
			write(MuxCode.CHANNEL_ACK, number);
			server.accept(made);
		}
	}

	private void end(int number, @Nullable MuxChannel open) {
		this.channels[number] = null;
		if (open != null) {
			open.ended();
		}
	}

	@Override
	public void data(int number, ByteBuf data) {
		MuxChannel open = this.channels[number];
		if (open != null) {
			open.received(data);
		}
		else if (this.up && !this.ending[number]) {
			write(MuxCode.CHANNEL_NACK, number);
		}
	}

	@Override
	public void unknown(int code) {
		this.decoder.restart();
		down("the other side sent 0x" + Integer.toHexString(code));
	}

	/** A channel of ours has been closed. */
	void closed(MuxChannel channel) {
		int number = channel.number();
		if (this.channels[number] == channel) {
			this.channels[number] = null;
			if (this.up && !this.gone) {
				this.ending[number] = true;
				write(MuxCode.CHANNEL_CLOSE, number);
				flush();
			}
		}
	}

	boolean isWritable() {
		return this.up && !this.gone && channel().isWritable();
	}

	/** Sends what a frame holds of what there is. */
	void send(int number, ByteBuf bytes) {
		int length = Math.min(CHUNK, bytes.readableBytes());
		ByteBuf out = context().alloc().ioBuffer(1 + MuxCode.MUX.length() + length);
		out.writeByte(MuxCode.MUX.code()).writeByte(number).writeShort(length);
		out.writeBytes(bytes, length);
		context().write(out);
	}

	void flush() {
		if (!this.gone) {
			context().flush();
		}
	}

	private ByteBuf frame(MuxCode code) {
		ByteBuf out = context().alloc().ioBuffer(1 + code.length());
		return out.writeByte(code.code());
	}

	private void write(MuxCode code) {
		context().write(frame(code));
	}

	private void write(MuxCode code, int number) {
		ByteBuf out = frame(code);
		out.writeByte(number);
		context().write(out);
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		if (context.channel().isWritable()) {
			for (MuxChannel open : this.channels) {
				if (open != null) {
					open.writable();
				}
			}
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		this.gone = true;
		this.up = false;
		Future<?> running = this.timer;
		if (running != null) {
			running.cancel(false);
		}
		dropAll("the connection is closed");
		List<Opening> none = List.copyOf(this.waiting);
		this.waiting.clear();
		none.forEach((opening) -> opening.failed("the connection is closed"));
		context.fireChannelInactive();
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		log.debug("{}: {}", context.channel(), cause.toString());
		context.close();
	}

}
