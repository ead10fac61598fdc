package io.securestreams.transport.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Error;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.stream.PrintableText;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http2.frame.FrameListener;
import io.securestreams.transport.http2.frame.HeaderLimits;
import io.securestreams.transport.http2.frame.Http2FrameReader;
import io.securestreams.transport.http2.frame.Http2FrameWriter;
import io.securestreams.transport.http2.frame.Http2Violation;
import io.securestreams.transport.loop.ChannelTask;

/**
 * The only handler of a connection behind TLS: reads frames, and sees to it that all that
 * they lead to leaves together. What they mean for the connection is the business of
 * {@link Http2Connection}.
 */
public abstract class Http2Handler extends ChannelInboundHandlerAdapter implements ConnectionSide {

	/** Name of the handler in the pipeline. */
	public static final String NAME = "http2";

	/** Bytes of frames that may be on their way when the connection ends, beside DATA. */
	private static final int MAX_DISCARDED = 64 * 1024;

	private static final Logger logger = LoggerFactory.getLogger(Http2Handler.class);

	private final Channel channel;

	private final int maxDiscarded;

	private Http2FrameReader reader;

	private Http2Output output;

	/** Bytes that have arrived since the connection is over. */
	private int discarded;

	@SuppressWarnings("NullAway.Init") // both need the connection
	Http2Handler(Channel channel, int window) {
		this.channel = channel;
		this.maxDiscarded = window + MAX_DISCARDED;
	}

	final void start(FrameListener frames, Http2Output sending, HeaderLimits limits) {
		this.reader = new Http2FrameReader(frames, this.channel.alloc(), limits);
		this.output = sending;
	}

	/** Whether the connection is over. */
	protected abstract boolean isClosed();

	/**
	 * Returns the numeric address, or socket path, of the peer.
	 */
	public abstract String peerName();

	/** The peer has given a sign of life. */
	abstract void proof();

	/**
	 * Closes at once; open streams fail.
	 * @param phase what they are told
	 * @param error error code for GOAWAY
	 * @param reason why
	 */
	public abstract void shutdown(Phase phase, Http2Error error, String reason);

	/** The network connection is gone. */
	abstract void lost(StreamEnd end);

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		ByteBuf in = (ByteBuf) msg;
		try {
			if (isClosed()) {
				discard(in.readableBytes());
				return;
			}
			if (!this.output.isInTurn()) {
				this.output.startTurn();
				proof();
			}
			if (readPreface(in)) {
				this.reader.read(in);
			}
		}
		catch (Http2Violation ex) {
			shutdown(Phase.PROTOCOL, ex.error(), String.valueOf(ex.getMessage()));
		}
		finally {
			in.release();
		}
	}

	/**
	 * The peer may not have heard yet that it is over; more than that is not waited for.
	 */
	private void discard(int bytes) {
		this.discarded += bytes;
		if (this.discarded > this.maxDiscarded) {
			this.channel.close();
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		if (this.output.isInTurn()) {
			this.output.endTurn();
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		if (this.channel.isWritable()) {
			this.output.schedule();
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		lost(StreamEnd.of(Phase.CONNECTION, "connection closed by the peer"));
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		logger.debug("[h2 {}] connection fails: {}", peerName(), PrintableText.of(String.valueOf(cause)));
		lost(new StreamEnd(Phase.CONNECTION, String.valueOf(cause.getMessage()), cause, false));
		ctx.close();
	}

	/** Returns what writes frames. */
	public Http2FrameWriter writer() {
		return this.output.writer();
	}

	/** Lets the peer make windows larger than they can be. */
	public void tolerateWindowOverflow() {
		this.output.tolerateWindowOverflow();
	}

	/** Returns how many bytes are held that the windows have no room for. */
	protected int heldBytes() {
		return this.output.held();
	}

	/** Returns what sends bodies. */
	Http2Output output() {
		return this.output;
	}

	/** Returns what reads frames. */
	protected Http2FrameReader reader() {
		return this.reader;
	}

	/** Returns the network connection. */
	protected Channel channel() {
		return this.channel;
	}

	ByteBufAllocator alloc() {
		return this.channel.alloc();
	}

	/** Runs a task on the event loop, later. */
	public void execute(Runnable task) {
		this.channel.eventLoop().execute(ChannelTask.of(this::channel, task));
	}

	/** Reads no more. */
	void closeInput() {
		this.reader.close();
	}

}
