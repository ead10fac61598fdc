package io.securestreams.transport.http.exchange;

import java.time.Duration;
import java.util.List;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.Target;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.stream.WakeLock;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Answer;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.connect.ConnectReport;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.InvalidRequestException;
import io.securestreams.transport.http.MessagePayload;
import io.securestreams.transport.http.ReceivedHeaders;
import io.securestreams.transport.http.RedirectRefusedException;
import io.securestreams.transport.http.RequestBody;
import io.securestreams.transport.http.RequestRoute;
import io.securestreams.transport.http.ResponseRules;
import io.securestreams.transport.http.ResponseRules.Action;

/**
 * A client stream over HTTP, whatever the version: its requests and their answers, one
 * after the other. Redirects, and what the peer has not processed, lead to further
 * requests within one attempt.
 */
public final class ClientExchange implements ClientTransport, RequestListener {

	/** From here on an answer does not want the rest of the request. */
	private static final int FIRST_REFUSAL = 300;

	private final ClientLink link;

	private final HttpPolicy policy;

	private final HttpServices services;

	private final RequestConnector connector;

	private final RequestPlanner planner;

	private final RequestBodySource source;

	private final MessagePayload payload;

	/** The request being made, from the start of the attempt to its end. */
	private @Nullable RequestPlan plan;

	/** Where the request is, once it has a connection. */
	private @Nullable RequestChannel channel;

	private @Nullable ConnectReport report;

	/** Where to go as soon as the answer that says so is out of the way. */
	private @Nullable RequestRoute redirect;

	private boolean paused;

	private boolean repeated;

	/** A body went with an attempt that failed. */
	private boolean owed;

	private long sentAt;

	private int status;

	/**
	 * Makes the transport of a stream.
	 * @param link the stream
	 * @param services what HTTP transports share
	 * @param connector finds connections
	 */
	public ClientExchange(ClientLink link, HttpServices services, RequestConnector connector) {
		this.link = link;
		this.policy = (HttpPolicy) link.policy().protocol();
		this.services = services;
		this.connector = connector;
		this.planner = new RequestPlanner(link, this.policy, services);
		this.source = new RequestBodySource(link, this.policy, services);
		this.payload = new MessagePayload(link, this.policy.body(), services.limits().message());
	}

	@Override
	public TransportKind kind() {
		return TransportKind.TRANSACTIONS;
	}

	@Override
	public void connect() {
		this.paused = false;
		this.repeated = false;
		this.source.reset();
		request(null, false);
	}

	/** Makes a request: the policy's own, or what a redirect has led to. */
	private void request(@Nullable RequestRoute route, boolean fresh) {
		this.redirect = null;
		this.status = 0;
		RequestPlan next;
		try {
			next = plan(route);
		}
		catch (InvalidRequestException ex) {
			invalid(ex);
			return;
		}
		this.plan = next;
		this.connector.acquire(next, fresh, this);
	}

	private RequestPlan plan(@Nullable RequestRoute route) {
		return (route == null || route.hops() == 0) ? this.planner.first(this.link.target())
				: this.planner.redirected(route);
	}

	private void invalid(InvalidRequestException ex) {
		end(Phase.POLICY, String.valueOf(ex.getMessage()), null, true);
	}

	@Override
	public @Nullable RequestPlan ready() {
		RequestPlan next = this.plan;
		if (next != null && next.isBodyless() && this.link.txRequested()) {
			// The application has found something to send while there was no connection
			try {
				next = plan(next.route());
			}
			catch (InvalidRequestException ex) {
				invalid(ex);
				return null;
			}
			this.plan = next;
		}
		if (next != null && this.owed && next.isBodyless()) {
			// Nobody shall take an empty request for the one that was lost
			this.owed = false;
			end(Phase.HANDLER, "request body went with an attempt that failed, and has not been given again", null,
					true);
			return null;
		}
		return next;
	}

	@Override
	public void started(RequestChannel started, @Nullable ConnectReport opened) {
		RequestPlan sent = this.plan;
		if (sent == null) {
			started.cancel();
			return;
		}
		this.channel = started;
		this.report = opened;
		this.sentAt = started.now();
		if (this.paused) {
			started.pauseReading();
		}
		this.source.start(started, sent);
		if (sent.isBodyless()) {
			this.link.bodyless();
		}
	}

	@Override
	public void unreachable(StreamFailure failure, @Nullable ConnectReport tried) {
		idle();
		if (tried != null && this.link.policy().features().perf()) {
			this.link.timings(tried.timings());
		}
		this.link.closed(failure);
	}

	@Override
	public void requestWrite() {
		this.source.requestWrite();
	}

	@Override
	public @Nullable String rideshare() {
		return this.source.rideshare();
	}

	@Override
	public void write(ByteBuf bytes, int flags, long ordinal) {
		this.source.write(bytes, flags, ordinal);
	}

	@Override
	public void writable(int capacity) {
		RequestChannel current = this.channel;
		String problem = this.source.ask(capacity);
		if (problem != null && current != null && !isGone(current)) {
			giveUp(Phase.HANDLER, problem);
		}
	}

	@Override
	public void continues() {
		this.source.proceed();
	}

	@Override
	public void responseHead(int code, ReceivedHeaders fields) {
		RequestPlan asked = this.plan;
		RequestChannel current = this.channel;
		if (asked == null || current == null) {
			return;
		}
		this.status = code;
		if (code >= FIRST_REFUSAL && this.source.isOpen()) {
			this.source.stop();
			current.abandonBody();
		}
		long now = this.policy.cookies() ? this.link.executor().epochMillis() : 0;
		if (this.policy.cookies()) {
			RequestOrigin.store(this.services.cookies(), asked.route().target(), asked.path(), fields, now);
		}
		Action action = ResponseRules.action(code, this.policy);
		switch (action) {
			case BUSY -> busy(current, ResponseRules.retryAfter(fields.first("retry-after"), fields.first("date"),
					this.link.executor().epochMillis()));
			case REFUSE_REDIRECT -> refuse(current, "peer answers with redirect " + code);
			case FOLLOW -> follow(current, asked, fields.octets("location"));
			case DELIVER -> deliver(current, fields);
		}
	}

	private void busy(RequestChannel current, @Nullable Duration wait) {
		reportTimings(current);
		if (!isGone(current)) {
			String endpoint = endpoint();
			fail();
			current.cancel();
			this.link.closed(new StreamFailure(Phase.BUSY, "peer answers " + this.status, endpoint, null, false, wait)
				.withAnswer(new Answer(this.status, "")));
		}
	}

	private void refuse(RequestChannel current, String message) {
		reportTimings(current);
		if (!isGone(current)) {
			String endpoint = endpoint();
			fail();
			current.cancel();
			this.link.closed(StreamFailure.sent(Phase.REDIRECT, message, endpoint, null)
				.withAnswer(new Answer(this.status, "")));
		}
	}

	/** Goes where the answer says; its body is of no interest. */
	private void follow(RequestChannel current, RequestPlan asked, @Nullable String location) {
		RequestRoute next;
		try {
			next = asked.route().follow(this.status, location, asked.path(), this.services.limits().maxRedirects());
			if (next.withBody() && !this.source.isRepeatable()) {
				throw new RedirectRefusedException("redirect " + this.status + " wants the request body once more");
			}
		}
		catch (RedirectRefusedException ex) {
			refuse(current, String.valueOf(ex.getMessage()));
			return;
		}
		reportTimings(current);
		if (!isGone(current)) {
			this.source.stop();
			this.redirect = next;
			current.discard();
		}
	}

	private void deliver(RequestChannel current, ReceivedHeaders fields) {
		this.planner.metadata().receive(fields, this.link.metadata());
		this.payload.start(fields);
		int userState = ResponseRules.userState(this.status, this.policy);
		reportTimings(current);
		if (userState >= 0 && !isGone(current)) {
			this.link.userState(userState);
		}
		if (!isGone(current)) {
			this.link.connected(current.peer());
		}
	}

	private void reportTimings(RequestChannel current) {
		if (!this.link.policy().features().perf()) {
			return;
		}
		long response = (current.now() - this.sentAt) / 1000;
		ConnectReport opened = this.report;
		// Others have paid for a connection that was there
		this.link.timings((opened != null) ? opened.timings(response, "http", this.status)
				: new ConnectionTimings(current.peer(), 0, 0, 0, 0, response, List.of(), "http", this.status));
	}

	@Override
	public void responseData(ByteBuf data) {
		try {
			this.payload.content(data);
		}
		catch (IllegalArgumentException ex) {
			giveUp(Phase.PROTOCOL, "multipart body: " + ex.getMessage());
		}
	}

	@Override
	public void responseEnd() {
		RequestChannel current = this.channel;
		RequestRoute next = this.redirect;
		if (current == null) {
			return;
		}
		if (next != null) {
			this.channel = null;
			request(next, false);
			return;
		}
		if (this.payload.isIncomplete()) {
			giveUp(Phase.PROTOCOL, "multipart body ends without its last boundary");
			return;
		}
		this.payload.end();
		if (isGone(current)) {
			return;
		}
		this.source.stop();
		if (this.policy.outcome().isSuccess(this.status)) {
			this.link.acknowledged(this.source.ordinal());
		}
		else {
			this.link.rejected(this.source.ordinal());
		}
		if (!isGone(current)) {
			this.owed = false;
			idle();
			current.release();
			this.link.completed();
		}
	}

	@Override
	public void failed(Phase phase, String message, @Nullable Throwable cause, Processed processed) {
		RequestPlan asked = this.plan;
		boolean again = asked != null && !this.repeated && this.status == 0
				&& mayRepeatAtOnce(processed, asked.route().method()) && this.source.isRepeatable();
		if (again && asked != null) {
			this.repeated = true;
			this.channel = null;
			this.source.stop();
			request(asked.route(), processed == Processed.UNLIKELY);
			return;
		}
		end(phase, message, cause, processed == Processed.NO);
	}

	private static boolean mayRepeatAtOnce(Processed processed, String method) {
		return processed == Processed.NO || (processed == Processed.UNLIKELY && RequestBody.isIdempotent(method));
	}

	@Override
	public WakeLock.Held stayAwake() {
		return this.link.wakeLock().acquire(this.link.tag());
	}

	private void giveUp(Phase phase, String message) {
		RequestChannel current = this.channel;
		end(phase, message, null, false, current);
	}

	private void end(Phase phase, String message, @Nullable Throwable cause, boolean unsent) {
		end(phase, message, cause, unsent, null);
	}

	private void end(Phase phase, String message, @Nullable Throwable cause, boolean unsent,
			@Nullable RequestChannel current) {
		String endpoint = endpoint();
		fail();
		if (current != null) {
			current.cancel();
		}
		this.link.closed(new StreamFailure(phase, message, endpoint, cause, unsent, null));
	}

	/** The attempt has failed; what it took from the application may be missing later. */
	private void fail() {
		this.owed |= this.source.isTaken();
		idle();
	}

	private void idle() {
		this.plan = null;
		this.channel = null;
		this.redirect = null;
		this.source.stop();
		this.payload.stop();
	}

	private String endpoint() {
		RequestPlan asked = this.plan;
		Target target = (asked != null) ? asked.route().target() : this.link.target();
		return target.address().toString();
	}

	@SuppressWarnings("ReferenceEquality")
	private boolean isGone(RequestChannel current) {
		return this.channel != current;
	}

	@Override
	public void pauseReading() {
		this.paused = true;
		if (this.channel != null) {
			this.channel.pauseReading();
		}
	}

	@Override
	public void resumeReading() {
		this.paused = false;
		if (this.channel != null) {
			this.channel.resumeReading();
		}
	}

	@Override
	public void grantCredit(int bytes) {
		if (this.channel != null) {
			this.channel.grantCredit(bytes);
		}
	}

	@Override
	public void confirmValidity() {
		if (this.channel != null) {
			this.channel.confirmValidity();
		}
	}

	@Override
	public void close() {
		RequestChannel current = this.channel;
		boolean waiting = this.plan != null && current == null;
		// What the application ends itself is not missing
		this.owed = false;
		idle();
		if (current != null) {
			current.cancel();
		}
		else if (waiting) {
			this.connector.cancel();
		}
	}

}
