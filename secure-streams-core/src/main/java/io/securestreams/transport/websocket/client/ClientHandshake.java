package io.securestreams.transport.websocket.client;

import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http1.BodyDecoder;
import io.securestreams.transport.http1.HeadScanner;
import io.securestreams.transport.http1.MalformedMessageException;
import io.securestreams.transport.http1.MessageHead;
import io.securestreams.transport.tls.TlsFailures;
import org.jspecify.annotations.Nullable;

/**
 * Sends the opening handshake and waits for the head of its answer, or all of a refusal,
 * both of limited size and in a limited time. What follows the head goes to the handler
 * that comes after this one when it is removed.
 */
final class ClientHandshake extends ByteToMessageDecoder {

	static final String NAME = "websocket-handshake";

	private static final int MAX_FIELDS = 200;

	private static final int MAX_INTERIM = 16;

	private final HandshakeRequest request;

	private final Listener listener;

	private final StreamExecutor executor;

	private final WebSocketLimits settings;

	private final HeadScanner scanner;

	private StreamExecutor.@Nullable Timer deadline;

	private long sentNanos;

	private int interim;

	private boolean over;

	/** Takes the body of a refusal. */
	private @Nullable RefusalText refusal;

	private @Nullable BodyDecoder body;

	ClientHandshake(HandshakeRequest request, Listener listener, StreamExecutor executor, WebSocketLimits settings) {
		this.request = request;
		this.listener = listener;
		this.executor = executor;
		this.settings = settings;
		this.scanner = new HeadScanner(settings.maxHeadSize(), settings.maxHeadSize());
	}

	/** Sends the request; the handler is in the pipeline. */
	void begin(Channel channel) {
		this.sentNanos = this.executor.nanoTime();
		this.deadline = this.executor.schedule(
				() -> fail(Phase.HANDSHAKE, "no answer to the opening handshake within "
						+ this.settings.handshakeTimeout().toMillis() + " ms", null),
				this.settings.handshakeTimeout().toMillis());
		channel.writeAndFlush(this.request.encode(channel.alloc()), channel.voidPromise());
		channel.config().setAutoRead(true);
	}

	/** Reports nothing any more. */
	void stop() {
		this.over = true;
		if (this.deadline != null) {
			this.deadline.cancel();
			this.deadline = null;
		}
	}

	@Override
	protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
		if (this.over) {
			in.skipBytes(in.readableBytes());
			return;
		}
		try {
			if (this.refusal != null && this.body != null) {
				this.body.decode(in, this.refusal);
				if (this.body.isDone() || this.refusal.isFull()) {
					explain(this.refusal);
				}
				return;
			}
			int size = this.scanner.find(in);
			if (size >= 0) {
				MessageHead head = MessageHead.shared();
				head.load(in, in.readerIndex(), size, MAX_FIELDS);
				in.skipBytes(size);
				this.scanner.reset();
				answered(status(head), head);
			}
		}
		catch (MalformedMessageException ex) {
			fail(Phase.PROTOCOL, "answer to the opening handshake: " + ex.getMessage(), null);
		}
	}

	private void answered(int status, MessageHead head) throws MalformedMessageException {
		long micros = (this.executor.nanoTime() - this.sentNanos) / 1000;
		if (status == 101) {
			stop();
			this.listener.answered(status, head, micros);
		}
		else if (status >= 200) {
			RefusalText text = new RefusalText();
			boolean follows = RefusalText.isText(head) && startBody(status, head);
			this.listener.answered(status, head, micros);
			if (!this.over) {
				this.refusal = text;
				if (!follows) {
					explain(text);
				}
			}
		}
		else if (++this.interim > MAX_INTERIM) {
			throw new MalformedMessageException(400, "more than " + MAX_INTERIM + " interim responses");
		}
	}

	private boolean startBody(int status, MessageHead head) throws MalformedMessageException {
		BodyDecoder decoder = new BodyDecoder(RefusalText.MAX_BYTES, RefusalText.MAX_BYTES);
		long length = head.contentLength();
		if (head.isChunked()) {
			decoder.startChunked();
		}
		else if (length >= 0) {
			decoder.startLength(length);
		}
		else {
			decoder.startUntilClose();
		}
		this.body = decoder;
		return status != 204 && status != 304 && !decoder.isDone();
	}

	private void explain(RefusalText text) {
		stop();
		this.listener.explained(text.text());
	}

	private static int status(MessageHead head) throws MalformedMessageException {
		String line = head.text(0, head.startLineEnd());
		boolean proper = line.length() >= 12 && line.startsWith("HTTP/1.1 ")
				&& (line.length() == 12 || line.charAt(12) == ' ');
		int status = 0;
		for (int i = 9; proper && i < 12; i++) {
			int digit = line.charAt(i) - '0';
			proper = digit >= 0 && digit <= 9;
			status = status * 10 + digit;
		}
		if (!proper || status < 100) {
			throw new MalformedMessageException(400, "not a status line of HTTP/1.1");
		}
		return status;
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) throws Exception {
		super.channelInactive(ctx);
		fail(Phase.HANDSHAKE, "the peer closed the connection instead of answering the opening handshake", null);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		boolean tls = TlsFailures.isTls(cause);
		fail(tls ? Phase.TLS : Phase.HANDSHAKE,
				tls ? TlsFailures.message(cause) : "the connection broke: " + cause.getMessage(), cause);
		ctx.close();
	}

	private void fail(Phase phase, String message, @Nullable Throwable cause) {
		if (this.over) {
			return;
		}
		if (this.refusal != null) {
			// That it was refused is known all the same
			explain(this.refusal);
			return;
		}
		stop();
		this.listener.failed(phase, message, cause);
	}

	/**
	 * Is told how it ended, once.
	 */
	interface Listener {

		/**
		 * The answer's head is there. Unless it is 101, {@link #explained} follows.
		 * @param status status code
		 * @param head the head, to be used during this call only
		 * @param micros how long it took, µs
		 */
		void answered(int status, MessageHead head, long micros);

		/**
		 * The end of a refusal.
		 * @param text start of its body if that is text, else empty
		 */
		void explained(String text);

		/**
		 * There is no proper answer.
		 * @param phase what was being done
		 * @param message what went wrong
		 * @param cause the exception behind it, or {@code null}
		 */
		void failed(Phase phase, String message, @Nullable Throwable cause);

	}

}
