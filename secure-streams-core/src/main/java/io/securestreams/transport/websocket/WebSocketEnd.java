package io.securestreams.transport.websocket;

import io.securestreams.engine.spi.StreamLink;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.websocket.frame.Carrier;
import io.securestreams.transport.websocket.frame.CloseFrame;
import io.securestreams.transport.websocket.frame.MessageReader;
import io.securestreams.transport.websocket.frame.WebSocketFrameWriter;
import org.jspecify.annotations.Nullable;

/**
 * The end of a connection, whoever brings it about, and what its stream is told of it:
 * once, and after what came before has been delivered. On the connection's executor.
 */
final class WebSocketEnd {

	private final WebSocketTransport transport;

	private final StreamLink link;

	private final Carrier carrier;

	private final MessageReader reader;

	private final WebSocketFrameWriter frames;

	private final WebSocketClosing closing;

	private final Runnable stop;

	/** Why it has ended, while what came before has still to be delivered. */
	private @Nullable StreamFailure pending;

	private boolean over;

	/**
	 * Makes the end of a connection, which is still to come.
	 * @param transport is told the end
	 * @param link the stream
	 * @param carrier the connection below
	 * @param reader what is read by
	 * @param frames what is on its way to the carrier
	 * @param closing the closing handshake
	 * @param stop stops all that goes on for the stream; may be called more than once
	 */
	WebSocketEnd(WebSocketTransport transport, StreamLink link, Carrier carrier, MessageReader reader,
			WebSocketFrameWriter frames, WebSocketClosing closing, Runnable stop) {
		this.transport = transport;
		this.link = link;
		this.carrier = carrier;
		this.reader = reader;
		this.frames = frames;
		this.closing = closing;
		this.stop = stop;
	}

	/** Whether the link is told nothing any more. */
	boolean isOver() {
		return this.over;
	}

	/** Whether it has ended, which the link is still to be told. */
	boolean isPending() {
		return this.pending != null;
	}

	/**
	 * The connection has ended; {@link #delivered()} follows.
	 * @param phase where
	 * @param message how that shows
	 * @param cause what is behind it, or {@code null}
	 * @return {@code false} if that is nothing new
	 */
	boolean begin(Phase phase, String message, @Nullable Throwable cause) {
		if (this.over || this.pending != null) {
			return false;
		}
		this.pending = failure(phase, message, cause);
		return true;
	}

	/** What came before the end has been delivered. */
	void delivered() {
		StreamFailure failure = this.pending;
		finish();
		release();
		report(failure);
	}

	/** Fails the connection (RFC 6455 section 7.1.7); nothing more is read from it. */
	void abort(CloseFrame frame, Phase phase, String message, @Nullable Throwable cause) {
		boolean first = !this.over;
		finish();
		this.reader.close();
		this.closing.abort(frame);
		if (first) {
			report(failure(phase, message, cause));
		}
	}

	/** The peer's close frame has arrived. */
	void closed(CloseFrame frame) {
		boolean first = !this.over;
		finish();
		this.reader.close();
		this.closing.answer(frame);
		if (first) {
			report(failure(Phase.CONNECTION, "the peer closed the connection: " + frame, null));
		}
	}

	/**
	 * Says goodbye; from here on the peer's close frame is all there is to wait for.
	 * @param code close code
	 * @return {@code false} if nobody is there any more
	 */
	boolean leave(int code) {
		finish();
		if (!this.carrier.isOpen()) {
			release();
			return false;
		}
		this.closing.begin(new CloseFrame(code, ""));
		return true;
	}

	/** The peer has ended its output. */
	void inputEnded() {
		this.closing.ended();
	}

	/** The carrier is gone. */
	void gone() {
		if (this.pending == null) {
			release();
		}
	}

	/** From here on the link is told the end at most. */
	private void finish() {
		this.over = true;
		this.pending = null;
		this.stop.run();
	}

	private void release() {
		this.reader.close();
		this.frames.release();
	}

	/** Tells the link the end, {@code null} for one in peace. */
	void report(@Nullable StreamFailure failure) {
		this.transport.ended(this.link, failure);
	}

	private StreamFailure failure(Phase phase, String message, @Nullable Throwable cause) {
		return new StreamFailure(phase, message, this.carrier.peer(), cause, false, null);
	}

}
