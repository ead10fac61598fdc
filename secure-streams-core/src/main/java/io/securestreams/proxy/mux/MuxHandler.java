package io.securestreams.proxy.mux;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

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

	/** How many times both sides may start again in the time between two PINGs. */
	static final int MOST_STARTS = 16;

	/** Most bytes of answers to a side that does not read them. */
	private static final int MOST_UNSENT = 1024 * 1024;

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

	private final MuxChannels channels;

	/** Asked for before the other side was there. */
	private final List<Opening> waiting = new ArrayList<>();

	private @Nullable ChannelHandlerContext ctx;

	private @Nullable Future<?> timer;

	private boolean started;

	private boolean up;

	private boolean gone;

	/** How many times the other side has been there since {@link #startsSince}. */
	private int starts;

	private long startsSince = System.nanoTime();

	/** Time of the last PING, in µs. */
	private long pinged;

	private MuxHandler(@Nullable Predicate<MuxChannel> accept) {
		this.channels = new MuxChannels(this, accept);
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
	 * @param accept gets each, not registered with its event loop yet, to add handlers;
	 * says whether it is taken, otherwise the other side hears that it is not
	 * @return a handler for one connection
	 */
	public static MuxHandler server(Predicate<MuxChannel> accept) {
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
		this.decoder.restart();
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
		if (!this.up && channel().isOpen()) {
			this.up = true;
			log.debug("{}: the other side is there", channel());
			if (isStorm()) {
				this.up = false;
				log.warn("{}: closed, the other side starts again more than {} times in {} ms", channel(), MOST_STARTS,
						PING_MILLIS);
				channel().close();
				return;
			}
			List<Opening> due = List.copyOf(this.waiting);
			this.waiting.clear();
			due.forEach(this::open);
		}
	}

	private boolean isStorm() {
		long now = System.nanoTime();
		if (now - this.startsSince > TimeUnit.MILLISECONDS.toNanos(PING_MILLIS)) {
			this.startsSince = now;
			this.starts = 0;
		}
		return ++this.starts > MOST_STARTS;
	}

	private void down(String reason) {
		// There may be a frame that claims to be longer than it is
		this.decoder.restart();
		if (!this.up) {
			return;
		}
		if (this.channels.isEmpty()) {
			log.debug("{}: starts again: {}", channel(), reason);
		}
		else {
			log.warn("{}: all channels dropped: {}", channel(), reason);
		}
		this.up = false;
		this.channels.dropAll(reason);
		schedule(AGAIN_MILLIS, this::reset);
	}

	/**
	 * Opens a channel, as soon as the other side is there. On the event loop.
	 * @param opening told what becomes of it
	 */
	public void open(Opening opening) {
		if (this.gone) {
			opening.failed("the connection is closed");
		}
		else if (!this.up) {
			this.waiting.add(opening);
		}
		else if (!this.channels.ask(opening)) {
			if (!this.channels.isEmpty()) {
				opening.failed("all channels are in use");
				return;
			}
			// Proxies of libwebsockets confirm no end: only a new start frees their
			// numbers
			this.waiting.add(opening);
			this.up = false;
			this.channels.dropAll("the numbers of channels are used up");
			reset();
		}
	}

	/**
	 * Takes back a request for a channel. On the event loop.
	 * @param opening hears nothing more
	 */
	public void cancel(Opening opening) {
		this.waiting.remove(opening);
		this.channels.cancel(opening);
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

	@Override
	public void frame(MuxCode code, ByteBuf body) {
		switch (code) {
			case PING -> {
				ByteBuf out = frame(MuxCode.PONG);
				out.writeBytes(body).writeLong(System.nanoTime() / 1000);
				write(out);
			}
			case PONG -> {
				if (body.readLong() == this.pinged) {
					ByteBuf out = frame(MuxCode.PONGACK);
					out.writeLong(TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()));
					write(out);
					up();
				}
			}
			case PONGACK -> up();
			case RESET_TRANSPORT -> down("the other side starts again");
			default -> {
				if (this.up) {
					this.channels.frame(code, body.readUnsignedByte());
				}
			}
		}
	}

	@Override
	public void data(int number, ByteBuf data, boolean first) {
		if (this.up) {
			this.channels.data(number, data, first);
		}
	}

	@Override
	public void unknown(int code) {
		down("the other side sent 0x" + Integer.toHexString(code));
	}

	boolean isWritable() {
		return this.up && channel().isWritable();
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
		write(frame(code));
	}

	void write(MuxCode code, int number) {
		write(frame(code).writeByte(number));
	}

	/** Writes what, unlike data, does not wait until the connection takes it. */
	private void write(ByteBuf out) {
		if (channel().bytesBeforeWritable() > MOST_UNSENT) {
			out.release();
			if (channel().isOpen()) {
				log.warn("{}: closed, the other side does not read what it asks for", channel());
				channel().close();
			}
			return;
		}
		context().write(out);
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		if (context.channel().isWritable()) {
			this.channels.writable();
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
		this.channels.dropAll("the connection is closed");
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
