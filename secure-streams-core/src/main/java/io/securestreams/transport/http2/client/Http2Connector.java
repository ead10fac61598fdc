package io.securestreams.transport.http2.client;

import java.util.List;

import io.netty.handler.ssl.ApplicationProtocolNames;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.connect.ConnectReport;
import io.securestreams.transport.http.exchange.RequestConnector;
import io.securestreams.transport.http.exchange.RequestListener;
import io.securestreams.transport.http.exchange.RequestOrigin;
import io.securestreams.transport.http.exchange.RequestPlan;
import io.securestreams.transport.http2.Http2Stream;

/**
 * Gives each request of a client stream a stream of a connection that is shared, or,
 * where the peer speaks HTTP/1.1 only, what that has. Which it is shows anew for each
 * request.
 */
final class Http2Connector implements RequestConnector, ConnectionClaim {

	private static final List<String> ALPN = List.of(ApplicationProtocolNames.HTTP_2,
			ApplicationProtocolNames.HTTP_1_1);

	private final ClientLink link;

	private final HttpPolicy policy;

	private final Http2ConnectionPool pool;

	private final Http2Sharing sharing;

	private final boolean manualCredit;

	private final Http2HeadEncoder encoder;

	private @Nullable RequestConnector http1;

	/** Of the request that waits, or was sent last. */
	private @Nullable Http2OriginPool origin;

	private @Nullable Target originTarget;

	private boolean originCredentials;

	private @Nullable RequestPlan plan;

	private @Nullable RequestListener waiting;

	/** Who has been told last. */
	private @Nullable RequestListener told;

	private boolean fresh;

	Http2Connector(ClientLink link, Http2ConnectionPool pool, Http2Sharing sharing, int credit) {
		this.link = link;
		this.policy = (HttpPolicy) link.policy().protocol();
		this.pool = pool;
		this.sharing = sharing;
		this.manualCredit = credit != Http2Stream.AUTOMATIC_CREDIT;
		this.encoder = new Http2HeadEncoder(this.policy, link.policy().trafficClass(), credit);
	}

	@Override
	public void acquire(RequestPlan next, boolean onlyFresh, RequestListener listener) {
		this.plan = next;
		this.fresh = onlyFresh;
		this.waiting = listener;
		if (!next.route().target().tls() && !this.policy.http2().priorKnowledge()) {
			fallBack();
		}
		else if (this.pool.isClosed()) {
			unreachable(StreamFailure.unsent(Phase.CONNECTION, "engine is closed",
					next.route().target().address().toString(), null), null);
		}
		else {
			origin(next).acquire(this);
		}
	}

	@SuppressWarnings("ReferenceEquality")
	private Http2OriginPool origin(RequestPlan next) {
		Http2OriginPool known = this.origin;
		Target target = next.route().target();
		boolean credentials = next.route().credentials();
		if (known == null || known.isRetired() || target != this.originTarget
				|| credentials != this.originCredentials) {
			known = this.pool.origin(RequestOrigin.of(this.link, next.route(), ALPN), this.manualCredit);
			this.origin = known;
			this.originTarget = target;
			this.originCredentials = credentials;
		}
		return known;
	}

	@Override
	public void join(Http2ClientConnection connection, @Nullable ConnectReport report) {
		RequestListener listener = take();
		RequestPlan next = (listener != null) ? listener.ready() : null;
		if (listener == null || next == null) {
			return;
		}
		if (this.policy.http2().tolerateWindowOverflow()) {
			connection.tolerateWindowOverflow();
		}
		Http2ClientStream stream = connection.open(this.encoder.encode(next), listener);
		boolean kept = false;
		try {
			listener.started(stream, report);
			kept = true;
		}
		finally {
			if (!kept) {
				stream.cancel();
			}
		}
	}

	@Override
	public void unreachable(StreamFailure failure, @Nullable ConnectReport report) {
		RequestListener listener = take();
		if (listener != null) {
			listener.unreachable(failure, report);
		}
	}

	@Override
	public void fallBack() {
		RequestPlan next = this.plan;
		RequestListener listener = take();
		if (next != null && listener != null) {
			RequestConnector other = this.http1;
			if (other == null) {
				other = this.sharing.http1().connector(this.link);
				this.http1 = other;
			}
			other.acquire(next, this.fresh, listener);
		}
	}

	@Override
	public void defect(Throwable defect) {
		RequestListener listener = this.told;
		if (listener != null) {
			listener.unreachable(StreamFailure.sent(Phase.CONNECT, "unexpected " + defect,
					this.link.target().address().toString(), defect), null);
		}
	}

	@Override
	public RetryPolicy validity() {
		return this.link.policy().persistence().retry();
	}

	private @Nullable RequestListener take() {
		RequestListener listener = this.waiting;
		this.waiting = null;
		this.plan = null;
		this.told = listener;
		return listener;
	}

	@Override
	public void cancel() {
		if (take() != null && this.origin != null) {
			this.origin.cancel(this);
		}
		else if (this.http1 != null) {
			this.http1.cancel();
		}
	}

}
