package io.securestreams.transport.raw;

import io.netty.channel.Channel;

import io.securestreams.engine.spi.AcceptedTransport;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.transport.loop.PeerName;
import io.securestreams.transport.tls.PeerIdentity;

/**
 * An accepted raw stream.
 */
final class RawServerTransport extends RawTransport implements AcceptedTransport {

	private final Channel channel;

	private boolean closed;

	RawServerTransport(Channel channel) {
		this.channel = channel;
	}

	/** The engine has taken the connection; TLS comes next if it is wanted. */
	void attach(StreamLink link, boolean tls) {
		if (!this.closed) {
			this.channel.pipeline().addLast(RawServerOpening.NAME, new RawServerOpening(this, link, tls));
		}
	}

	void opened(StreamLink link) {
		PeerIdentity.of(this.channel).tell(link);
		established(link, this.channel, PeerName.of(this.channel));
	}

	boolean isClosed() {
		return this.closed;
	}

	@Override
	boolean isAccepted() {
		return true;
	}

	@Override
	protected void abandon() {
		this.closed = true;
		if (this.channel.pipeline().get(RawConnection.NAME) == null) {
			this.channel.close();
		}
	}

}
