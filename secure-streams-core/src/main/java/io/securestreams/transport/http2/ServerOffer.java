package io.securestreams.transport.http2;

import java.util.function.Consumer;

import io.securestreams.transport.EventLoopExecutor;
import io.securestreams.transport.PeerIdentity;
import io.securestreams.transport.http.HeaderSink;
import io.securestreams.transport.http.ReceivedHeaders;
import io.securestreams.transport.http.ServerRoutes;

/**
 * A request for a tunnel, as long as it is not answered.
 */
final class ServerOffer implements TunnelOffer {

	private static final int OK = 200;

	private final Http2ServerConnection connection;

	private final int streamId;

	private final ReceivedRequest request;

	private final ServerRoutes routes;

	private final boolean endStream;

	private boolean answered;

	ServerOffer(Http2ServerConnection connection, int streamId, ReceivedRequest request, ServerRoutes routes,
			boolean endStream) {
		this.connection = connection;
		this.streamId = streamId;
		this.request = request;
		this.routes = routes;
		this.endStream = endStream;
	}

	boolean isAnswered() {
		return this.answered;
	}

	@Override
	public String method() {
		return this.request.method();
	}

	@Override
	public String path() {
		return this.request.path();
	}

	@Override
	public boolean asksFor(String protocol) {
		return protocol.equalsIgnoreCase(this.request.protocol());
	}

	@Override
	public ReceivedHeaders fields() {
		return this.request.fields();
	}

	@Override
	public EventLoopExecutor executor() {
		return this.connection.executor();
	}

	@Override
	public String peer() {
		return this.connection.peerName();
	}

	@Override
	public PeerIdentity identity() {
		return this.connection.identity();
	}

	@Override
	public ServerRoutes routes() {
		return this.routes;
	}

	@Override
	public Tunnel accept(Consumer<HeaderSink> fields) {
		answer();
		this.connection.writeAnswer(this.streamId, OK, fields, false);
		TunnelStream stream = new TunnelStream(this.connection, this.streamId);
		this.connection.add(stream);
		ServerTunnel tunnel = new ServerTunnel(stream);
		stream.open(tunnel);
		if (this.endStream) {
			stream.endRemote();
			this.connection.execute(stream::deliverEnd);
		}
		return tunnel;
	}

	@Override
	public void refuse(int status, Consumer<HeaderSink> fields) {
		answer();
		this.connection.answer(this.streamId, status, fields, this.endStream);
	}

	private void answer() {
		if (this.answered) {
			throw new IllegalStateException("answered already");
		}
		this.answered = true;
	}

}
