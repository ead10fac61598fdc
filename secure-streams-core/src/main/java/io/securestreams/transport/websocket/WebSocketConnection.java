package io.securestreams.transport.websocket;

import io.netty.buffer.ByteBuf;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.policy.http.WebSocketOptions;
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

	private final StreamLink link;

	private final Carrier carrier;

	private final SlotTurns slots;

	private final Runnable readLater = guarded(this::read);

	private final ControlFrames controls;

	private final MessageReader reader;

	private final WebSocketFrameWriter frames;

	private final MessageWriter writer;

	private final WebSocketEnd end;

	/** Only with compression. */
	private final @Nullable IdleWatch idle;

	private boolean started;

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
		this.end = new WebSocketEnd(transport, link, carrier, this.reader, this.frames,
				new WebSocketClosing(carrier, this.frames, link.executor(), settings.closeTimeout()), this::stop);
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
		if (this.end.isOver()) {
			payload.release();
			return;
		}
		this.slots.written(payload.readableBytes());
		if (this.end.isPending()) {
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
		return this.end.isPending();
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
		if (this.reader.hasInput() || this.end.isPending()) {
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
		if (!this.end.isOver()) {
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
		if (!this.end.begin(phase, message, cause)) {
			return;
		}
		this.slots.drop();
		if (this.started && (!this.paused || !this.reader.hasInput())) {
			read();
		}
		else if (this.slots.isWanted()) {
			this.slots.schedule();
		}
	}

	/** Something that is no fault of the peer's nor the network's. */
	void unexpected(Throwable cause) {
		this.end.abort(new CloseFrame(CloseCode.INTERNAL_ERROR, ""), Phase.CONNECTION, "unexpected " + cause, cause);
	}

	/** The peer has ended its output. */
	void ended() {
		this.end.inputEnded();
		broken(Phase.CONNECTION, "the connection ended without a close frame", null);
	}

	/** The carrier is gone. */
	void gone() {
		this.end.gone();
	}

	@Override
	public void payload(ByteBuf payload, int flags) {
		if (!this.end.isOver()) {
			used();
			this.link.received(payload, flags);
		}
	}

	@Override
	public void control(int opcode, byte[] payload, int length) throws WebSocketViolation {
		if (opcode == Opcode.CLOSE) {
			CloseFrame frame = CloseFrame.parse(payload, length);
			// The peer still takes what answers what it has sent before
			serve(SlotTurns.MOST);
			this.end.closed(frame);
			return;
		}
		this.controls.received(opcode, payload, length, !this.end.isOver());
	}

	private void hangUp() {
		// A pong may be waiting behind what we do not read, or behind the rest of a frame
		// that is still coming in
		if ((this.paused || this.reader.isInsideFrame()) && this.controls.extend(this.paused)) {
			return;
		}
		broken(Phase.VALIDITY, "no sign of life from the peer in time", null);
		this.carrier.close();
	}

	private void read() {
		try {
			this.reader.run();
		}
		catch (WebSocketViolation ex) {
			serve(SlotTurns.MOST);
			this.end.abort(new CloseFrame(ex.closeCode(), String.valueOf(ex.getMessage())), Phase.PROTOCOL,
					String.valueOf(ex.getMessage()), null);
		}
		if (this.end.isPending() && !this.reader.hasInput()) {
			this.end.delivered();
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
		if (this.end.isOver() && !this.end.isPending()) {
			this.frames.flush();
			return;
		}
		if (!this.paused || (this.end.isPending() && !this.reader.hasInput())) {
			read();
		}
		if (!this.paused && !this.end.isOver() && !this.reader.hasInput()) {
			this.carrier.read(true);
		}
		serve();
		this.frames.flush();
	}

	private void serve() {
		serve(this.slots.due());
	}

	private void serve(int most) {
		if (this.slots.isServing() || this.end.isOver() || !this.started) {
			return;
		}
		this.controls.writable();
		this.slots.serve(most);
		if (this.draining && !this.end.isOver() && !this.slots.isWanted() && !this.writer.isInsideMessage()) {
			leave(CloseCode.GOING_AWAY);
			this.end.report(null);
		}
	}

	/**
	 * Says goodbye and reads on for the peer's close frame; what else comes is dropped.
	 */
	private void leave(int code) {
		this.started = true;
		if (!this.end.leave(code)) {
			return;
		}
		this.paused = false;
		this.reader.resume();
		this.carrier.read(true);
		if (this.reader.hasInput()) {
			this.link.executor().execute(this.readLater);
		}
	}

	/** Nothing is done for the stream any more. */
	private void stop() {
		this.slots.stop();
		this.controls.stop();
		if (this.idle != null) {
			this.idle.stop();
		}
		this.writer.close();
	}

	/** Name of the peer, for reports. */
	public String peer() {
		return this.carrier.peer();
	}

}
