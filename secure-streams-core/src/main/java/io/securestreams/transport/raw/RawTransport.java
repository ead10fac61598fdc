package io.securestreams.transport.raw;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;

import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.transport.DuplexTransport;

/**
 * What clients and accepted raw streams have in common.
 */
abstract class RawTransport extends DuplexTransport<RawConnection> {

	@Override
	public TransportKind kind() {
		return TransportKind.BYTES;
	}

	/** The connection is usable. */
	void established(StreamLink link, Channel channel, String peer) {
		RawConnection established = new RawConnection(this, link, channel);
		// With TLS an end without close_notify is the end of the whole
		channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, channel.pipeline().get(SslHandler.class) == null);
		channel.pipeline().addLast(RawConnection.NAME, established);
		established(link, established, peer);
	}

	/** Whether the peer is the one who has connected. */
	boolean isAccepted() {
		return false;
	}

}
