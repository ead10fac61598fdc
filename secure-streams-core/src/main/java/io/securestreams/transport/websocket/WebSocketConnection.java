package io.securestreams.transport.websocket;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.policy.WebSocketOptions;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.PeerName;
import io.securestreams.transport.TlsFailures;
import io.securestreams.transport.ValidityTimer;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket connection after its opening handshake, client's or server's end. Slots
 * are served once per read turn, or once per turn of the event loop when they were asked
 * for outside of one; each turn ends in one write and one flush.
 */
final class WebSocketConnection extends ChannelInboundHandlerAdapter implements MessageSink {

	static final String NAME = "websocket";

	/** After so many slots other connections of the event loop have their turn. */
	private static final int SLOTS_PER_TURN = 256;

	private static final int BYTES_PER_TURN = 1024 * 1024;

	private final WebSocketTransport transport;

	private final StreamLink link;

	private final Channel channel;

	private final WebSocketOptions options;

	private final @Nullable DeflateExtension deflate;

	private final WebSocketSettings settings;

	private final Runnable turn = this::turn;

	private final ValidityTimer validity;

	private final FloodMeter flood;

	private final MessageReader reader;

	private final FrameWriter frames;

	private final MessageWriter writer;

	private final Farewell farewell;

	private byte @Nullable [] pendingPong;

	/** Why it has ended, while what came before has still to be delivered. */
	private @Nullable StreamFailure ending;

	private boolean started;

	/** The link is told nothing any more. */
	private boolean over;

	private boolean paused;

	private boolean reading;

	private boolean serving;

	private boolean turnScheduled;

	private boolean writeWanted;

	private boolean draining;

	private boolean progress;

	private int turnBytes;

	/**
	 * Makes a connection, which begins to work with {@link #start}.
	 * @param transport is told the end
	 * @param link the stream
	 * @param channel the connection below
	 * @param server whether this is the server's end
	 * @param options the {@code ws_*} keys
	 * @param deflate what was agreed on about compression, or {@code null} for none
	 * @param settings limits
	 */
	WebSocketConnection(WebSocketTransport transport, StreamLink link, Channel channel, boolean server,
			WebSocketOptions options, @Nullable DeflateExtension deflate, WebSocketSettings settings) {
		this.transport = transport;
		this.link = link;
		this.channel = channel;
		this.options = options;
		this.deflate = deflate;
		this.settings = settings;
		this.flood = new FloodMeter(settings.maxControlRate());
		this.validity = ValidityTimer.of(link, this::ping, this::hangUp);
		this.reader = new MessageReader(server, settings.maxFrameSize(),
				(settings.maxMessageSize() == 0) ? Long.MAX_VALUE : settings.maxMessageSize(), inflater(), this);
		this.frames = new FrameWriter(channel, !server);
		this.writer = new MessageWriter(this.frames, options.binary(), deflater(), link.tag());
		this.farewell = new Farewell(channel, this.frames, server, link.executor(), settings.closeTimeout());
	}

	private @Nullable MessageInflater inflater() {
		return (this.deflate != null) ? new MessageInflater(this.channel.alloc(), this.deflate.peerTakeover(),
				this.settings.maxInflatedSize(), this.settings.maxInflateRatio()) : null;
	}

	private @Nullable MessageDeflater deflater() {
		return (this.deflate != null) ? new MessageDeflater(this.channel.alloc(), this.deflate.ownTakeover()) : null;
	}

	/** Begins to read, and to do what was asked for before. */
	void start(boolean paused, boolean writeWanted, boolean draining) {
		this.started = true;
		this.writeWanted = writeWanted;
		this.draining = draining;
		this.validity.start();
		if (paused) {
			pause();
		}
		scheduleTurn();
	}

	void requestWrite() {
		this.writeWanted = true;
		if (!this.reading && !this.serving) {
			scheduleTurn();
		}
	}

	void write(ByteBuf payload, int flags) {
		if (this.over) {
			payload.release();
			return;
		}
		this.turnBytes += payload.readableBytes();
		this.writer.write(payload, flags);
	}

	void pause() {
		this.paused = true;
		this.reader.pause();
		this.channel.config().setAutoRead(false);
	}

	void resume() {
		this.paused = false;
		this.reader.resume();
		if (this.reader.hasInput() || this.ending != null) {
			scheduleTurn();
		}
		else if (this.started) {
			this.channel.config().setAutoRead(true);
		}
	}

	void confirmValidity() {
		this.validity.confirm();
	}

	void drain() {
		this.draining = true;
		scheduleTurn();
	}

	/** Ends without a report; the closing handshake goes on in the background. */
	void close() {
		if (!this.over) {
			leave(CloseCode.NORMAL);
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		this.reading = true;
		this.progress = true;
		this.reader.add((ByteBuf) message);
		if (this.started) {
			read();
			if (!this.options.prioritizeReads()) {
				serve();
			}
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		this.reading = false;
		serve();
		this.frames.flush();
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		if (this.channel.isWritable() && !this.reading && !this.serving) {
			scheduleTurn();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (cause instanceof ClosedChannelException) {
			// A write that came too late; why it was, channelInactive knows
			return;
		}
		if (cause instanceof IOException || TlsFailures.isTls(cause)) {
			boolean tls = TlsFailures.isTls(cause);
			end(tls ? Phase.TLS : Phase.CONNECTION,
					tls ? TlsFailures.message(cause) : "the connection broke: " + cause.getMessage(), cause);
			ctx.close();
			return;
		}
		abort(new CloseFrame(CloseCode.INTERNAL_ERROR, ""), Phase.CONNECTION, "unexpected " + cause, cause);
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		this.farewell.ended();
		end(Phase.CONNECTION, "the connection ended without a close frame", null);
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		if (this.ending == null) {
			release();
		}
	}

	@Override
	public void payload(ByteBuf payload, int flags) {
		if (!this.over) {
			this.link.received(payload, flags);
		}
	}

	@Override
	public void control(int opcode, byte[] payload, int length) throws WebSocketViolation {
		if (opcode == Opcode.CLOSE) {
			closeReceived(CloseFrame.parse(payload, length));
			return;
		}
		if (!this.flood.admit(this.link.executor().nanoTime())) {
			throw new WebSocketViolation(CloseCode.POLICY_VIOLATION,
					"more than " + this.settings.maxControlRate() + " control frames in a second");
		}
		if (opcode == Opcode.PONG) {
			this.validity.confirm();
		}
		else if (!this.over) {
			pong(payload, length);
		}
	}

	/**
	 * A peer that does not take its pongs gets the latest only (RFC 6455 section 5.5.3).
	 */
	private void pong(byte[] payload, int length) {
		if (this.channel.isWritable()) {
			this.pendingPong = null;
			this.frames.control(Opcode.PONG, payload, length);
		}
		else {
			this.pendingPong = Arrays.copyOf(payload, length);
		}
	}

	private void ping() {
		this.progress = false;
		this.frames.control(Opcode.PING, new byte[0], 0);
		this.frames.flush();
	}

	private void hangUp() {
		// A pong may be waiting behind what we do not read, or behind the rest of a frame
		// that is still coming in
		if (this.paused || (this.reader.isInsideFrame() && this.progress)) {
			this.progress = false;
			this.validity.start();
			return;
		}
		end(Phase.VALIDITY, "no sign of life from the peer in time", null);
		this.channel.close();
	}

	private void closeReceived(CloseFrame frame) {
		boolean first = !this.over;
		finish();
		this.reader.close();
		this.farewell.answer(frame);
		if (first) {
			report(new StreamFailure(Phase.CONNECTION, "the peer closed the connection: " + frame, endpoint(), null,
					false, null));
		}
	}

	private void read() {
		try {
			this.reader.run();
		}
		catch (WebSocketViolation ex) {
			abort(new CloseFrame(ex.closeCode(), String.valueOf(ex.getMessage())), Phase.PROTOCOL,
					String.valueOf(ex.getMessage()), null);
		}
		if (this.ending != null && !this.reader.hasInput()) {
			StreamFailure failure = this.ending;
			finish();
			release();
			report(failure);
		}
	}

	/** Fails the connection (RFC 6455 section 7.1.7); nothing more is read from it. */
	private void abort(CloseFrame frame, Phase phase, String message, @Nullable Throwable cause) {
		boolean first = !this.over;
		finish();
		this.reader.close();
		this.farewell.abort(frame);
		if (first) {
			report(new StreamFailure(phase, message, endpoint(), cause, false, null));
		}
	}

	private void turn() {
		this.turnScheduled = false;
		if (this.over && this.ending == null) {
			this.frames.flush();
			return;
		}
		if (!this.paused) {
			read();
		}
		if (!this.paused && !this.over && !this.reader.hasInput()) {
			this.channel.config().setAutoRead(true);
		}
		serve();
		this.frames.flush();
	}

	private void serve() {
		if (this.serving || this.over || !this.started) {
			return;
		}
		this.serving = true;
		this.turnBytes = 0;
		try {
			if (this.pendingPong != null && isWritable()) {
				pong(this.pendingPong, this.pendingPong.length);
			}
			int slots = SLOTS_PER_TURN;
			while (this.writeWanted && !this.over && isWritable()) {
				if (slots-- == 0 || this.turnBytes > BYTES_PER_TURN) {
					scheduleTurn();
					break;
				}
				this.writeWanted = false;
				this.link.writable(this.settings.slotCapacity());
			}
		}
		finally {
			this.serving = false;
		}
		if (this.draining && !this.over && !this.writeWanted && !this.writer.isInsideMessage()) {
			leave(CloseCode.GOING_AWAY);
			report(null);
		}
	}

	private boolean isWritable() {
		if (!this.channel.isWritable()) {
			this.frames.flush();
		}
		return this.channel.isWritable();
	}

	private void end(Phase phase, String message, @Nullable Throwable cause) {
		if (this.over || this.ending != null) {
			return;
		}
		this.ending = new StreamFailure(phase, message, endpoint(), cause, false, null);
		if (this.started && !this.paused) {
			read();
		}
	}

	/**
	 * Says goodbye and reads on for the peer's close frame; what else comes is dropped.
	 */
	private void leave(int code) {
		finish();
		if (!this.channel.isActive()) {
			release();
			return;
		}
		this.farewell.begin(new CloseFrame(code, ""));
		this.paused = false;
		this.reader.resume();
		this.channel.config().setAutoRead(true);
		if (this.reader.hasInput()) {
			this.link.executor().execute(this::read);
		}
	}

	/** From here on the link is told the end at most. */
	private void finish() {
		this.over = true;
		this.ending = null;
		this.writeWanted = false;
		this.pendingPong = null;
		this.validity.stop();
		this.writer.close();
	}

	private void release() {
		this.reader.close();
		this.frames.release();
	}

	private void report(@Nullable StreamFailure failure) {
		this.transport.ended(this.link, failure);
	}

	private String endpoint() {
		return PeerName.of(this.channel);
	}

	private void scheduleTurn() {
		if (!this.turnScheduled) {
			this.turnScheduled = true;
			this.link.executor().execute(this.turn);
		}
	}

}
