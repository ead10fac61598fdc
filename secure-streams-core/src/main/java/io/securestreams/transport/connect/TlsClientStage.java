package io.securestreams.transport.connect;

import java.net.IDN;
import java.util.List;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

import io.securestreams.engine.spi.Address;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.loop.NumericAddress;
import io.securestreams.transport.tls.TlsContexts;
import io.securestreams.transport.tls.TlsFailures;

/**
 * Waits for the end of the TLS handshake, then goes away.
 */
final class TlsClientStage extends ChannelInboundHandlerAdapter {

	static final String NAME = "tls-stage";

	private final ConnectOperation operation;

	TlsClientStage(ConnectOperation operation) {
		this.operation = operation;
	}

	/**
	 * Makes the handler of one connection; the certificate has to be for the address.
	 */
	static SslHandler handler(SslContext context, Address address, ByteBufAllocator allocator) {
		String host = TlsContexts.UNIX_SOCKET_NAME;
		int port = -1;
		if (address instanceof Address.Host target) {
			host = target.host();
			port = target.port();
		}
		boolean numeric = NumericAddress.parse(host) != null;
		if (!numeric) {
			host = asciiName(host);
		}
		SslHandler handler = context.newHandler(allocator, host, port);
		SSLParameters parameters = handler.engine().getSSLParameters();
		parameters.setEndpointIdentificationAlgorithm("HTTPS");
		if (!numeric) {
			// By themselves engines leave out names without a dot
			try {
				parameters.setServerNames(List.of(new SNIHostName(host)));
			}
			catch (IllegalArgumentException ex) {
				// A name that DNS takes and TLS does not, as one with "_"
				parameters.setServerNames(List.of());
			}
		}
		handler.engine().setSSLParameters(parameters);
		return handler;
	}

	private static String asciiName(String host) {
		String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
		try {
			return IDN.toASCII(name);
		}
		catch (IllegalArgumentException ex) {
			return name;
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (!(event instanceof SslHandshakeCompletionEvent completion)) {
			ctx.fireUserEventTriggered(event);
			return;
		}
		if (completion.isSuccess()) {
			ctx.pipeline().remove(this);
			this.operation.secured(ctx.channel(), ctx.pipeline().get(SslHandler.class));
		}
		else {
			this.operation.fail(Phase.TLS, TlsFailures.message(completion.cause()), completion.cause());
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		this.operation.fail(Phase.TLS, TlsFailures.message(cause), cause);
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		this.operation.fail(Phase.TLS, "the peer closed the connection during the handshake", null);
	}

}
