package io.securestreams.proxy.server;

import java.io.IOException;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.proxy.wire.ClientFrame;
import io.securestreams.proxy.wire.ClientFrameDecoder;
import io.securestreams.proxy.wire.WireViolation;
import io.securestreams.stream.PrintableText;
import io.securestreams.transport.tls.TlsContexts;

/**
 * A link's place on its connection: finds out who the client is, and reads its frames.
 */
final class LinkHandler extends ChannelInboundHandlerAdapter {

	private static final Logger logger = LoggerFactory.getLogger(LinkHandler.class);

	private final ProxyLink link;

	private final ClientFrameDecoder decoder;

	LinkHandler(ProxyLink link, int maxMetadata) {
		this.link = link;
		this.decoder = new ClientFrameDecoder(maxMetadata);
	}

	@Override
	public void channelActive(ChannelHandlerContext context) {
		this.link.start(context);
		if (context.pipeline().get(TlsContexts.HANDLER) == null) {
			begin(context);
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof SslHandshakeCompletionEvent handshake) {
			if (handshake.isSuccess()) {
				begin(context);
			}
			else {
				this.link.refuse(Refusal.PROTOCOL, "TLS handshake: " + handshake.cause());
			}
		}
		else if (event instanceof ChannelInputShutdownEvent) {
			// There are no half closed links
			this.link.close();
		}
	}

	private void begin(ChannelHandlerContext context) {
		try {
			if (this.link.admit(PeerReader.of(context.channel()))) {
				context.channel().config().setAutoRead(true);
			}
		}
		catch (IOException | RuntimeException ex) {
			this.link.refuse(Refusal.CLIENT, "nobody knows who it is: " + ex);
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		ByteBuf bytes = (ByteBuf) message;
		try {
			this.link.read(whole(bytes));
			this.decoder.read(bytes, this::onFrame);
		}
		catch (WireViolation ex) {
			this.link.refuse(Refusal.PROTOCOL, String.valueOf(ex.getMessage()));
		}
		catch (RuntimeException ex) {
			logger.warn("[{}] link dropped", this.link.name(), ex);
			this.link.close();
		}
		finally {
			bytes.release();
		}
	}

	/** Many links may have parts of one buffer. */
	private static int whole(ByteBuf bytes) {
		ByteBuf all = bytes;
		for (ByteBuf next = bytes.unwrap(); next != null; next = next.unwrap()) {
			all = next;
		}
		return all.capacity();
	}

	private void onFrame(ClientFrame frame) throws WireViolation {
		this.link.onFrame(frame);
		if (this.link.isClosed()) {
			// What else has come is of no interest
			this.decoder.stop();
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		this.link.onWritability();
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		this.decoder.stop();
		this.link.ended();
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (cause instanceof IOException || this.link.isClosed()) {
			logger.debug("[{}] link broken: {}", this.link.name(), PrintableText.of(cause.toString(), 200));
		}
		else {
			logger.warn("[{}] link dropped", this.link.name(), cause);
		}
		this.link.close();
	}

}
