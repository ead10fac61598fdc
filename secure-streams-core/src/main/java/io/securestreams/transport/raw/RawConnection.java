package io.securestreams.transport.raw;

import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.DuplexConnection;
import io.securestreams.transport.loop.PeerName;
import io.securestreams.transport.tls.TlsFailures;

/**
 * Bytes in and out of one established connection: what arrives, and how it ends. What
 * leaves is flushed once per read turn, or once per turn of the event loop when it was
 * asked for outside of one.
 */
final class RawConnection extends ChannelInboundHandlerAdapter implements DuplexConnection {

	static final String NAME = "raw";

	private final RawTransport transport;

	private final StreamLink link;

	private final Channel channel;

	private final PeerWatch watch;

	private final RawOutput output;

	private final RawSlots slots;

	private final AnswerTime answerTime;

	/**
	 * Arrived while reading was paused; TLS and the end of a stream bring more than asked
	 * for.
	 */
	private @Nullable Deque<ByteBuf> held;

	/** Why it has ended, while {@link #held} has still to be delivered. */
	private @Nullable StreamFailure ending;

	private boolean started;

	private boolean over;

	private boolean paused;

	private boolean reading;

	private boolean sent;

	/** The application sends no more. */
	private boolean outputEnded;

	/** The peer sends no more. */
	private boolean inputEnded;

	private boolean draining;

	private boolean finishing;

	RawConnection(RawTransport transport, StreamLink link, Channel channel) {
		this.transport = transport;
		this.link = link;
		this.channel = channel;
		this.watch = new PeerWatch(link, channel, this::hangUp);
		this.output = new RawOutput(channel);
		this.slots = new RawSlots(link, channel, this.output, this::turn);
		this.answerTime = new AnswerTime(channel, transport.isAccepted());
	}

	@Override
	public void start(boolean paused, boolean writeWanted, boolean draining) {
		this.started = true;
		this.paused = paused;
		this.slots.want(writeWanted);
		this.draining = draining;
		this.watch.start();
		if (writeWanted || draining || this.held != null || this.ending != null || this.inputEnded) {
			this.slots.schedule();
		}
		if (!paused && this.held == null) {
			this.channel.config().setAutoRead(true);
		}
	}

	@Override
	public void requestWrite() {
		this.slots.want(true);
		if (!this.reading && !this.slots.isServing()) {
			this.slots.schedule();
		}
	}

	@Override
	public void write(ByteBuf payload, int flags) {
		if (this.over || this.outputEnded || !payload.isReadable()) {
			boolean end = !payload.isReadable() && flags == PayloadFlags.EOM;
			payload.release();
			if (end) {
				endOutput();
			}
			return;
		}
		this.sent = true;
		this.answerTime.sent();
		this.output.add(payload);
	}

	@Override
	public void pause() {
		this.paused = true;
		this.channel.config().setAutoRead(false);
	}

	@Override
	public void resume() {
		this.paused = false;
		if (this.held != null || this.ending != null) {
			this.slots.schedule();
		}
		else if (this.started) {
			this.channel.config().setAutoRead(true);
			if (this.inputEnded) {
				this.slots.schedule();
			}
		}
	}

	@Override
	public void confirmValidity() {
		this.watch.confirm();
	}

	@Override
	public void drain() {
		this.draining = true;
		this.slots.schedule();
	}

	@Override
	public void close() {
		finish();
		this.channel.close();
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		ByteBuf bytes = (ByteBuf) message;
		this.reading = true;
		if (this.over || !bytes.isReadable()) {
			bytes.release();
		}
		else if (this.paused || this.held != null || !this.started) {
			this.held = (this.held != null) ? this.held : new ArrayDeque<>();
			this.held.add(bytes);
		}
		else {
			deliver(bytes);
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		this.reading = false;
		confirmValidity();
		serve();
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		if (!this.reading) {
			serve();
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event == SslCloseCompletionEvent.SUCCESS) {
			// Engines close both halves when the peer has closed its own
			ctx.close();
		}
		else if (event == ChannelInputShutdownEvent.INSTANCE) {
			this.inputEnded = true;
			this.answerTime.peerEnded();
			serve();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (cause instanceof ClosedChannelException) {
			// A write that came too late; why it was, channelInactive knows
			return;
		}
		if (this.inputEnded) {
			// It has closed both halves, which shows when something is sent
			ctx.close();
			return;
		}
		boolean tls = TlsFailures.isTls(cause);
		if (!tls && this.watch.hasFound(cause)) {
			end(Phase.VALIDITY, "no sign of life from the peer: " + cause.getMessage(), cause);
			ctx.close();
			return;
		}
		end(tls ? Phase.TLS : Phase.CONNECTION,
				tls ? TlsFailures.message(cause) : "the connection broke: " + cause.getMessage(), cause);
		ctx.close();
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		end(Phase.CONNECTION,
				TlsFailures.isTruncated(ctx.channel())
						? "the peer closed the connection without close_notify: the data may be incomplete"
						: "the peer closed the connection",
				null);
	}

	private void hangUp() {
		end(Phase.VALIDITY, "no sign of life from the peer in time", null);
		this.channel.close();
	}

	private void turn() {
		this.slots.begun();
		if (this.over) {
			return;
		}
		Deque<ByteBuf> waiting = this.held;
		while (waiting != null && !this.paused && !this.over) {
			ByteBuf next = waiting.poll();
			if (next == null) {
				this.held = null;
				break;
			}
			deliver(next);
		}
		if (this.over) {
			return;
		}
		if (this.held == null && this.ending != null) {
			report(this.ending);
			return;
		}
		if (this.held == null && !this.paused) {
			this.channel.config().setAutoRead(true);
		}
		serve();
	}

	private void serve() {
		if (this.slots.isServing() || this.over || !this.started) {
			return;
		}
		this.slots.serve();
		if (this.slots.isWanted() || this.over || this.finishing) {
			return;
		}
		if (this.draining) {
			afterWrites(this::complete);
		}
		else if (this.inputEnded && this.held == null && !(this.paused && this.transport.isAccepted())) {
			// The peer sends no more, and the application has had all of it
			afterWrites(() -> this.answerTime.elapse(this.channel::close));
		}
	}

	/** Goes on once everything written has left, unless there is more by then. */
	private void afterWrites(Runnable next) {
		this.finishing = true;
		this.output.flush();
		this.channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((written) -> {
			this.finishing = false;
			if (this.over) {
				return;
			}
			if (!written.isSuccess()) {
				this.channel.close();
			}
			else if (this.slots.isWanted()) {
				this.slots.schedule();
			}
			else {
				next.run();
			}
		});
	}

	/** Everything is sent: ends the stream in order. */
	private void complete() {
		finish();
		RawClosing.begin(this.channel);
		this.transport.ended(this.link, null);
	}

	/** Tells the peer that nothing follows; what it sends is received further on. */
	private void endOutput() {
		if (this.over || this.outputEnded) {
			return;
		}
		this.outputEnded = true;
		this.slots.stop();
		this.output.flush();
		if (!this.output.end()) {
			end(Phase.TLS, "the sending half has ended, and with it the connection: BoringSSL does not close by halves"
					+ " (expected: the JDK's TLS, or no TLS)", null);
			RawClosing.begin(this.channel);
		}
	}

	private void deliver(ByteBuf bytes) {
		this.answerTime.received();
		try {
			this.link.received(bytes, 0);
		}
		finally {
			bytes.release();
		}
	}

	private void end(Phase phase, String message, @Nullable Throwable cause) {
		if (this.over || this.ending != null) {
			return;
		}
		StreamFailure failure = new StreamFailure(phase, message, PeerName.of(this.channel), cause, !this.sent, null);
		this.ending = failure;
		if (this.started && this.held == null) {
			report(failure);
		}
	}

	private void report(StreamFailure failure) {
		finish();
		this.transport.ended(this.link, failure);
	}

	private void finish() {
		this.over = true;
		this.slots.stop();
		this.watch.stop();
		this.answerTime.stop();
		this.output.release();
		Deque<ByteBuf> undelivered = this.held;
		this.held = null;
		if (undelivered != null) {
			undelivered.forEach(ByteBuf::release);
		}
	}

}
