package io.securestreams.transport.websocket.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.handler.ssl.ApplicationProtocolNames;
import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.Target;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.policy.WebSocketPolicy;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.connect.ConnectReport;
import io.securestreams.transport.connect.Connector;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.InvalidRequestException;
import io.securestreams.transport.http.MetadataHeaders;
import io.securestreams.transport.http.ReceivedHeaders;
import io.securestreams.transport.http.RedirectRefusedException;
import io.securestreams.transport.http.RequestAuthentication;
import io.securestreams.transport.http.RequestRoute;
import io.securestreams.transport.http.ResponseRules;
import io.securestreams.transport.http.exchange.RequestOrigin;
import io.securestreams.transport.http2.client.Tunnels;
import io.securestreams.transport.websocket.HandshakeAnswer;
import io.securestreams.transport.websocket.WebSocketConnection;
import io.securestreams.transport.websocket.WebSocketTransport;
import io.securestreams.transport.websocket.frame.DeflateExtension;
import io.securestreams.transport.websocket.frame.WebSocketViolation;
import org.jspecify.annotations.Nullable;

/**
 * A client WebSocket stream: does the opening handshake, following redirects where the
 * policy allows it, then hands over to a {@link WebSocketConnection}. It joins an HTTP/2
 * connection that is there and whose peer offers it, or with {@code ws_over_h2} makes
 * one; else it has a socket of its own.
 */
final class WebSocketClientTransport extends WebSocketTransport implements ClientTransport, Opening.Listener {

	private static final List<String> HTTP_1 = List.of(ApplicationProtocolNames.HTTP_1_1);

	private static final int SWITCHING_PROTOCOLS = 101;

	/** The peer does not accept the credentials. */
	private static final int UNAUTHORIZED = 401;

	/** How long a peer is not asked again for what it does not offer. */
	private static final long UNAVAILABLE_NANOS = TimeUnit.MINUTES.toNanos(10);

	private final ClientLink link;

	private final WebSocketPolicy policy;

	private final Connector connector;

	private final Tunnels tunnels;

	private final HttpServices services;

	private final WebSocketLimits settings;

	private final MetadataHeaders headers;

	private final RequestAuthentication authentication;

	private @Nullable Opening opening;

	/** How connecting went, of the connection there is or of the last attempt. */
	private @Nullable ConnectReport report;

	private long responseMicros;

	/** The peer has refused, and may still be saying why. */
	private @Nullable StreamFailure refusal;

	private boolean tunnelsUnavailable;

	private long unavailableSince;

	WebSocketClientTransport(ClientLink link, Connector connector, Tunnels tunnels, HttpServices services,
			WebSocketLimits settings) {
		this.link = link;
		this.policy = (WebSocketPolicy) link.policy().protocol();
		this.connector = connector;
		this.tunnels = tunnels;
		this.services = services;
		this.settings = settings;
		this.headers = new MetadataHeaders(link.policy());
		this.authentication = new RequestAuthentication(link, services.credentials());
	}

	@Override
	public void connect() {
		reset();
		this.report = null;
		this.responseMicros = 0;
		RequestRoute first = RequestRoute.first(this.link.target(), "GET");
		this.authentication.begin(() -> attempt(first), (reason) -> unauthenticated(reason, first));
	}

	/** No handshake leaves without credentials. */
	private void unauthenticated(String reason, RequestRoute route) {
		fail(Phase.AUTH, reason, route.target(), null, null);
	}

	private void attempt(RequestRoute route) {
		HandshakeRequest request;
		try {
			request = new HandshakeRequest(this.link, this.policy, route, this.headers, this.services,
					this.authentication);
		}
		catch (InvalidRequestException ex) {
			fail(Phase.POLICY, String.valueOf(ex.getMessage()), route.target(), ex, null);
			return;
		}
		begin(new TunnelOpening(this.link, this.tunnels, RequestOrigin.of(this.link, route, TunnelOpening.ALPN),
				request, isHttp2Wanted(), this.settings, this));
	}

	private void begin(Opening next) {
		this.opening = next;
		next.begin();
	}

	private boolean isHttp2Wanted() {
		return this.policy.options().overHttp2() && !(this.tunnelsUnavailable
				&& this.link.executor().nanoTime() - this.unavailableSince < UNAVAILABLE_NANOS);
	}

	@Override
	public void unavailable(Opening asked) {
		if (asked.report() != null) {
			// It took a connection to find out
			this.tunnelsUnavailable = true;
			this.unavailableSince = this.link.executor().nanoTime();
		}
		begin(new SocketOpening(this.link, this.connector, RequestOrigin.of(this.link, asked.request().route(), HTTP_1),
				asked.request(), this.settings, this));
	}

	@Override
	public void accepted(Opening opened, ReceivedHeaders head) {
		storeCookies(opened.request(), head);
		proved(opened.request(), SWITCHING_PROTOCOLS);
		DeflateExtension deflate;
		try {
			deflate = HandshakeAnswer.agreed(head, this.policy.options());
		}
		catch (WebSocketViolation ex) {
			opened.cancel();
			over(opened);
			fail(Phase.HANDSHAKE, "opening handshake: " + ex.getMessage(), opened.request().route().target(), null,
					null);
			return;
		}
		over(opened);
		this.headers.receive(head, this.link.metadata());
		WebSocketConnection connection = opened.open((carrier) -> new WebSocketConnection(this, this.link, carrier,
				false, this.policy.options(), deflate, this.settings));
		String peer = (this.report != null) ? this.report.peer() : null;
		established(this.link, connection, (peer != null) ? peer : connection.peer());
	}

	@Override
	public void refused(Opening refused, int status, ReceivedHeaders head) {
		HandshakeRequest asked = refused.request();
		storeCookies(asked, head);
		Target target = asked.route().target();
		StreamFailure failure;
		boolean unknown = status == UNAUTHORIZED && this.authentication.isNeeded() && asked.route().credentials();
		if (unknown && this.authentication.mayRenew()) {
			refused.cancel();
			over(refused);
			RequestRoute route = asked.route();
			this.authentication.acquire(() -> attempt(route), (reason) -> unauthenticated(reason, route));
			return;
		}
		if (!unknown) {
			proved(asked, status);
		}
		switch (ResponseRules.action(status, this.policy.handshake())) {
			case FOLLOW -> {
				refused.cancel();
				over(refused);
				follow(asked, status, head.octets("location"));
				return;
			}
			case BUSY -> failure = failure(Phase.BUSY, "the peer answered " + status, target, null, ResponseRules
				.retryAfter(head.first("retry-after"), head.first("date"), this.link.executor().epochMillis()));
			case REFUSE_REDIRECT ->
				failure = failure(Phase.REDIRECT, "the peer answered " + status, target, null, null);
			default -> failure = failure(unknown ? Phase.AUTH : Phase.HANDSHAKE,
					"the peer answered " + status + " to the opening handshake", target, null, null);
		}
		HttpAnswer answer = HttpAnswer.of(status, false, head.keep());
		this.headers.receive(head, this.link.metadata());
		this.link.answered(answer);
		this.refusal = failure.withAnswer(answer);
	}

	/** What the peer has answered may say what it thinks of the credentials. */
	private void proved(HandshakeRequest asked, int status) {
		if (asked.route().credentials()) {
			this.authentication.answered(status);
		}
	}

	@Override
	public void explained(Opening explained, String text) {
		over(explained);
		StreamFailure refused = this.refusal;
		this.refusal = null;
		HttpAnswer answer = (refused != null) ? refused.answer() : null;
		if (refused != null && answer != null) {
			ended(this.link, refused.withAnswer(answer.withBody(text.getBytes(StandardCharsets.UTF_8))));
		}
	}

	@Override
	public void failed(Opening failed, StreamFailure failure) {
		over(failed);
		ended(this.link, failure);
	}

	private void over(Opening last) {
		this.opening = null;
		this.report = last.report();
		this.responseMicros = last.responseMicros();
	}

	private void follow(HandshakeRequest asked, int status, @Nullable String location) {
		RequestRoute next;
		try {
			next = asked.route().follow(status, asHttp(location), asked.path(), this.services.limits().maxRedirects());
		}
		catch (RedirectRefusedException ex) {
			fail(Phase.REDIRECT, String.valueOf(ex.getMessage()), asked.route().target(), ex, null);
			return;
		}
		attempt(next);
	}

	/** Some servers redirect to the URI of the WebSocket (RFC 6455 section 3). */
	private static @Nullable String asHttp(@Nullable String location) {
		if (location != null && (location.regionMatches(true, 0, "ws://", 0, 5)
				|| location.regionMatches(true, 0, "wss://", 0, 6))) {
			return "http" + location.substring(2);
		}
		return location;
	}

	private void storeCookies(HandshakeRequest asked, ReceivedHeaders head) {
		if (this.policy.handshake().cookies()) {
			RequestOrigin.store(this.services.cookies(), asked.route().target(), asked.path(), head,
					this.link.executor().epochMillis());
		}
	}

	private void fail(Phase phase, String message, Target target, @Nullable Throwable cause,
			@Nullable Duration retryAfter) {
		ended(this.link, failure(phase, message, target, cause, retryAfter));
	}

	private static StreamFailure failure(Phase phase, String message, Target target, @Nullable Throwable cause,
			@Nullable Duration retryAfter) {
		// Nothing of the application's has been sent before the handshake is done
		return new StreamFailure(phase, message, target.address().toString(), cause, true, retryAfter);
	}

	@Override
	protected void reportTimings(StreamLink link) {
		if (this.report != null) {
			link.timings(this.report.timings(this.responseMicros, null, 0));
		}
	}

	@Override
	protected void abandon() {
		this.authentication.cancel();
		Opening pending = this.opening;
		this.opening = null;
		if (pending != null) {
			pending.cancel();
		}
	}

}
