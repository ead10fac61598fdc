package io.securestreams.transport.http.exchange;

import io.netty.buffer.ByteBuf;
import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.platform.WakeLock;
import io.securestreams.transport.connect.ConnectReport;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.InvalidRequestException;
import io.securestreams.transport.http.ReceivedHeaders;
import io.securestreams.transport.http.RequestAuthentication;
import io.securestreams.transport.http.RequestBody;
import io.securestreams.transport.http.RequestRoute;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client stream over HTTP, whatever the version: its requests and their answers, one
 * after the other. Redirects, and what the peer has not processed, lead to further
 * requests within one attempt.
 */
public final class ClientExchange implements ClientTransport, RequestListener {

	private static final Logger logger = LoggerFactory.getLogger(ClientExchange.class);

	private final ClientLink link;

	private final HttpPolicy policy;

	private final RequestConnector connector;

	private final RequestPlanner planner;

	private final RequestBodySource source;

	private final CurrentRequest request;

	private final RequestAuthentication authentication;

	private final ClientAnswer answer;

	private boolean repeated;

	/** A request is to be planned anew, for its body has to be known first. */
	private boolean again;

	/** A body went with an attempt that failed. */
	private boolean owed;

	/**
	 * Makes the transport of a stream.
	 * @param link the stream
	 * @param services what HTTP transports share
	 * @param connector finds connections
	 */
	public ClientExchange(ClientLink link, HttpServices services, RequestConnector connector) {
		this.link = link;
		this.policy = (HttpPolicy) link.policy().protocol();
		this.connector = connector;
		this.request = new CurrentRequest(link);
		this.authentication = new RequestAuthentication(link, services.credentials());
		this.planner = new RequestPlanner(link, this.policy, services, this.authentication);
		this.source = new RequestBodySource(link, this.policy, services, this.authentication.isNeeded());
		this.answer = new ClientAnswer(this, link, services, this.request, this.source, this.authentication,
				this.planner);
	}

	@Override
	public TransportKind kind() {
		return TransportKind.TRANSACTIONS;
	}

	@Override
	public void connect() {
		this.request.unpause();
		this.repeated = false;
		this.source.reset();
		this.authentication.begin(() -> request(null, false), this::unauthenticated);
	}

	/** Makes a request: the policy's own, or what a redirect has led to. */
	private void request(@Nullable RequestRoute route, boolean fresh) {
		this.answer.expect();
		RequestPlan next;
		try {
			RequestBody wanted = (this.source.whole() != null) ? null
					: this.planner.bodyToKnow((route != null) ? route : first());
			if (wanted != null) {
				this.source.collect(wanted.length(), () -> collected(route, fresh));
				return;
			}
			next = plan(route);
		}
		catch (InvalidRequestException ex) {
			invalid(ex);
			return;
		}
		this.request.plan(next);
		try {
			this.connector.acquire(next, fresh, this);
		}
		catch (RuntimeException | OutOfMemoryError ex) {
			unexpected(Phase.CONNECT, ex);
		}
	}

	/** Nobody above would end the attempt. */
	private void unexpected(Phase phase, Throwable ex) {
		logger.error("[{}] a request has failed", this.link.tag(), ex);
		end(phase, "unexpected " + ex, ex, false);
	}

	private RequestRoute first() {
		return RequestRoute.first(this.link.target(), this.policy.method());
	}

	/** The body that goes into the proof is there. */
	private void collected(@Nullable RequestRoute route, boolean fresh) {
		String problem = this.source.problem();
		if (problem != null) {
			end(Phase.HANDLER, problem, null, true);
		}
		else {
			request(route, fresh);
		}
	}

	/** No request leaves without credentials. */
	private void unauthenticated(String reason) {
		end(Phase.AUTH, reason, null, true);
	}

	private RequestPlan plan(@Nullable RequestRoute route) {
		ByteBuf whole = this.authentication.isNeeded() ? this.source.whole() : null;
		return (route == null || route.hops() == 0) ? this.planner.first(this.link.target(), whole)
				: this.planner.redirected(route, whole);
	}

	private void invalid(InvalidRequestException ex) {
		end(Phase.POLICY, String.valueOf(ex.getMessage()), null, true);
	}

	@Override
	public @Nullable RequestPlan ready() {
		RequestPlan next = this.request.plan();
		if (next != null && next.isBodyless() && this.link.txRequested()) {
			// The application has found something to send while there was no connection
			try {
				if (this.planner.bodyToKnow(next.route()) != null) {
					RequestRoute route = next.route();
					this.request.clear();
					this.again = true;
					this.link.executor().execute(() -> requestAgain(route));
					return null;
				}
				next = plan(next.route());
			}
			catch (InvalidRequestException ex) {
				invalid(ex);
				return null;
			}
			this.request.plan(next);
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

	/** Unless the attempt has ended meanwhile. */
	private void requestAgain(RequestRoute route) {
		if (this.again) {
			this.again = false;
			try {
				request(route, false);
			}
			catch (RuntimeException | OutOfMemoryError ex) {
				unexpected(Phase.CONNECT, ex);
			}
		}
	}

	@Override
	public void started(RequestChannel started, @Nullable ConnectReport opened) {
		RequestPlan sent = this.request.plan();
		if (sent == null) {
			started.cancel();
			return;
		}
		this.request.sent(started, opened);
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
		RequestChannel current = this.request.channel();
		String problem = this.source.ask(capacity);
		if (problem != null && current != null && !this.request.isGone(current)) {
			giveUp(Phase.HANDLER, problem);
		}
	}

	@Override
	public void continues() {
		this.source.proceed();
	}

	@Override
	public void responseHead(int code, ReceivedHeaders fields) {
		this.answer.head(code, fields);
	}

	@Override
	public void responseData(ByteBuf data) {
		this.answer.data(data);
	}

	@Override
	public void responseEnd() {
		this.answer.end();
	}

	/** Makes another request, for the answer says where to. */
	void follow(RequestRoute next, boolean renewing) {
		this.request.leaveChannel();
		if (renewing) {
			this.request.clear();
			this.authentication.acquire(() -> request(next, false), this::unauthenticated);
		}
		else {
			request(next, false);
		}
	}

	/** The answer ends the attempt. */
	void refused(StreamFailure failure, boolean complete) {
		RequestChannel current = this.request.channel();
		fail();
		if (current != null && complete) {
			current.release();
		}
		else if (current != null) {
			current.cancel();
		}
		this.link.closed(failure);
	}

	/** The answer is complete, and has been delivered. */
	void completed(RequestChannel current) {
		this.owed = false;
		idle();
		current.release();
		this.link.completed();
	}

	@Override
	public void failed(Phase phase, String message, @Nullable Throwable cause, Processed processed) {
		if (this.answer.isRefused()) {
			this.request.leaveChannel();
			this.answer.refusalOver(false);
			return;
		}
		RequestPlan asked = this.request.plan();
		if (asked != null && !this.repeated && !this.answer.hasBegun() && this.source.isRepeatable()
				&& mayRepeat(processed, asked.route().method())) {
			this.repeated = true;
			this.request.leaveChannel();
			this.source.stop();
			request(asked.route(), processed == Processed.UNLIKELY);
			return;
		}
		end(phase, message, cause, processed == Processed.NO);
	}

	private static boolean mayRepeat(Processed processed, String method) {
		return processed == Processed.NO || (processed == Processed.UNLIKELY && RequestBody.isIdempotent(method));
	}

	@Override
	public WakeLock.Held stayAwake() {
		return this.link.wakeLock().acquire(this.link.tag());
	}

	/** The request cannot go on, and the peer need not go on answering. */
	void giveUp(Phase phase, String message) {
		end(phase, message, null, false, this.request.channel());
	}

	private void end(Phase phase, String message, @Nullable Throwable cause, boolean unsent) {
		end(phase, message, cause, unsent, null);
	}

	private void end(Phase phase, String message, @Nullable Throwable cause, boolean unsent,
			@Nullable RequestChannel current) {
		String endpoint = this.request.endpoint();
		boolean repeatable = isIdempotent();
		fail();
		if (current != null) {
			current.cancel();
		}
		this.link.closed(new StreamFailure(phase, message, endpoint, cause, unsent, null).withRepeatable(repeatable));
	}

	/** Whether the request does no harm if the peer gets it twice. */
	boolean isIdempotent() {
		RequestPlan asked = this.request.plan();
		return asked == null || RequestBody.isIdempotent(asked.route().method());
	}

	@Override
	public boolean isRepeatable() {
		return this.request.channel() == null || isIdempotent();
	}

	/** The attempt has failed; what it took from the application may be missing later. */
	private void fail() {
		this.owed |= this.source.isTaken();
		idle();
	}

	private void idle() {
		this.request.clear();
		this.authentication.cancel();
		this.again = false;
		this.source.stop();
		this.answer.stop();
	}

	@Override
	public void pauseReading() {
		this.request.pause(true);
	}

	@Override
	public void resumeReading() {
		this.request.pause(false);
	}

	@Override
	public void grantCredit(int bytes) {
		this.request.grantCredit(bytes);
	}

	@Override
	public void confirmValidity() {
		this.request.confirmValidity();
	}

	@Override
	public void close() {
		RequestChannel current = this.request.channel();
		boolean waiting = this.request.plan() != null && current == null;
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
