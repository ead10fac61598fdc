package io.securestreams.transport.websocket;

import java.time.Duration;
import java.util.List;

import io.netty.channel.Channel;
import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.WebSocketPolicy;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.ConnectAttempt;
import io.securestreams.transport.ConnectListener;
import io.securestreams.transport.ConnectReport;
import io.securestreams.transport.Connector;
import io.securestreams.transport.EventLoopExecutor;
import io.securestreams.transport.Origin;
import io.securestreams.transport.PeerName;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.InvalidRequestException;
import io.securestreams.transport.http.MetadataHeaders;
import io.securestreams.transport.http.RedirectRefusedException;
import io.securestreams.transport.http.RequestRoute;
import io.securestreams.transport.http.ResponseRules;
import io.securestreams.transport.http1.MessageHead;
import org.jspecify.annotations.Nullable;

/**
 * A client WebSocket stream: connects, does the opening handshake (RFC 6455 section 4.1),
 * following redirects where the policy allows it, then hands over to a
 * {@link WebSocketConnection}. One connection per attempt.
 */
final class WebSocketClientTransport extends WebSocketTransport implements ConnectListener, ClientHandshake.Listener {

	private static final List<String> ALPN = List.of("http/1.1");

	private final StreamLink link;

	private final WebSocketPolicy policy;

	private final Connector connector;

	private final HttpServices services;

	private final WebSocketSettings settings;

	private final MetadataHeaders headers;

	private @Nullable HandshakeRequest request;

	private @Nullable ConnectAttempt attempt;

	private @Nullable Channel opening;

	private @Nullable ConnectReport report;

	private long responseMicros;

	WebSocketClientTransport(StreamLink link, Connector connector, HttpServices services, WebSocketSettings settings) {
		this.link = link;
		this.policy = (WebSocketPolicy) link.policy().protocol();
		this.connector = connector;
		this.services = services;
		this.settings = settings;
		this.headers = new MetadataHeaders(link.policy());
	}

	@Override
	public void connect() {
		reset();
		this.report = null;
		this.responseMicros = 0;
		attempt(RequestRoute.first(this.link.target(), "GET"));
	}

	private void attempt(RequestRoute route) {
		try {
			this.request = new HandshakeRequest(this.link, this.policy, route, this.headers, this.services);
		}
		catch (InvalidRequestException ex) {
			fail(Phase.POLICY, String.valueOf(ex.getMessage()), route.target(), ex, null);
			return;
		}
		StreamPolicy streamPolicy = this.link.policy();
		Target target = route.target();
		Origin origin = new Origin(target.address(), target.tls(), streamPolicy.tls(), streamPolicy.trafficClass(),
				this.link.socks5(), ALPN);
		this.attempt = this.connector.connect(((EventLoopExecutor) this.link.executor()).eventLoop(), origin, this);
	}

	@Override
	public void connected(Channel channel, ConnectReport report) {
		this.attempt = null;
		this.report = report;
		HandshakeRequest next = this.request;
		if (next == null) {
			channel.close();
			return;
		}
		this.request = null;
		ClientHandshake handshake = new ClientHandshake(next, this, this.link.executor(), this.settings);
		this.opening = channel;
		channel.pipeline().addLast(ClientHandshake.NAME, handshake);
		handshake.begin(channel);
	}

	@Override
	public void failed(StreamFailure failure, ConnectReport report) {
		this.attempt = null;
		this.request = null;
		this.report = report;
		ended(this.link, failure);
	}

	@Override
	public void answered(ClientHandshake handshake, Channel channel, int status, MessageHead head) {
		this.responseMicros = handshake.responseMicros();
		HandshakeRequest asked = handshake.request();
		storeCookies(asked, head);
		if (status != 101) {
			this.opening = null;
			channel.close();
			refused(asked, status, head);
			return;
		}
		DeflateExtension deflate;
		try {
			verify(asked, head);
			deflate = DeflateExtension.agreed(ClientHandshake.values(head, "sec-websocket-extensions"),
					this.policy.options().deflate());
		}
		catch (WebSocketViolation ex) {
			this.opening = null;
			channel.close();
			fail(Phase.HANDSHAKE, "opening handshake: " + ex.getMessage(), asked.route().target(), null, null);
			return;
		}
		this.headers.receive(head, this.link.metadata());
		open(channel, deflate);
	}

	private void open(Channel channel, @Nullable DeflateExtension deflate) {
		this.opening = null;
		WebSocketConnection connection = new WebSocketConnection(this, this.link, channel, false, this.policy.options(),
				deflate, this.settings);
		channel.pipeline().addLast(WebSocketConnection.NAME, connection);
		// What came with the answer goes to the connection when this returns
		channel.pipeline().remove(ClientHandshake.NAME);
		String peer = (this.report != null) ? this.report.peer() : null;
		established(this.link, connection, (peer != null) ? peer : PeerName.of(channel));
	}

	private void verify(HandshakeRequest asked, MessageHead head) throws WebSocketViolation {
		require(head.hasToken("upgrade", "websocket"), "no \"Upgrade: websocket\"");
		require(head.hasToken("connection", "upgrade"), "no \"Connection: Upgrade\"");
		require(ClientHandshake.values(head, "sec-websocket-accept").equals(List.of(HandshakeKey.accept(asked.key()))),
				"wrong Sec-WebSocket-Accept");
		String offered = this.policy.options().subprotocol();
		List<String> chosen = ClientHandshake.values(head, "sec-websocket-protocol");
		require(chosen.equals(offered.isEmpty() ? List.of() : List.of(offered)),
				offered.isEmpty() ? "subprotocol that was not offered" : "subprotocol other than \"" + offered + "\"");
	}

	private static void require(boolean condition, String otherwise) throws WebSocketViolation {
		if (!condition) {
			throw new WebSocketViolation(CloseCode.PROTOCOL_ERROR, otherwise);
		}
	}

	private void refused(HandshakeRequest asked, int status, MessageHead head) {
		Target target = asked.route().target();
		switch (ResponseRules.action(status, this.policy.handshake())) {
			case BUSY -> fail(Phase.BUSY, "the peer answered " + status, target, null, ResponseRules
				.retryAfter(head.first("retry-after"), head.first("date"), this.link.executor().epochMillis()));
			case REFUSE_REDIRECT -> fail(Phase.REDIRECT, "the peer answered " + status, target, null, null);
			case FOLLOW -> follow(asked, status, head.first("location"));
			default ->
				fail(Phase.HANDSHAKE, "the peer answered " + status + " to the opening handshake", target, null, null);
		}
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

	private void storeCookies(HandshakeRequest asked, MessageHead head) {
		Target target = asked.route().target();
		if (this.policy.handshake().cookies() && target.address() instanceof Address.Host host) {
			for (String cookie : ClientHandshake.values(head, "set-cookie")) {
				this.services.cookies()
					.store(host.host(), target.tls(), asked.path(), cookie, this.link.executor().epochMillis());
			}
		}
	}

	@Override
	public void failed(ClientHandshake handshake, Phase phase, String message, @Nullable Throwable cause) {
		Channel channel = this.opening;
		this.opening = null;
		if (channel != null) {
			channel.close();
		}
		fail(phase, message, handshake.request().route().target(), cause, null);
	}

	private void fail(Phase phase, String message, Target target, @Nullable Throwable cause,
			@Nullable Duration retryAfter) {
		// Nothing of the application's has been sent before the handshake is done
		ended(this.link, new StreamFailure(phase, message, target.address().toString(), cause, true, retryAfter));
	}

	@Override
	void reportTimings(StreamLink link) {
		if (this.report != null) {
			link.timings(this.report.timings(this.responseMicros, null, 0));
		}
	}

	@Override
	void abandon() {
		ConnectAttempt pending = this.attempt;
		Channel channel = this.opening;
		this.attempt = null;
		this.request = null;
		this.opening = null;
		if (pending != null) {
			pending.cancel();
		}
		if (channel != null) {
			ClientHandshake handshake = channel.pipeline().get(ClientHandshake.class);
			if (handshake != null) {
				handshake.stop();
			}
			channel.close();
		}
	}

}
