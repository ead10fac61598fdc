package io.securestreams.transport.connect;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.socksx.v5.Socks5AuthMethod;
import io.netty.handler.codec.socksx.v5.Socks5InitialResponse;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

import io.securestreams.policy.Socks5Proxy;
import io.securestreams.stream.StreamFailure.Phase;

/**
 * Looks at the method of authentication that the proxy has chosen before the codec does,
 * which stumbles over those it was not set up for. Goes away with the answer.
 */
final class Socks5MethodCheck extends ChannelInboundHandlerAdapter {

	static final String NAME = "socks5-method";

	private final ConnectOperation operation;

	Socks5MethodCheck(ConnectOperation operation) {
		this.operation = operation;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		if (!(message instanceof Socks5InitialResponse response)) {
			ctx.fireChannelRead(message);
			return;
		}
		ctx.pipeline().remove(this);
		String refusal = refusal(response.authMethod());
		if (refusal == null) {
			ctx.fireChannelRead(message);
			return;
		}
		ReferenceCountUtil.release(message);
		this.operation.fail(Phase.PROXY, refusal, null);
	}

	private @Nullable String refusal(Socks5AuthMethod chosen) {
		Socks5Proxy proxy = this.operation.proxy();
		boolean password = proxy != null && proxy.user() != null;
		if (chosen.equals(Socks5AuthMethod.NO_AUTH) || (password && chosen.equals(Socks5AuthMethod.PASSWORD))) {
			return null;
		}
		String offered = password ? "none, or user and password" : "none";
		if (chosen.equals(Socks5AuthMethod.UNACCEPTED)) {
			return "SOCKS5 proxy " + proxy + " wants another authentication than what it was offered: " + offered;
		}
		return String.format("SOCKS5 proxy %s has chosen authentication method 0x%02x, which it was not offered: %s",
				proxy, chosen.byteValue() & 0xff, offered);
	}

}
