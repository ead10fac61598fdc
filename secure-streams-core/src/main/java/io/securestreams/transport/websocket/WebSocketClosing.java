package io.securestreams.transport.websocket;

import java.time.Duration;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.transport.websocket.frame.Carrier;
import io.securestreams.transport.websocket.frame.CloseFrame;
import io.securestreams.transport.websocket.frame.Opcode;
import io.securestreams.transport.websocket.frame.WebSocketFrameWriter;
import org.jspecify.annotations.Nullable;

/**
 * The closing handshake (RFC 6455 section 7). After it the server closes the TCP
 * connection first and the client waits for that, both for a limited time: closing with
 * data unread would reset the connection and destroy what is still under way.
 */
final class WebSocketClosing {

	private final Carrier carrier;

	private final WebSocketFrameWriter frames;

	private final StreamExecutor executor;

	private final Duration patience;

	private boolean sent;

	private StreamExecutor.@Nullable Timer deadline;

	WebSocketClosing(Carrier carrier, WebSocketFrameWriter frames, StreamExecutor executor, Duration patience) {
		this.carrier = carrier;
		this.frames = frames;
		this.executor = executor;
		this.patience = patience;
	}

	/** Asks the peer to close; its close frame is to be passed to {@link #answer}. */
	void begin(CloseFrame frame) {
		send(frame);
		awaitEnd();
	}

	/** The peer's close frame has arrived, first or in answer to ours. */
	void answer(CloseFrame frame) {
		send(new CloseFrame(frame.code(), ""));
		end();
	}

	/** Closes without waiting for the peer's close frame. */
	void abort(CloseFrame frame) {
		send(frame);
		end();
	}

	/** The connection has ended. */
	void ended() {
		if (this.deadline != null) {
			this.deadline.cancel();
			this.deadline = null;
		}
	}

	private void send(CloseFrame frame) {
		if (!this.sent) {
			this.sent = true;
			byte[] payload = frame.payload();
			try {
				this.frames.control(Opcode.CLOSE, payload, payload.length);
				this.frames.flush();
			}
			catch (OutOfMemoryError ex) {
				// No room for a goodbye
				this.carrier.close();
			}
		}
	}

	private void end() {
		awaitEnd();
		this.carrier.endOutput();
	}

	private void awaitEnd() {
		if (this.deadline == null && this.carrier.isOpen()) {
			this.carrier.read(true);
			this.deadline = this.executor.schedule(this.carrier::close, this.patience.toMillis());
		}
	}

}
