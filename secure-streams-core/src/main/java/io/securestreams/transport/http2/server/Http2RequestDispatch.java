package io.securestreams.transport.http2.server;

import java.util.function.Supplier;

import io.securestreams.transport.http.ServerRoute;
import io.securestreams.transport.http.ServerRoutes;
import io.securestreams.transport.http.exchange.ServerRefusal;

/**
 * Finds whom a connection's requests are for, and makes a stream for each.
 */
final class Http2RequestDispatch {

	private static final int NOT_IMPLEMENTED = 501;

	private final Http2ServerConnection connection;

	private final Supplier<ServerRoutes> routes;

	private final TunnelAcceptor tunnels;

	private final long maxBody;

	Http2RequestDispatch(Http2ServerConnection connection, Supplier<ServerRoutes> routes, TunnelAcceptor tunnels,
			long maxBody) {
		this.connection = connection;
		this.routes = routes;
		this.tunnels = tunnels;
		this.maxBody = maxBody;
	}

	/** Whether extended CONNECT (RFC 8441) makes sense. */
	boolean isTunnelling() {
		return this.tunnels != TunnelAcceptor.NONE && this.routes.get().serveWebSocket();
	}

	/**
	 * Hands a request to whom it is for.
	 * @param streamId its stream
	 * @param request its head
	 * @param endStream whether that is all of it
	 */
	void serve(int streamId, ReceivedRequest request, boolean endStream) {
		ServerRoutes known = this.routes.get();
		if (request.protocol() != null) {
			offer(new ServerOffer(this.connection, streamId, request, known, endStream), streamId, endStream);
			return;
		}
		String path = request.path();
		ServerRoute route = ServerRefusal.isServed(request.method()) ? known.request(path) : null;
		if (route == null) {
			ServerRefusal refusal = ServerRefusal.of(known, request.method(), path, false);
			this.connection.answer(streamId, refusal.status(), refusal.fields(), endStream);
			return;
		}
		Http2ServerStream stream = new Http2ServerStream(this.connection, streamId, route, request, this.maxBody);
		this.connection.add(stream);
		stream.start(request, path, endStream);
	}

	private void offer(ServerOffer offer, int streamId, boolean endStream) {
		boolean taken = this.tunnels.accept(offer);
		if (taken && !offer.isAnswered()) {
			offer.await();
		}
		else if (!taken) {
			this.connection.answer(streamId, NOT_IMPLEMENTED, ServerRefusal.NO_FIELDS, endStream);
		}
	}

}
