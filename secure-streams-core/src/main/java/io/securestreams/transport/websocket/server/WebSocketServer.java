package io.securestreams.transport.websocket.server;

import java.util.function.Consumer;

import io.securestreams.limits.WebSocketLimits;
import io.securestreams.transport.http.HeaderSink;
import io.securestreams.transport.http.ProtocolRequest;
import io.securestreams.transport.http.ServerRoute;
import io.securestreams.transport.http.UpgradeHandler;
import io.securestreams.transport.http.UpgradeRequest;
import io.securestreams.transport.http2.server.TunnelAcceptor;
import io.securestreams.transport.http2.server.TunnelOffer;
import io.securestreams.transport.websocket.SocketCarrier;
import io.securestreams.transport.websocket.TunnelCarrier;

/**
 * Makes WebSocket streams of the opening handshakes that arrive at HTTP listeners (RFC
 * 6455 section 4.2, RFC 8441 section 5): for server streamtypes of protocol {@code ws},
 * and for those of HTTP with {@code ws_*} keys. May be shared by all connections.
 */
public final class WebSocketServer implements UpgradeHandler, TunnelAcceptor {

	private static final int BAD_REQUEST = 400;

	private static final int UPGRADE_REQUIRED = 426;

	private static final Consumer<HeaderSink> NO_FIELDS = (sink) -> {
	};

	private static final Consumer<HeaderSink> VERSION = (sink) -> {
		sink.field("upgrade", ReceivedHandshake.PROTOCOL);
		sink.field("connection", "upgrade");
		sink.field("sec-websocket-version", ReceivedHandshake.VERSION);
	};

	private final WebSocketLimits limits;

	/**
	 * Makes a server.
	 * @param limits limits of its connections
	 */
	public WebSocketServer(WebSocketLimits limits) {
		this.limits = limits;
	}

	@Override
	public boolean upgrade(UpgradeRequest request) {
		return serve(request, new ReceivedHandshake(request, false),
				(fields, connection) -> request.accept(ReceivedHandshake.PROTOCOL, fields,
						(channel) -> new SocketCarrier(channel, true).open(connection)));
	}

	@Override
	public boolean accept(TunnelOffer offer) {
		return serve(offer, new ReceivedHandshake(offer, true),
				(fields, connection) -> new TunnelCarrier(offer.accept(fields), offer.executor()).open(connection));
	}

	private boolean serve(ProtocolRequest request, ReceivedHandshake handshake, HandshakeAcceptance acceptance) {
		if (!request.asksFor(ReceivedHandshake.PROTOCOL) || !request.routes().coversWebSocket(request.path())) {
			return false;
		}
		if (!handshake.isVersionKnown() && !handshake.isKeyless()) {
			request.refuse(UPGRADE_REQUIRED, VERSION);
			return true;
		}
		ServerRoute route = handshake.isProper() ? request.routes().webSocket(request.path(), handshake.subprotocols())
				: null;
		if (route == null) {
			request.refuse(BAD_REQUEST, NO_FIELDS);
			return true;
		}
		new WebSocketServerTransport(request, acceptance, route, handshake, this.limits).open();
		return true;
	}

}
