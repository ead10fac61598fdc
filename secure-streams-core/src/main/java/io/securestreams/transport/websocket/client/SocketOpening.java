package io.securestreams.transport.websocket.client;

import java.util.List;
import java.util.function.Function;

import io.netty.channel.Channel;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.connect.ConnectAttempt;
import io.securestreams.transport.connect.ConnectListener;
import io.securestreams.transport.connect.ConnectReport;
import io.securestreams.transport.connect.Connector;
import io.securestreams.transport.connect.Origin;
import io.securestreams.transport.http1.MessageHead;
import io.securestreams.transport.loop.EventLoopExecutor;
import io.securestreams.transport.websocket.HandshakeAnswer;
import io.securestreams.transport.websocket.HandshakeKey;
import io.securestreams.transport.websocket.SocketCarrier;
import io.securestreams.transport.websocket.WebSocketConnection;
import io.securestreams.transport.websocket.frame.Carrier;
import org.jspecify.annotations.Nullable;

/**
 * Connects a socket and upgrades it (RFC 6455 section 4.1).
 */
final class SocketOpening implements Opening, ConnectListener, ClientHandshake.Listener {

	private final StreamLink link;

	private final Connector connector;

	private final Origin origin;

	private final HandshakeRequest request;

	private final WebSocketLimits settings;

	private final Opening.Listener listener;

	private @Nullable ConnectAttempt attempt;

	private @Nullable ClientHandshake handshake;

	private @Nullable Channel channel;

	private @Nullable ConnectReport report;

	private long responseMicros;

	SocketOpening(StreamLink link, Connector connector, Origin origin, HandshakeRequest request,
			WebSocketLimits settings, Opening.Listener listener) {
		this.link = link;
		this.connector = connector;
		this.origin = origin;
		this.request = request;
		this.settings = settings;
		this.listener = listener;
	}

	@Override
	public void begin() {
		this.attempt = this.connector.connect(((EventLoopExecutor) this.link.executor()).eventLoop(), this.origin,
				this);
	}

	@Override
	public void cancel() {
		if (this.attempt != null) {
			this.attempt.cancel();
			this.attempt = null;
		}
		if (this.handshake != null) {
			this.handshake.stop();
		}
		if (this.channel != null) {
			this.channel.close();
		}
	}

	@Override
	public HandshakeRequest request() {
		return this.request;
	}

	@Override
	public @Nullable ConnectReport report() {
		return this.report;
	}

	@Override
	public long responseMicros() {
		return this.responseMicros;
	}

	@Override
	public WebSocketConnection open(Function<Carrier, WebSocketConnection> connection) {
		Channel upgraded = this.channel;
		if (upgraded == null) {
			throw new IllegalStateException("nothing has been upgraded");
		}
		WebSocketConnection opened = new SocketCarrier(upgraded, false).open(connection);
		// What came with the answer goes to the connection when this returns
		upgraded.pipeline().remove(ClientHandshake.NAME);
		return opened;
	}

	@Override
	public void connected(Channel channel, ConnectReport report) {
		this.attempt = null;
		this.report = report;
		this.channel = channel;
		ClientHandshake next = new ClientHandshake(this.request, this, this.link.executor(), this.settings);
		this.handshake = next;
		channel.pipeline().addLast(ClientHandshake.NAME, next);
		next.begin(channel);
	}

	@Override
	public void failed(StreamFailure failure, ConnectReport report) {
		this.attempt = null;
		this.report = report;
		this.listener.failed(this, failure);
	}

	@Override
	public void answered(int status, MessageHead head, long micros) {
		this.responseMicros = micros;
		if (status != 101) {
			this.listener.refused(this, status, head);
			return;
		}
		String problem = problem(head);
		if (problem != null) {
			failed(Phase.HANDSHAKE, "opening handshake: " + problem, null);
			return;
		}
		this.listener.accepted(this, head);
	}

	@Override
	public void explained(String text) {
		cancel();
		this.listener.explained(this, text);
	}

	private @Nullable String problem(MessageHead head) {
		if (!head.hasToken("upgrade", "websocket")) {
			return "no \"Upgrade: websocket\"";
		}
		if (!head.hasToken("connection", "upgrade")) {
			return "no \"Connection: Upgrade\"";
		}
		List<String> accept = HandshakeAnswer.values(head, "sec-websocket-accept");
		return accept.equals(List.of(HandshakeKey.accept(this.request.key()))) ? null : "wrong Sec-WebSocket-Accept";
	}

	@Override
	public void failed(Phase phase, String message, @Nullable Throwable cause) {
		cancel();
		// Nothing of the application's has been sent before the handshake is done
		this.listener.failed(this, StreamFailure.unsent(phase, message, this.origin.address().toString(), cause));
	}

}
