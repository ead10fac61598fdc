package io.securestreams.transport.http1;

import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.Target;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.connect.ConnectAttempt;
import io.securestreams.transport.connect.ConnectListener;
import io.securestreams.transport.connect.ConnectReport;
import io.securestreams.transport.connect.Origin;
import io.securestreams.transport.http.InvalidRequestException;
import io.securestreams.transport.http.MessagePayload;
import io.securestreams.transport.http.RedirectRefusedException;
import io.securestreams.transport.http.RequestBody;
import io.securestreams.transport.http.RequestRoute;
import io.securestreams.transport.http.ResponseRules;
import io.securestreams.transport.loop.EventLoopExecutor;
import org.jspecify.annotations.Nullable;

/**
 * A client stream over HTTP/1.1. Each attempt is one transaction: a connection from the
 * pool or a new one, the request, redirects if the policy follows them, the response.
 */
final class Http1ClientTransport implements ClientTransport, ConnectListener, ClientConnection.Owner {

	/** More of a redirect's body is not worth the connection; bytes. */
	private static final int MAX_DISCARD = 64 * 1024;

	private final ClientLink link;

	private final ClientRuntime runtime;

	private final StreamPolicy policy;

	private final HttpPolicy http;

	private final EventLoopExecutor executor;

	private final ConnectionPool pool;

	private final RequestEncoder encoder;

	private final RequestSender sender;

	private final MessagePayload payload;

	private final @Nullable Duration hangup;

	/** Kept while the target stays the same. */
	private @Nullable RequestRoute first;

	private @Nullable OriginPool firstOrigin;

	private @Nullable RequestRoute route;

	private @Nullable OriginPool origin;

	private @Nullable ConnectAttempt attempt;

	private @Nullable ClientConnection connection;

	private boolean pooled;

	private boolean retried;

	private boolean paused;

	private long sentAt;

	private long ordinal;

	private int status;

	private @Nullable RequestRoute redirect;

	private int discarded;

	Http1ClientTransport(ClientLink link, ClientRuntime runtime) {
		this.link = link;
		this.runtime = runtime;
		this.policy = link.policy();
		this.http = (HttpPolicy) this.policy.protocol();
		this.executor = (EventLoopExecutor) link.executor();
		this.pool = runtime.pool(this.executor.eventLoop());
		this.encoder = new RequestEncoder(this.policy, this.http, runtime.services());
		this.sender = new RequestSender(link, this.policy, this.http, runtime.services(),
				(message) -> fail(Phase.HANDLER, message, null, false));
		this.payload = new MessagePayload(link, this.http.body(), runtime.limits().message());
		RetryPolicy retry = this.policy.persistence().retry();
		this.hangup = (retry.equals(RetryPolicy.NONE) || retry.validityHangup().isZero()) ? null
				: retry.validityHangup();
	}

	@Override
	public TransportKind kind() {
		return TransportKind.TRANSACTIONS;
	}

	@Override
	public void connect() {
		this.paused = false;
		this.retried = false;
		this.sender.reset();
		Target target = this.link.target();
		RequestRoute next = this.first;
		if (next == null || !isSame(target, next.target())) {
			next = RequestRoute.first(target, this.http.method());
			this.first = next;
			this.firstOrigin = this.pool.origin(Origin.of(this.link, this.runtime.alpn()));
		}
		start(next, this.firstOrigin);
	}

	@SuppressWarnings("ReferenceEquality")
	private static boolean isSame(Target a, Target b) {
		return a == b;
	}

	private void start(RequestRoute next, @Nullable OriginPool known) {
		this.route = next;
		this.redirect = null;
		this.status = 0;
		try {
			this.encoder.prepare(this.link, next);
		}
		catch (InvalidRequestException ex) {
			fail(Phase.POLICY, ex.getMessage(), null, true);
			return;
		}
		OriginPool from = (known != null) ? known : this.pool.origin(redirected(next));
		this.origin = from;
		ClientConnection unused = from.acquire();
		if (unused != null) {
			this.pooled = true;
			send(unused);
		}
		else {
			open(from);
		}
	}

	private Origin redirected(RequestRoute next) {
		TlsPolicy tls = this.policy.tls();
		if (!next.credentials()) {
			// A client certificate is a credential, too
			tls = new TlsPolicy(tls.enabled(), tls.trustStore(), null, null, null);
		}
		return new Origin(next.target().address(), next.target().tls(), tls, this.policy.trafficClass(),
				this.link.socks5(), this.runtime.alpn());
	}

	private void open(OriginPool from) {
		this.pooled = false;
		this.attempt = this.runtime.opener().connect(this.executor.eventLoop(), from.origin(), this);
	}

	@Override
	public void connected(Channel channel, ConnectReport report) {
		this.attempt = null;
		OriginPool from = this.origin;
		if (from == null) {
			channel.close();
			return;
		}
		ClientConnection opened = new ClientConnection(from, report, this.executor, this.runtime.limits());
		channel.pipeline().addLast(Http1Handler.NAME, opened);
		channel.config().setAutoRead(true);
		send(opened);
	}

	@Override
	public void failed(StreamFailure failure, ConnectReport report) {
		this.attempt = null;
		this.link.timings(report.timings());
		this.link.closed(failure);
	}

	private void send(ClientConnection next) {
		RequestRoute to = this.route;
		if (to == null) {
			next.close();
			return;
		}
		this.connection = next;
		if (isBodyless(to) && this.link.txRequested() && !takeBodyAlong(to)) {
			return;
		}
		next.attach(this, to.method(), this.hangup, this.http.http2().longPoll());
		this.sentAt = next.now();
		if (this.paused) {
			next.pause();
		}
		if (this.encoder.closes()) {
			next.spoil();
		}
		next.write(this.encoder.head(next.channel().alloc()));
		this.sender.start(next, this.encoder.body(), this.encoder.multipart(), this.encoder.expects());
		if (!this.sender.isOpen()) {
			next.flushSoon();
			if (isBodyless(to)) {
				this.link.bodyless();
			}
		}
	}

	private boolean isBodyless(RequestRoute to) {
		return RequestBody.isPayloadMethod(to.method()) && !this.encoder.body().slots();
	}

	/** The application has found something to send while there was no connection. */
	private boolean takeBodyAlong(RequestRoute to) {
		try {
			this.encoder.prepare(this.link, to);
			return true;
		}
		catch (InvalidRequestException ex) {
			fail(Phase.POLICY, ex.getMessage(), null, true);
			return false;
		}
	}

	@Override
	public void requestWrite() {
		this.sender.requestWrite();
	}

	@Override
	public void write(ByteBuf payload, int flags, long number) {
		this.ordinal = number;
		this.sender.write(payload, flags);
	}

	@Override
	public @Nullable String rideshare() {
		return this.sender.rideshare();
	}

	@Override
	public void continues() {
		this.sender.proceed();
	}

	@Override
	public void writabilityChanged() {
		this.sender.pump();
	}

	@Override
	public void response(MessageHead head, int code) {
		ClientConnection current = this.connection;
		RequestRoute to = this.route;
		if (current == null || to == null) {
			return;
		}
		this.status = code;
		if (!this.sender.stop()) {
			// The rest of the request will not come, so the next one cannot follow
			current.spoil();
		}
		if (this.http.cookies() && to.target().address() instanceof Address.Host host) {
			storeCookies(head, host.host(), to.target().tls());
		}
		switch (ResponseRules.action(code, this.http)) {
			case BUSY -> refuse(current, Phase.BUSY, "peer answers " + code, ResponseRules
				.retryAfter(head.first("retry-after"), head.first("date"), this.executor.epochMillis()));
			case REFUSE_REDIRECT -> refuse(current, Phase.REDIRECT, "peer answers with redirect " + code, null);
			case FOLLOW -> redirect(current, to, code, head.first("location"));
			case DELIVER -> deliver(head, current);
		}
	}

	private void refuse(ClientConnection current, Phase phase, String message, @Nullable Duration retryAfter) {
		reportTimings(current);
		if (!isGone(current)) {
			fail(phase, message, null, false, retryAfter);
		}
	}

	private void storeCookies(MessageHead head, String host, boolean secure) {
		BiConsumer<String, String> store = (name, value) -> {
			if (name.equals("set-cookie")) {
				this.runtime.services()
					.cookies()
					.store(host, secure, this.encoder.path(), value, this.executor.epochMillis());
			}
		};
		head.forEach(store);
	}

	private void redirect(ClientConnection current, RequestRoute from, int code, @Nullable String location) {
		reportTimings(current);
		if (isGone(current)) {
			return;
		}
		try {
			RequestRoute next = from.follow(code, location, this.encoder.path(), this.runtime.limits().maxRedirects());
			if (next.withBody() && !this.sender.isRepeatable()) {
				throw new RedirectRefusedException("redirect " + code + " wants the request body once more");
			}
			this.redirect = next;
			this.discarded = 0;
		}
		catch (RedirectRefusedException ex) {
			fail(Phase.REDIRECT, ex.getMessage(), null, false);
		}
	}

	private void deliver(MessageHead head, ClientConnection current) {
		this.encoder.headers().receive(head, this.link.metadata());
		this.payload.start(head);
		int userState = ResponseRules.userState(this.status, this.http);
		reportTimings(current);
		if (userState >= 0 && !isGone(current)) {
			this.link.userState(userState);
		}
		if (!isGone(current)) {
			String peer = current.report().peer();
			this.link.connected((peer != null) ? peer : "");
		}
	}

	private void reportTimings(ClientConnection current) {
		long response = (current.now() - this.sentAt) / 1000;
		ConnectReport report = current.report();
		this.link.timings(
				this.pooled ? new ConnectionTimings(report.peer(), 0, 0, 0, 0, response, List.of(), "http", this.status)
						: report.timings(response, "http", this.status));
	}

	@Override
	public void content(ByteBuf piece) {
		if (this.redirect != null) {
			this.discarded += piece.readableBytes();
			if (this.discarded > MAX_DISCARD) {
				followRedirect(false);
			}
			return;
		}
		try {
			this.payload.content(piece);
		}
		catch (IllegalArgumentException ex) {
			fail(Phase.PROTOCOL, "multipart body: " + ex.getMessage(), ex, false);
		}
	}

	@Override
	public void responseEnded() {
		ClientConnection current = this.connection;
		if (current == null) {
			return;
		}
		if (this.redirect != null) {
			followRedirect(true);
			return;
		}
		if (this.payload.isIncomplete()) {
			fail(Phase.PROTOCOL, "multipart body ends without its last boundary", null, false);
			return;
		}
		this.payload.end();
		if (isGone(current)) {
			return;
		}
		if (this.http.outcome().isSuccess(this.status)) {
			this.link.acknowledged(this.ordinal);
		}
		else {
			this.link.rejected(this.ordinal);
		}
		if (isGone(current)) {
			return;
		}
		this.connection = null;
		current.release();
		this.link.completed();
	}

	private void followRedirect(boolean complete) {
		RequestRoute next = this.redirect;
		ClientConnection current = this.connection;
		this.connection = null;
		if (next == null || current == null) {
			return;
		}
		if (complete) {
			current.release();
		}
		else {
			current.close();
		}
		start(next, null);
	}

	@SuppressWarnings("ReferenceEquality")
	private boolean isGone(ClientConnection current) {
		return this.connection != current;
	}

	@Override
	public void lost(Phase phase, String message, @Nullable Throwable cause, boolean touched) {
		RequestRoute to = this.route;
		OriginPool from = this.origin;
		if (this.redirect != null) {
			followRedirect(false);
			return;
		}
		if (this.pooled && !this.retried && !touched && to != null && from != null
				&& RequestBody.isIdempotent(to.method()) && !this.sender.isConsumed()) {
			// The peer had closed the connection before it saw the request, or while
			this.retried = true;
			dispose();
			open(from);
			return;
		}
		fail(phase, message, cause, false);
	}

	private void fail(Phase phase, @Nullable String message, @Nullable Throwable cause, boolean unsent) {
		fail(phase, message, cause, unsent, null);
	}

	private void fail(Phase phase, @Nullable String message, @Nullable Throwable cause, boolean unsent,
			@Nullable Duration retryAfter) {
		RequestRoute to = this.route;
		dispose();
		this.link.closed(new StreamFailure(phase, (message != null) ? message : phase.toString(), endpoint(to), cause,
				unsent, retryAfter));
	}

	private static String endpoint(@Nullable RequestRoute to) {
		return (to != null) ? to.target().address().toString() : "";
	}

	private void dispose() {
		ClientConnection current = this.connection;
		this.connection = null;
		this.sender.stop();
		this.payload.stop();
		if (current != null) {
			current.close();
		}
	}

	@Override
	public void pauseReading() {
		this.paused = true;
		if (this.connection != null) {
			this.connection.pause();
		}
	}

	@Override
	public void resumeReading() {
		this.paused = false;
		if (this.connection != null) {
			this.connection.resume();
		}
	}

	@Override
	public void confirmValidity() {
		if (this.connection != null) {
			this.connection.confirmValidity();
		}
	}

	@Override
	public void close() {
		ConnectAttempt pending = this.attempt;
		this.attempt = null;
		if (pending != null) {
			pending.cancel();
		}
		this.redirect = null;
		dispose();
	}

}
