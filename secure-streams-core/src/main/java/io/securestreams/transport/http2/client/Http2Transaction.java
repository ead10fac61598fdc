package io.securestreams.transport.http2.client;

import java.time.Duration;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.ssl.ApplicationProtocolNames;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.WakeLock;
import io.securestreams.transport.connect.ConnectReport;
import io.securestreams.transport.connect.Origin;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.InvalidRequestException;
import io.securestreams.transport.http.MessagePayload;
import io.securestreams.transport.http.MetadataHeaders;
import io.securestreams.transport.http.RedirectRefusedException;
import io.securestreams.transport.http.RequestBody;
import io.securestreams.transport.http.RequestRoute;
import io.securestreams.transport.http.ResponseRules;
import io.securestreams.transport.http2.Http2Stream;
import io.securestreams.transport.http2.MessageFields;
import io.securestreams.transport.http2.StreamEnd;
import io.securestreams.transport.http2.client.RequestHeads.RequestHead;

/**
 * The requests and responses of one client stream, one after the other, each on a
 * connection that it may share. Redirects and what the peer has provably not processed
 * lead to further requests within one attempt.
 */
final class Http2Transaction implements Waiter, Exchange {

	private static final List<String> ALPN = List.of(ApplicationProtocolNames.HTTP_2,
			ApplicationProtocolNames.HTTP_1_1);

	private final ClientLink link;

	private final HttpPolicy policy;

	private final ConnectionPool pool;

	private final HttpServices services;

	private final Runnable fallBack;

	private final boolean manualCredit;

	private final MetadataHeaders metadata;

	private final RequestHeads heads;

	private final RequestPayload payload;

	private final MessageFields fields = new MessageFields();

	private final MessagePayload body;

	private @Nullable OriginPool origin;

	private @Nullable Target originTarget;

	/** The request being made, from the start of the attempt to its end. */
	private @Nullable RequestHead head;

	/** Where the request is, once it has a connection. */
	private @Nullable Http2ClientStream stream;

	private @Nullable ConnectReport report;

	private Target target;

	private boolean paused;

	private boolean repeated;

	private long sentNanos;

	private int status;

	Http2Transaction(ClientLink link, HttpPolicy policy, ConnectionPool pool, HttpServices services, int credit,
			Runnable fallBack) {
		this.link = link;
		this.policy = policy;
		this.pool = pool;
		this.services = services;
		this.fallBack = fallBack;
		this.manualCredit = credit != Http2Stream.AUTOMATIC_CREDIT;
		this.metadata = new MetadataHeaders(link.policy());
		this.heads = new RequestHeads(link, policy, this.metadata, services, credit);
		this.payload = new RequestPayload(link, policy, services);
		this.body = new MessagePayload(link, policy.body(), services.limits().message());
		this.target = link.target();
	}

	/**
	 * Starts an attempt.
	 * @param target what it aims at
	 */
	void start(Target target) {
		this.target = target;
		this.repeated = false;
		this.payload.reset();
		request(null);
	}

	@Nullable String rideshare() {
		return this.payload.rideshare();
	}

	void requestWrite() {
		this.payload.requestWrite();
	}

	void write(ByteBuf payload, int flags, long ordinal) {
		this.payload.write(payload, flags, ordinal);
	}

	void pauseReading() {
		this.paused = true;
		if (this.stream != null) {
			this.stream.pauseReading();
		}
	}

	void resumeReading() {
		this.paused = false;
		if (this.stream != null) {
			this.stream.resumeReading();
		}
	}

	void grantCredit(int bytes) {
		if (this.stream != null) {
			this.stream.grantCredit(bytes);
		}
	}

	void confirmValidity() {
		if (this.stream != null) {
			this.stream.connection().confirmValidity();
		}
	}

	void close() {
		RequestHead head = this.head;
		Http2ClientStream stream = this.stream;
		idle();
		if (stream != null) {
			stream.cancel(Http2Error.CANCEL);
		}
		else if (head != null && this.origin != null) {
			this.origin.cancel(this);
		}
	}

	@Override
	public void join(Http2ClientConnection connection, @Nullable ConnectReport report) {
		RequestHead waiting = this.head;
		if (waiting == null) {
			throw new IllegalStateException("no request waits for a connection");
		}
		RequestHead head = waiting;
		this.report = report;
		if (isBodyless(waiting) && this.link.txRequested()) {
			// The application has found something to send while there was no connection
			try {
				head = headFor(waiting.route());
			}
			catch (InvalidRequestException ex) {
				idle();
				invalid(ex);
				return;
			}
			this.head = head;
		}
		if (this.policy.http2().tolerateWindowOverflow()) {
			connection.tolerateWindowOverflow();
		}
		this.sentNanos = connection.now();
		Http2ClientStream stream = connection.open(head.request(), this);
		this.stream = stream;
		if (this.paused) {
			stream.pauseReading();
		}
		this.payload.start(stream, head);
		if (isBodyless(head)) {
			this.link.bodyless();
		}
	}

	private static boolean isBodyless(RequestHead head) {
		return !head.body().slots() && RequestBody.isPayloadMethod(head.route().method());
	}

	private RequestHead headFor(@Nullable RequestRoute route) {
		return (route == null || route.hops() == 0) ? this.heads.first(this.target) : this.heads.redirected(route);
	}

	private void invalid(InvalidRequestException ex) {
		this.link.closed(StreamFailure.unsent(Phase.POLICY, String.valueOf(ex.getMessage()), endpoint(), null));
	}

	@Override
	public void unreachable(StreamFailure failure, @Nullable ConnectReport report) {
		idle();
		if (report != null && this.link.policy().features().perf()) {
			this.link.timings(report.timings());
		}
		this.link.closed(failure);
	}

	@Override
	public void fallBack() {
		RequestHead head = this.head;
		idle();
		if (head != null && head.route().hops() > 0 && !RequestBody.isIdempotent(this.policy.method())) {
			// HTTP/1.1 starts from the beginning, which has been processed
			this.link.closed(StreamFailure.sent(Phase.REDIRECT, "redirect to a peer that speaks HTTP/1.1 only",
					endpoint(), null));
			return;
		}
		this.fallBack.run();
	}

	@Override
	public RetryPolicy validity() {
		return this.link.policy().persistence().retry();
	}

	@Override
	public void responseHead(int status, Http2Headers headers, boolean last) {
		RequestHead head = this.head;
		Http2ClientStream stream = this.stream;
		if (head == null || stream == null) {
			return;
		}
		this.status = status;
		if (this.link.policy().features().perf()) {
			this.link.timings(timings(stream.connection()));
			if (this.stream != stream) {
				return;
			}
		}
		this.fields.of(headers);
		if (this.policy.cookies()) {
			storeCookies(head, headers);
		}
		switch (ResponseRules.action(status, this.policy)) {
			case BUSY -> {
				Duration wait = ResponseRules.retryAfter(this.fields.first("retry-after"), this.fields.first("date"),
						this.link.executor().epochMillis());
				giveUp(new StreamFailure(Phase.BUSY, "peer answers " + status, endpoint(), null, false, wait));
			}
			case FOLLOW -> follow(head);
			case REFUSE_REDIRECT -> giveUp(Phase.REDIRECT, "peer answers with redirect " + status);
			case DELIVER -> deliver(stream);
		}
	}

	@Override
	public void continues() {
		this.payload.proceed();
	}

	@Override
	public void responseData(ByteBuf data) {
		try {
			this.body.content(data);
		}
		catch (IllegalArgumentException ex) {
			giveUp(Phase.PROTOCOL, "multipart body: " + ex.getMessage());
		}
	}

	@Override
	public void responseEnd() {
		Http2ClientStream stream = this.stream;
		if (stream == null) {
			return;
		}
		if (this.body.isIncomplete()) {
			giveUp(Phase.PROTOCOL, "multipart body ends without its last boundary");
			return;
		}
		this.body.end();
		if (this.stream != stream) {
			return;
		}
		this.payload.stop();
		if (this.policy.outcome().isSuccess(this.status)) {
			this.link.acknowledged(this.payload.ordinal());
		}
		else {
			this.link.rejected(this.payload.ordinal());
		}
		if (this.stream == stream) {
			idle();
			this.link.completed();
		}
	}

	@Override
	public void writable(int capacity) {
		Http2ClientStream stream = this.stream;
		String problem = this.payload.ask(capacity);
		if (problem != null && this.stream == stream) {
			giveUp(Phase.HANDLER, problem);
		}
	}

	@Override
	public WakeLock.Held stayAwake() {
		return this.link.wakeLock().acquire(this.link.tag());
	}

	@Override
	public void failed(StreamEnd reason) {
		RequestHead head = this.head;
		boolean repeat = reason.unprocessed() && !this.repeated && this.status == 0 && this.payload.isRepeatable();
		idle();
		if (repeat && head != null) {
			// The peer has said it has not acted on it, RFC 9113 section 8.7
			this.repeated = true;
			request(head.route());
			return;
		}
		this.link.closed(new StreamFailure(reason.phase(), reason.message(), endpoint(), reason.cause(),
				reason.unprocessed(), null));
	}

	/** Makes a request: the policy's own, or what a redirect has led to. */
	private void request(@Nullable RequestRoute route) {
		if (this.pool.isClosed()) {
			this.link.closed(StreamFailure.unsent(Phase.CONNECTION, "engine is closed", endpoint(), null));
			return;
		}
		RequestHead head;
		try {
			head = headFor(route);
		}
		catch (InvalidRequestException ex) {
			invalid(ex);
			return;
		}
		this.head = head;
		this.status = 0;
		origin(head.route()).acquire(this);
	}

	private void deliver(Http2ClientStream stream) {
		this.metadata.receive(this.fields, this.link.metadata());
		this.body.start(this.fields);
		int userState = ResponseRules.userState(this.status, this.policy);
		if (userState >= 0) {
			this.link.userState(userState);
			if (this.stream != stream) {
				return;
			}
		}
		this.link.connected(stream.connection().peerName());
		if (this.policy.http2().longPoll() && this.stream == stream) {
			stream.makeImmortal();
		}
	}

	/** Goes where the response says; its body is of no interest. */
	private void follow(RequestHead head) {
		RequestRoute route;
		try {
			route = head.route()
				.follow(this.status, this.fields.first("location"), head.path(), this.services.limits().maxRedirects());
			if (route.withBody() && !this.payload.isRepeatable()) {
				throw new RedirectRefusedException("redirect " + this.status + " wants the request body once more");
			}
		}
		catch (RedirectRefusedException ex) {
			giveUp(Phase.REDIRECT, String.valueOf(ex.getMessage()));
			return;
		}
		Http2ClientStream stream = this.stream;
		idle();
		if (stream != null) {
			stream.cancel(Http2Error.CANCEL);
		}
		this.target = route.target();
		request(route);
	}

	private void storeCookies(RequestHead head, Http2Headers headers) {
		if (this.target.address() instanceof Address.Host host) {
			for (CharSequence cookie : headers.getAll("set-cookie")) {
				this.services.cookies()
					.store(host.host(), this.target.tls(), head.path(), cookie.toString(),
							this.link.executor().epochMillis());
			}
		}
	}

	private ConnectionTimings timings(Http2ClientConnection connection) {
		long responseMicros = (connection.now() - this.sentNanos) / 1000;
		if (this.report != null) {
			return this.report.timings(responseMicros, "http", this.status);
		}
		// Others have paid for the connection
		return new ConnectionTimings(connection.peerName(), 0, 0, 0, 0, responseMicros, List.of(), "http", this.status);
	}

	private void giveUp(Phase phase, String message) {
		giveUp(StreamFailure.sent(phase, message, endpoint(), null));
	}

	private void giveUp(StreamFailure failure) {
		Http2ClientStream stream = this.stream;
		idle();
		if (stream != null) {
			stream.cancel(Http2Error.CANCEL);
		}
		this.link.closed(failure);
	}

	private void idle() {
		this.head = null;
		this.stream = null;
		this.report = null;
		this.fields.clear();
		this.payload.stop();
	}

	private OriginPool origin(RequestRoute route) {
		OriginPool pool = this.origin;
		if (pool == null || pool.isRetired() || this.target != this.originTarget) {
			Target target = this.target;
			TlsPolicy tls = this.link.policy().tls();
			if (!route.credentials()) {
				// A client certificate is a credential, too
				tls = new TlsPolicy(tls.enabled(), tls.trustStore(), null, null, null);
			}
			Origin origin = new Origin(target.address(), target.tls(), tls, this.link.policy().trafficClass(),
					this.link.socks5(), target.tls() ? ALPN : List.of());
			pool = this.pool.origin(origin, this.manualCredit);
			this.origin = pool;
			this.originTarget = target;
		}
		return pool;
	}

	private String endpoint() {
		return this.target.address().toString();
	}

}
