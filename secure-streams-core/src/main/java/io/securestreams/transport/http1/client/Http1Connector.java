package io.securestreams.transport.http1.client;

import java.time.Duration;

import io.netty.channel.Channel;
import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.connect.ConnectAttempt;
import io.securestreams.transport.connect.ConnectListener;
import io.securestreams.transport.connect.ConnectReport;
import io.securestreams.transport.http.exchange.RequestConnector;
import io.securestreams.transport.http.exchange.RequestListener;
import io.securestreams.transport.http.exchange.RequestOrigin;
import io.securestreams.transport.http.exchange.RequestPlan;
import io.securestreams.transport.http1.Http1Handler;
import io.securestreams.transport.loop.EventLoopExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives each request of a client stream a connection of its own: one that has been kept,
 * or a new one.
 */
final class Http1Connector implements RequestConnector, ConnectListener {

	private static final Logger logger = LoggerFactory.getLogger(Http1Connector.class);

	private final ClientLink link;

	private final ClientRuntime runtime;

	private final EventLoopExecutor executor;

	private final Http1ConnectionPool pool;

	private final Http1HeadEncoder encoder = new Http1HeadEncoder();

	private final @Nullable Duration hangup;

	private final boolean longPoll;

	/** Of the request that waits, or was sent last. */
	private @Nullable Http1OriginPool origin;

	private @Nullable Target originTarget;

	private boolean originCredentials;

	private @Nullable RequestListener waiting;

	private @Nullable ConnectAttempt attempt;

	Http1Connector(ClientLink link, ClientRuntime runtime) {
		this.link = link;
		this.runtime = runtime;
		this.executor = (EventLoopExecutor) link.executor();
		this.pool = runtime.pool(this.executor.eventLoop());
		this.longPoll = ((HttpPolicy) link.policy().protocol()).http2().longPoll();
		RetryPolicy retry = link.policy().persistence().retry();
		this.hangup = (retry.equals(RetryPolicy.NONE) || retry.validityHangup().isZero()) ? null
				: retry.validityHangup();
	}

	@Override
	public void acquire(RequestPlan plan, boolean fresh, RequestListener listener) {
		Http1OriginPool from = origin(plan);
		Http1ClientConnection unused = fresh ? null : from.acquire();
		if (unused != null) {
			send(unused, listener);
			return;
		}
		this.waiting = listener;
		this.attempt = this.runtime.opener().connect(this.executor.eventLoop(), from.origin(), this);
	}

	@SuppressWarnings("ReferenceEquality")
	private Http1OriginPool origin(RequestPlan plan) {
		Http1OriginPool known = this.origin;
		Target target = plan.route().target();
		boolean credentials = plan.route().credentials();
		if (known == null || target != this.originTarget || credentials != this.originCredentials) {
			known = this.pool.origin(RequestOrigin.of(this.link, plan.route(), this.runtime.alpn()));
			this.origin = known;
			this.originTarget = target;
			this.originCredentials = credentials;
		}
		return known;
	}

	@Override
	public void connected(Channel channel, ConnectReport report) {
		RequestListener listener = this.waiting;
		Http1OriginPool from = this.origin;
		this.attempt = null;
		this.waiting = null;
		if (listener == null || from == null) {
			channel.close();
			return;
		}
		Http1ClientConnection opened = new Http1ClientConnection(from, report, this.executor, this.runtime.limits());
		channel.pipeline().addLast(Http1Handler.NAME, opened);
		channel.config().setAutoRead(true);
		try {
			send(opened, listener);
		}
		catch (RuntimeException | OutOfMemoryError ex) {
			logger.error("[{}] a request does not take its connection", this.link.tag(), ex);
			listener.unreachable(
					StreamFailure.sent(Phase.CONNECT, "unexpected " + ex, from.origin().address().toString(), ex),
					report);
		}
	}

	@Override
	public void failed(StreamFailure failure, ConnectReport report) {
		RequestListener listener = this.waiting;
		this.attempt = null;
		this.waiting = null;
		if (listener != null) {
			listener.unreachable(failure, report);
		}
	}

	private void send(Http1ClientConnection connection, RequestListener listener) {
		boolean kept = false;
		try {
			RequestPlan plan = listener.ready();
			if (plan != null) {
				this.encoder.prepare(plan);
				connection.attach(listener, plan.route().method(), this.hangup, this.longPoll);
				connection.send(this.encoder.head(connection.channel().alloc()), plan.body(), plan.expects(),
						this.encoder.closes());
				listener.started(connection, connection.report());
				kept = true;
			}
		}
		finally {
			if (!kept) {
				connection.cancel();
			}
		}
	}

	@Override
	public void cancel() {
		ConnectAttempt pending = this.attempt;
		this.attempt = null;
		this.waiting = null;
		if (pending != null) {
			pending.cancel();
		}
	}

}
