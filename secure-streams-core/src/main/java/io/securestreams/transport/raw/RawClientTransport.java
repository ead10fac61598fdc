package io.securestreams.transport.raw;

import java.util.List;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.stream.StreamFailure;
import io.securestreams.transport.connect.ConnectAttempt;
import io.securestreams.transport.connect.ConnectListener;
import io.securestreams.transport.connect.ConnectReport;
import io.securestreams.transport.connect.Connector;
import io.securestreams.transport.connect.Origin;
import io.securestreams.transport.loop.EventLoopExecutor;
import io.securestreams.transport.loop.PeerName;

/**
 * A raw client stream: one connection per attempt.
 */
final class RawClientTransport extends RawTransport implements ClientTransport, ConnectListener {

	private final Connector connector;

	private final ClientLink link;

	private @Nullable ConnectAttempt attempt;

	private @Nullable ConnectReport report;

	RawClientTransport(Connector connector, ClientLink link) {
		this.connector = connector;
		this.link = link;
	}

	@Override
	public void connect() {
		reset();
		this.report = null;
		this.attempt = this.connector.connect(((EventLoopExecutor) this.link.executor()).eventLoop(),
				Origin.of(this.link, List.of()), this);
	}

	@Override
	public void connected(Channel channel, ConnectReport report) {
		this.attempt = null;
		this.report = report;
		established(this.link, channel, (report.peer() != null) ? report.peer() : PeerName.of(channel));
	}

	@Override
	public void failed(StreamFailure failure, ConnectReport report) {
		this.attempt = null;
		this.report = report;
		ended(this.link, failure);
	}

	@Override
	protected void reportTimings(StreamLink link) {
		if (this.report != null) {
			link.timings(this.report.timings());
		}
	}

	@Override
	protected void abandon() {
		ConnectAttempt pending = this.attempt;
		this.attempt = null;
		if (pending != null) {
			pending.cancel();
		}
	}

}
