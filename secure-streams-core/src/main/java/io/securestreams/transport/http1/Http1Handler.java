package io.securestreams.transport.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.securestreams.limits.HttpMessageLimits;
import io.securestreams.transport.tls.TlsContexts;
import org.jspecify.annotations.Nullable;

/**
 * What both ends of a connection share: bytes that wait to be decoded, one flush per read
 * turn, holding back while the stream is paused, and the end of input.
 */
public abstract class Http1Handler extends ChannelInboundHandlerAdapter implements BodyDecoder.Content {

	/** Name in the pipeline. */
	public static final String NAME = "http1";

	private final HeadScanner scanner;

	private final int maxFields;

	public final BodyDecoder body;

	private @Nullable ChannelHandlerContext context;

	private @Nullable ByteBuf pending;

	private boolean decoding;

	private boolean reading;

	private boolean flushPending;

	private boolean inBody;

	private boolean inputEnded;

	private boolean closeNotify;

	private boolean closed;

	/** Another protocol has taken the connection. */
	private boolean handedOver;

	private @Nullable Throwable cause;

	public Http1Handler(HttpMessageLimits limits) {
		this.scanner = new HeadScanner(limits.maxLineLength(), limits.maxHeaderSize());
		this.body = new BodyDecoder(limits.maxHeaderSize(), limits.maxChunkExtensions());
		this.maxFields = limits.maxHeaders();
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.context = ctx;
	}

	public final ChannelHandlerContext context() {
		ChannelHandlerContext ctx = this.context;
		if (ctx == null) {
			throw new IllegalStateException("not in a pipeline");
		}
		return ctx;
	}

	public final Channel channel() {
		return context().channel();
	}

	public final boolean isTls() {
		return channel().pipeline().get(TlsContexts.HANDLER) != null;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		if (this.handedOver && !this.decoding) {
			ctx.fireChannelRead(message);
			return;
		}
		if (!(message instanceof ByteBuf bytes) || (this.closed && !this.handedOver)) {
			if (message instanceof ByteBuf late) {
				discarded(late.readableBytes());
			}
			ReferenceCountUtil.release(message);
			return;
		}
		if (this.decoding) {
			// A read inside a callback would pull the buffer from under the decoder
			ctx.executor().execute(() -> {
				channelRead(ctx, bytes);
				channelReadComplete(ctx);
			});
			return;
		}
		this.reading = true;
		int count = bytes.readableBytes();
		ByteBuf waiting = this.pending;
		this.pending = (waiting == null) ? bytes
				: ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), waiting, bytes);
		arrived(count);
		decode();
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		this.reading = false;
		if (this.flushPending) {
			this.flushPending = false;
			ctx.flush();
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		this.inputEnded = true;
		decode();
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event instanceof SslCloseCompletionEvent close && close.isSuccess()) {
			this.closeNotify = true;
			this.inputEnded = true;
			decode();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable ex) {
		if (this.cause == null) {
			this.cause = ex;
		}
		this.inputEnded = true;
		decode();
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		releasePending();
	}

	/**
	 * Decodes what has arrived, as far as it may be delivered. Never runs inside itself.
	 */
	public final void decode() {
		if (this.decoding) {
			return;
		}
		this.decoding = true;
		try {
			boolean more = true;
			while (more && !this.closed && !isHeld()) {
				if (this.inBody && this.body.isDone()) {
					this.inBody = false;
					bodyEnded();
				}
				else {
					ByteBuf in = this.pending;
					more = in != null && in.isReadable() && step(in);
				}
			}
			if (this.inputEnded && !this.closed && !isHeld()) {
				inputEnded(this.cause);
			}
		}
		catch (MalformedMessageException ex) {
			malformed(ex);
		}
		finally {
			this.decoding = false;
			if (this.handedOver) {
				handOver();
			}
			else if (this.pending != null && (this.closed || !this.pending.isReadable())) {
				releasePending();
			}
		}
	}

	/**
	 * Leaves the connection to the handlers behind, now or once the current decoding
	 * ends: they get what has not been decoded.
	 */
	public final void leavePipeline() {
		this.closed = true;
		this.handedOver = true;
		if (!this.decoding) {
			handOver();
		}
	}

	private void handOver() {
		ChannelHandlerContext ctx = context();
		ByteBuf rest = this.pending;
		this.pending = null;
		ctx.pipeline().remove(this);
		if (rest != null && rest.isReadable()) {
			ctx.fireChannelRead(rest);
			ctx.fireChannelReadComplete();
		}
		else if (rest != null) {
			rest.release();
		}
	}

	private boolean step(ByteBuf in) throws MalformedMessageException {
		if (this.inBody) {
			this.body.decode(in, this);
			return true;
		}
		if (!beforeHead(in)) {
			return false;
		}
		int size = this.scanner.find(in);
		if (size < 0) {
			return false;
		}
		MessageHead head = MessageHead.shared();
		head.load(in, in.readerIndex(), size, this.maxFields);
		in.skipBytes(size);
		this.scanner.reset();
		this.inBody = true;
		head(head);
		return true;
	}

	@Override
	public final boolean content(ByteBuf piece) {
		bodyContent(piece);
		return !this.closed && !isHeld();
	}

	/**
	 * Whether more bytes of the current turn are waiting.
	 * @return {@code true} if something follows what has been decoded
	 */
	public final boolean hasPending() {
		return this.pending != null && this.pending.isReadable();
	}

	/**
	 * Whether the end of input is the peer's intention for sure.
	 * @return without TLS {@code true}, with TLS whether close_notify has arrived
	 */
	public final boolean isOrderlyEnd() {
		return this.cause == null && (this.closeNotify || !isTls());
	}

	public final boolean isInputEnded() {
		return this.inputEnded;
	}

	/** The peer sends no more, but may still read. */
	public final void endInput() {
		this.inputEnded = true;
		decode();
	}

	public final boolean isClosed() {
		return this.closed;
	}

	public final void write(ByteBuf bytes) {
		ChannelHandlerContext ctx = context();
		ctx.write(bytes, ctx.voidPromise());
	}

	/** Flushes at the end of the read turn, or now if there is none. */
	public final void flushSoon() {
		if (this.reading) {
			this.flushPending = true;
		}
		else {
			context().flush();
		}
	}

	/** Nothing is decoded or reported from here on. */
	public final void stopDecoding() {
		this.closed = true;
		if (!this.decoding) {
			releasePending();
		}
	}

	private void releasePending() {
		ByteBuf waiting = this.pending;
		this.pending = null;
		if (waiting != null) {
			waiting.release();
		}
	}

	/** Whether nothing may be delivered at the moment. */
	protected abstract boolean isHeld();

	/** Bytes have arrived. */
	protected abstract void arrived(int count);

	/** Bytes have arrived that nobody looks at any more. */
	protected void discarded(int count) {
	}

	/**
	 * Looks at what comes before a head.
	 * @return {@code false} to wait for more
	 */
	protected abstract boolean beforeHead(ByteBuf in) throws MalformedMessageException;

	/**
	 * A head has been received. Starts {@link #body}, which may be an empty one.
	 */
	protected abstract void head(MessageHead head) throws MalformedMessageException;

	protected abstract void bodyContent(ByteBuf piece);

	protected abstract void bodyEnded();

	/** Nothing more comes from the peer. */
	protected abstract void inputEnded(@Nullable Throwable cause);

	/** The peer breaks the protocol. */
	protected abstract void malformed(MalformedMessageException ex);

}
