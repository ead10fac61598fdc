package io.securestreams.transport.websocket;

import java.time.Duration;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.securestreams.engine.spi.StreamExecutor;
import org.jspecify.annotations.Nullable;

/**
 * The closing handshake (RFC 6455 section 7). After it the server closes the TCP
 * connection first and the client waits for that, both for a limited time: closing with
 * data unread would reset the connection and destroy what is still under way.
 */
final class Farewell {

	private final Channel channel;

	private final FrameWriter frames;

	private final boolean server;

	private final StreamExecutor executor;

	private final Duration patience;

	private boolean sent;

	private StreamExecutor.@Nullable Timer deadline;

	Farewell(Channel channel, FrameWriter frames, boolean server, StreamExecutor executor, Duration patience) {
		this.channel = channel;
		this.frames = frames;
		this.server = server;
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
			this.frames.control(Opcode.CLOSE, payload, payload.length);
			this.frames.flush();
		}
	}

	private void end() {
		awaitEnd();
		if (this.server) {
			this.channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((written) -> endOutput());
		}
	}

	private void awaitEnd() {
		if (this.deadline == null && this.channel.isActive()) {
			this.channel.config().setAutoRead(true);
			this.deadline = this.executor.schedule(() -> this.channel.close(), this.patience.toMillis());
		}
	}

	private void endOutput() {
		SslHandler tls = this.channel.pipeline().get(SslHandler.class);
		if (!(this.channel instanceof DuplexChannel duplex)) {
			this.channel.close();
		}
		else if (tls != null) {
			tls.closeOutbound().addListener((ChannelFuture closed) -> duplex.shutdownOutput());
		}
		else {
			duplex.shutdownOutput();
		}
	}

}
