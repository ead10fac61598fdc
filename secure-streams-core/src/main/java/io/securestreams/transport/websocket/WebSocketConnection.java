package io.securestreams.transport.websocket;

import io.netty.buffer.ByteBuf;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.policy.http.WebSocketOptions;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.DuplexConnection;
import io.securestreams.transport.websocket.frame.Carrier;
import io.securestreams.transport.websocket.frame.CloseCode;
import io.securestreams.transport.websocket.frame.CloseFrame;
import io.securestreams.transport.websocket.frame.ControlFrames;
import io.securestreams.transport.websocket.frame.DeflateExtension;
import io.securestreams.transport.websocket.frame.MessageReader;
import io.securestreams.transport.websocket.frame.MessageSink;
import io.securestreams.transport.websocket.frame.MessageWriter;
import io.securestreams.transport.websocket.frame.Opcode;
import io.securestreams.transport.websocket.frame.WebSocketFrameWriter;
import io.securestreams.transport.websocket.frame.WebSocketViolation;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket connection after its opening handshake, client's or server's end,
 * whatever carries it. Slots are served once per read turn, or once per turn of the event
 * loop when they were asked for outside of one; each turn ends in one write and one
 * flush.
 */
public final class WebSocketConnection implements DuplexConnection, MessageSink {

	private final WebSocketTransport transport;

	private final StreamLink link;

	private final Carrier carrier;

	private final SlotTurns slots;

	private final Runnable readLater = guarded(this::read);

	private final ControlFrames controls;

	private final MessageReader reader;

	private final WebSocketFrameWriter frames;

	private final MessageWriter writer;

	private final WebSocketClosing farewell;

	/** Only with compression. */
	private final @Nullable IdleWatch idle;

	/** Why it has ended, while what came before has still to be delivered. */
	private @Nullable StreamFailure ending;

	private boolean started;

	/** The link is told nothing any more. */
	private boolean over;

	private boolean paused;

	private boolean reading;

	private boolean draining;

	/**
	 * Makes a connection, which begins to work with {@link #start}.
	 * @param transport is told the end
	 * @param link the stream
	 * @param carrier the connection below; passes on what arrives
	 * @param server whether this is the server's end
	 * @param options the {@code ws_*} keys
	 * @param deflate what was agreed on about compression, or {@code null} for none
	 * @param settings limits
	 */
	public WebSocketConnection(WebSocketTransport transport, StreamLink link, Carrier carrier, boolean server,
			WebSocketOptions options, @Nullable DeflateExtension deflate, WebSocketLimits settings) {
		this.transport = transport;
		this.link = link;
		this.carrier = carrier;
		this.reader = new MessageReader(server, settings.maxFrameSize(),
				(settings.maxMessageSize() == 0) ? Long.MAX_VALUE : settings.maxMessageSize(),
				(deflate != null) ? deflate.inflater(carrier.alloc(), settings) : null, this);
		this.frames = new WebSocketFrameWriter(carrier, !server);
		this.writer = new MessageWriter(this.frames, options.binary(),
				(deflate != null) ? deflate.deflater(carrier.alloc()) : null, link.tag());
		this.slots = new SlotTurns(link, carrier, this.frames, options.prioritizeReads(), settings.slotCapacity(),
				guarded(this::turn));
		this.farewell = new WebSocketClosing(carrier, this.frames, link.executor(), settings.closeTimeout());
		this.idle = (deflate != null) ? new IdleWatch(link.executor(), this::giveBack) : null;
		this.controls = new ControlFrames(link, carrier, this.frames, settings.maxControlRate(), this::hangUp);
	}

	/** Compression costs more memory than all else. */
	private void giveBack() {
		this.reader.giveBack();
		this.writer.giveBack();
	}

	private void used() {
		if (this.idle != null) {
			this.idle.used();
		}
	}

	@Override
	public void start(boolean paused, boolean writeWanted, boolean draining) {
		this.started = true;
		this.slots.want(writeWanted);
		this.draining = draining;
		this.controls.start();
		if (paused) {
			pause();
		}
		this.slots.schedule();
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
		if (this.over) {
			payload.release();
			return;
		}
		this.slots.written(payload.readableBytes());
		if (this.ending != null) {
			payload.release();
			if (this.slots.isEnough()) {
				this.reader.close();
				this.slots.schedule();
			}
			return;
		}
		used();
		this.writer.write(payload, flags);
	}

	@Override
	public boolean isDropping() {
		return this.ending != null;
	}

	@Override
	public void pause() {
		this.paused = true;
		this.reader.pause();
		this.carrier.read(false);
	}

	@Override
	public void resume() {
		this.paused = false;
		this.reader.resume();
		if (this.reader.hasInput() || this.ending != null) {
			this.slots.schedule();
		}
		else if (this.started) {
			this.carrier.read(true);
		}
	}

	@Override
	public void confirmValidity() {
		this.controls.confirmValidity();
	}

	@Override
	public void drain() {
		this.draining = true;
		this.slots.schedule();
	}

	/** The closing handshake goes on in the background. */
	@Override
	public void close() {
		if (!this.over) {
			leave(CloseCode.NORMAL);
		}
	}

	/**
	 * Bytes have arrived.
	 * @param bytes owned from now on
	 */
	void received(ByteBuf bytes) {
		this.reading = true;
		this.slots.arrived();
		this.controls.progress();
		this.reader.add(bytes);
		if (this.started) {
			read();
			if (!this.slots.isReadingFirst()) {
				serve();
			}
		}
	}

	/** Nothing more has arrived for now. */
	void receivedAll() {
		this.reading = false;
		if (this.slots.isReadingFirst()) {
			// There may be more to read
			this.slots.schedule();
		}
		else {
			serve();
		}
		this.frames.flush();
	}

	/** The carrier takes more. */
	void writable() {
		if (!this.reading && !this.slots.isServing()) {
			this.slots.schedule();
		}
	}

	/** The carrier has failed and is about to be gone. */
	void broken(Phase phase, String message, @Nullable Throwable cause) {
		end(phase, message, cause);
	}

	/** Something that is no fault of the peer's nor the network's. */
	void unexpected(Throwable cause) {
		abort(new CloseFrame(CloseCode.INTERNAL_ERROR, ""), Phase.CONNECTION, "unexpected " + cause, cause);
	}

	/** The peer has ended its output. */
	void ended() {
		this.farewell.ended();
		end(Phase.CONNECTION, "the connection ended without a close frame", null);
	}

	/** The carrier is gone. */
	void gone() {
		if (this.ending == null) {
			release();
		}
	}

	@Override
	public void payload(ByteBuf payload, int flags) {
		if (!this.over) {
			used();
			this.link.received(payload, flags);
		}
	}

	@Override
	public void control(int opcode, byte[] payload, int length) throws WebSocketViolation {
		if (opcode == Opcode.CLOSE) {
			closeReceived(CloseFrame.parse(payload, length));
			return;
		}
		this.controls.received(opcode, payload, length, !this.over);
	}

	private void hangUp() {
		// A pong may be waiting behind what we do not read, or behind the rest of a frame
		// that is still coming in
		if ((this.paused || this.reader.isInsideFrame()) && this.controls.extend(this.paused)) {
			return;
		}
		end(Phase.VALIDITY, "no sign of life from the peer in time", null);
		this.carrier.close();
	}

	private void closeReceived(CloseFrame frame) {
		// The peer still takes what answers what it has sent before
		serve(SlotTurns.MOST);
		boolean first = !this.over;
		finish();
		this.reader.close();
		this.farewell.answer(frame);
		if (first) {
			report(new StreamFailure(Phase.CONNECTION, "the peer closed the connection: " + frame, peer(), null, false,
					null));
		}
	}

	private void read() {
		try {
			this.reader.run();
		}
		catch (WebSocketViolation ex) {
			serve(SlotTurns.MOST);
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
			report(new StreamFailure(phase, message, peer(), cause, false, null));
		}
	}

	/** What fails ends the connection, and is not left half done. */
	private Runnable guarded(Runnable task) {
		return () -> {
			try {
				task.run();
			}
			catch (Throwable ex) {
				unexpected(ex);
			}
		};
	}

	private void turn() {
		this.slots.begun();
		if (this.over && this.ending == null) {
			this.frames.flush();
			return;
		}
		if (!this.paused || (this.ending != null && !this.reader.hasInput())) {
			read();
		}
		if (!this.paused && !this.over && !this.reader.hasInput()) {
			this.carrier.read(true);
		}
		serve();
		this.frames.flush();
	}

	private void serve() {
		serve(this.slots.due());
	}

	private void serve(int most) {
		if (this.slots.isServing() || this.over || !this.started) {
			return;
		}
		this.controls.writable();
		this.slots.serve(most);
		if (this.draining && !this.over && !this.slots.isWanted() && !this.writer.isInsideMessage()) {
			leave(CloseCode.GOING_AWAY);
			report(null);
		}
	}

	private void end(Phase phase, String message, @Nullable Throwable cause) {
		if (this.over || this.ending != null) {
			return;
		}
		this.ending = new StreamFailure(phase, message, peer(), cause, false, null);
		this.slots.drop();
		if (this.started && (!this.paused || !this.reader.hasInput())) {
			read();
		}
		else if (this.slots.isWanted()) {
			this.slots.schedule();
		}
	}

	/**
	 * Says goodbye and reads on for the peer's close frame; what else comes is dropped.
	 */
	private void leave(int code) {
		finish();
		// From here on the peer's close frame is all there is to do
		this.started = true;
		if (!this.carrier.isOpen()) {
			release();
			return;
		}
		this.farewell.begin(new CloseFrame(code, ""));
		this.paused = false;
		this.reader.resume();
		this.carrier.read(true);
		if (this.reader.hasInput()) {
			this.link.executor().execute(this.readLater);
		}
	}

	/** From here on the link is told the end at most. */
	private void finish() {
		this.over = true;
		this.ending = null;
		this.slots.stop();
		this.controls.stop();
		if (this.idle != null) {
			this.idle.stop();
		}
		this.writer.close();
	}

	private void release() {
		this.reader.close();
		this.frames.release();
	}

	private void report(@Nullable StreamFailure failure) {
		this.transport.ended(this.link, failure);
	}

	/** Name of the peer, for reports. */
	public String peer() {
		return this.carrier.peer();
	}

}
