package io.securestreams.transport.http.exchange;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.netty.buffer.ByteBuf;
import io.securestreams.engine.spi.ClientLink;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.ReceivedHeaders;
import io.securestreams.transport.http.RedirectRefusedException;
import io.securestreams.transport.http.RequestAuthentication;
import io.securestreams.transport.http.RequestRoute;
import io.securestreams.transport.http.ResponseRules;
import io.securestreams.transport.http.multipart.MessagePayload;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a client's request, and what follows from it: delivery, another request,
 * or the end of the attempt. One object serves all requests of a stream. Lives on the
 * stream's event loop.
 */
final class ClientAnswer {

	/** The peer does not accept the credentials. */
	private static final int UNAUTHORIZED = 401;

	/** From here on an answer does not want the rest of the request. */
	private static final int FIRST_REFUSAL = 300;

	private final ClientExchange exchange;

	private final ClientLink link;

	private final HttpPolicy policy;

	private final HttpServices services;

	private final CurrentRequest request;

	private final RequestBodySource source;

	private final RequestAuthentication authentication;

	private final RequestPlanner planner;

	private final MessagePayload payload;

	private int status;

	/** The last answer that was kept; many are the same again. */
	private @Nullable HttpAnswer known;

	/** Its fields. */
	private @Nullable Supplier<Map<String, List<String>>> knownFields;

	/** Where to go as soon as the answer that says so is out of the way. */
	private @Nullable RequestRoute redirect;

	/** The attempt has failed by an answer, of which there may be more. */
	private @Nullable RefusedAnswer refused;

	/** The peer does not accept the credentials: go there with others. */
	private boolean renewing;

	ClientAnswer(ClientExchange exchange, ClientLink link, HttpServices services, CurrentRequest request,
			RequestBodySource source, RequestAuthentication authentication, RequestPlanner planner) {
		this.exchange = exchange;
		this.link = link;
		this.policy = (HttpPolicy) link.policy().protocol();
		this.services = services;
		this.request = request;
		this.source = source;
		this.authentication = authentication;
		this.planner = planner;
		this.payload = new MessagePayload(link, this.policy.body(), services.limits().message());
	}

	/** There is a request, and nothing of its answer. */
	void expect() {
		this.redirect = null;
		this.renewing = false;
		this.status = 0;
	}

	/** Nobody is interested any more. */
	void stop() {
		this.redirect = null;
		RefusedAnswer pending = this.refused;
		if (pending != null) {
			this.refused = null;
			pending.stop();
		}
		this.payload.stop();
	}

	/** Whether the head has come. */
	boolean hasBegun() {
		return this.status != 0;
	}

	/** Whether it ends the attempt, and only what it says is waited for. */
	boolean isRefused() {
		return this.refused != null;
	}

	void head(int code, ReceivedHeaders fields) {
		RequestPlan asked = this.request.plan();
		RequestChannel current = this.request.channel();
		if (asked == null || current == null) {
			return;
		}
		this.status = code;
		if (code >= FIRST_REFUSAL && this.source.isOpen()) {
			this.source.stop();
			current.abandonBody();
		}
		if (this.policy.cookies()) {
			RequestOrigin.store(this.services.cookies(), asked.route().target(), asked.path(), fields,
					this.link.executor().epochMillis());
		}
		ResponseRules.Action action = ResponseRules.action(code, this.policy);
		HttpAnswer head = keep(code, action == ResponseRules.Action.DELIVER && this.policy.outcome().isSuccess(code),
				fields);
		if (this.authentication.isNeeded() && asked.route().credentials()) {
			if (code == UNAUTHORIZED) {
				unauthorized(current, head, asked);
				return;
			}
			this.authentication.answered(code);
		}
		switch (action) {
			case BUSY -> refuse(current, head, Phase.BUSY, "peer answers " + code, ResponseRules
				.retryAfter(fields.first("retry-after"), fields.first("date"), this.link.executor().epochMillis()));
			case REFUSE_REDIRECT -> refuse(current, head, Phase.REDIRECT, "peer answers with redirect " + code, null);
			case FOLLOW -> follow(current, head, asked, fields.octets("location"));
			case DELIVER -> deliver(current, head, fields);
		}
	}

	private HttpAnswer keep(int code, boolean success, ReceivedHeaders fields) {
		Supplier<Map<String, List<String>>> before = this.knownFields;
		Supplier<Map<String, List<String>>> kept = fields.keep(before);
		HttpAnswer last = this.known;
		if (last != null && kept == before && last.status() == code && last.isSuccess() == success) {
			return last;
		}
		HttpAnswer answer = HttpAnswer.of(code, success, kept);
		this.known = answer;
		this.knownFields = kept;
		return answer;
	}

	/** Another token may do; the answer is of no interest. */
	private void unauthorized(RequestChannel current, HttpAnswer head, RequestPlan asked) {
		if (!this.authentication.mayRenew() || !this.source.isRepeatable()) {
			refuse(current, head, Phase.AUTH, "peer answers " + this.status + ": it does not accept the credentials",
					null);
			return;
		}
		this.request.reportTimings(current, this.status);
		if (!this.request.isGone(current)) {
			this.source.stop();
			this.renewing = true;
			this.redirect = asked.route();
			current.discard();
		}
	}

	/** The attempt fails by what the peer has answered, as soon as it has said why. */
	private void refuse(RequestChannel current, HttpAnswer head, Phase phase, String message, @Nullable Duration wait) {
		this.link.answered(head);
		this.request.reportTimings(current, this.status);
		if (!this.request.isGone(current)) {
			this.source.stop();
			// Who is busy, or does not know us, has not done it
			boolean repeatable = phase == Phase.BUSY || phase == Phase.AUTH || this.exchange.isIdempotent();
			StreamFailure failure = new StreamFailure(phase, message, this.request.endpoint(), null, false, wait)
				.withRepeatable(repeatable);
			this.refused = new RefusedAnswer(failure, head, this.link.executor(), () -> refusalOver(false));
		}
	}

	/**
	 * There is no more of an answer that ends the attempt, or nobody waits for it.
	 * @param complete whether the connection can be used again
	 */
	void refusalOver(boolean complete) {
		RefusedAnswer over = this.refused;
		if (over != null) {
			this.exchange.refused(over.failure(), complete);
		}
	}

	/** Goes where the answer says; its body is of no interest. */
	private void follow(RequestChannel current, HttpAnswer head, RequestPlan asked, @Nullable String location) {
		RequestRoute next;
		try {
			next = asked.route().follow(this.status, location, asked.path(), this.services.limits().maxRedirects());
			if (next.withBody() && !this.source.isRepeatable()) {
				throw new RedirectRefusedException("redirect " + this.status + " wants the request body once more");
			}
		}
		catch (RedirectRefusedException ex) {
			refuse(current, head, Phase.REDIRECT, String.valueOf(ex.getMessage()), null);
			return;
		}
		this.request.reportTimings(current, this.status);
		if (!this.request.isGone(current)) {
			this.source.stop();
			this.redirect = next;
			current.discard();
		}
	}

	private void deliver(RequestChannel current, HttpAnswer head, ReceivedHeaders fields) {
		this.link.answered(head);
		this.planner.metadata().receive(fields, this.link.metadata());
		this.payload.start(fields);
		int userState = ResponseRules.userState(this.status, this.policy);
		this.request.reportTimings(current, this.status);
		if (userState >= 0 && !this.request.isGone(current)) {
			this.link.userState(userState);
		}
		if (!this.request.isGone(current)) {
			this.link.connected(current.peer());
		}
	}

	void data(ByteBuf data) {
		if (this.refused != null) {
			if (this.refused.add(data)) {
				refusalOver(false);
			}
			return;
		}
		try {
			this.payload.content(data);
		}
		catch (IllegalArgumentException ex) {
			this.exchange.giveUp(Phase.PROTOCOL, "multipart body: " + ex.getMessage());
		}
	}

	void end() {
		RequestChannel current = this.request.channel();
		RequestRoute next = this.redirect;
		if (current == null) {
			return;
		}
		if (this.refused != null) {
			refusalOver(true);
			return;
		}
		if (next != null) {
			this.exchange.follow(next, this.renewing);
			return;
		}
		if (this.payload.isIncomplete()) {
			this.exchange.giveUp(Phase.PROTOCOL, "multipart body ends without its last boundary");
			return;
		}
		this.payload.end();
		if (this.request.isGone(current)) {
			return;
		}
		this.source.stop();
		if (this.policy.outcome().isSuccess(this.status)) {
			this.link.acknowledged(this.source.ordinal());
		}
		else {
			this.link.rejected(this.source.ordinal());
		}
		if (!this.request.isGone(current)) {
			this.exchange.completed(current);
		}
	}

}
