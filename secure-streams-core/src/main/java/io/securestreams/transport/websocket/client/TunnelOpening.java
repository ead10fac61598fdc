package io.securestreams.transport.websocket.client;

import java.util.List;
import java.util.function.Function;

import io.netty.buffer.ByteBuf;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.connect.ConnectReport;
import io.securestreams.transport.connect.Origin;
import io.securestreams.transport.http.ReceivedHeaders;
import io.securestreams.transport.http2.TunnelHandler;
import io.securestreams.transport.http2.client.ClientTunnel;
import io.securestreams.transport.http2.client.TunnelOpener;
import io.securestreams.transport.http2.client.Tunnels;
import io.securestreams.transport.loop.EventLoopExecutor;
import io.securestreams.transport.websocket.TunnelCarrier;
import io.securestreams.transport.websocket.WebSocketConnection;
import io.securestreams.transport.websocket.frame.Carrier;
import org.jspecify.annotations.Nullable;

/**
 * Opens a stream of an HTTP/2 connection for it (RFC 8441 section 5).
 */
final class TunnelOpening implements Opening, TunnelOpener {

	/** Offered by HTTP/2 streams, too: only then do they share connections. */
	static final List<String> ALPN = List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1);

	private final HandshakeRequest request;

	private final Opening.Listener listener;

	private final StreamExecutor executor;

	private final long timeoutMillis;

	private final boolean connect;

	private final Origin origin;

	private final ClientTunnel tunnel;

	private StreamExecutor.@Nullable Timer deadline;

	private @Nullable ConnectReport report;

	/** Of the connection there is. */
	private String peer = "";

	private boolean shared;

	private boolean cancelled;

	private long sentNanos;

	private long responseMicros;

	TunnelOpening(StreamLink link, Tunnels tunnels, Origin origin, HandshakeRequest request, boolean connect,
			WebSocketLimits settings, Opening.Listener listener) {
		this.request = request;
		this.listener = listener;
		this.executor = link.executor();
		this.timeoutMillis = settings.handshakeTimeout().toMillis();
		this.connect = connect;
		this.origin = origin;
		this.tunnel = tunnels.make(((EventLoopExecutor) link.executor()).eventLoop(), origin,
				link.policy().persistence().retry(), request.tunnel(), this);
	}

	@Override
	public void begin() {
		this.tunnel.open(this.connect);
	}

	@Override
	public void cancel() {
		this.cancelled = true;
		stopTimer();
		this.tunnel.cancel();
	}

	@Override
	public HandshakeRequest request() {
		return this.request;
	}

	/** Others have paid for a connection that is shared. */
	@Override
	public @Nullable ConnectReport report() {
		return this.shared ? new ConnectReport(this.peer, 0, 0, 0, 0, List.of(), ApplicationProtocolNames.HTTP_2)
				: this.report;
	}

	@Override
	public long responseMicros() {
		return this.responseMicros;
	}

	@Override
	public WebSocketConnection open(Function<Carrier, WebSocketConnection> connection) {
		return new TunnelCarrier(this.tunnel, this.executor).open(connection);
	}

	@Override
	public void connected(@Nullable ConnectReport report, String peer) {
		this.peer = peer;
		this.report = report;
		this.shared = report == null;
		this.sentNanos = this.executor.nanoTime();
		this.deadline = this.executor.schedule(this::overdue, this.timeoutMillis);
	}

	@Override
	public void unavailable() {
		stopTimer();
		this.listener.unavailable(this);
	}

	@Override
	public void answered(int status, ReceivedHeaders fields) {
		stopTimer();
		this.responseMicros = (this.executor.nanoTime() - this.sentNanos) / 1000;
		if (status < 300) {
			this.listener.accepted(this, fields);
			return;
		}
		boolean follows = RefusalText.isText(fields);
		this.listener.refused(this, status, fields);
		if (this.cancelled) {
			return;
		}
		Refusal refusal = new Refusal();
		if (follows) {
			this.deadline = this.executor.schedule(refusal::explain, this.timeoutMillis);
			this.tunnel.accept(refusal);
		}
		else {
			refusal.explain();
		}
	}

	@Override
	public void failed(StreamFailure failure, @Nullable ConnectReport report) {
		stopTimer();
		this.shared = false;
		this.report = (report != null) ? report : this.report;
		this.listener.failed(this, failure);
	}

	private void overdue() {
		cancel();
		failed(StreamFailure.unsent(Phase.HANDSHAKE,
				"no answer to the opening handshake within " + this.timeoutMillis + " ms",
				this.origin.address().toString(), null), null);
	}

	private void stopTimer() {
		if (this.deadline != null) {
			this.deadline.cancel();
			this.deadline = null;
		}
	}

	/** Takes the body of a refusal. */
	private final class Refusal implements TunnelHandler {

		private final RefusalText text = new RefusalText();

		private boolean explained;

		void explain() {
			if (!this.explained && !TunnelOpening.this.cancelled) {
				this.explained = true;
				cancel();
				TunnelOpening.this.listener.explained(TunnelOpening.this, this.text.text());
			}
		}

		@Override
		public void received(ByteBuf data) {
			this.text.content(data);
			if (this.text.isFull()) {
				explain();
			}
		}

		@Override
		public void writable() {
		}

		@Override
		public void ended() {
			explain();
		}

		@Override
		public void broken(Phase phase, String message, @Nullable Throwable cause) {
			explain();
		}

	}

}
