package io.securestreams.transport.http2.server;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.securestreams.transport.http.HeaderSink;
import io.securestreams.transport.http.ReceivedHeaders;
import io.securestreams.transport.http.ServerRoutes;
import io.securestreams.transport.http2.Tunnel;
import io.securestreams.transport.loop.EventLoopExecutor;
import io.securestreams.transport.tls.PeerIdentity;

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

	private Runnable lost = () -> {
	};

	private boolean answered;

	/** The stream, while the answer is waited for. */
	private @Nullable TunnelStream waiting;

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

	/** The answer comes later. */
	void await() {
		TunnelStream stream = stream();
		stream.pauseReading();
		stream.onLost(this::lost);
		this.waiting = stream;
	}

	private TunnelStream stream() {
		TunnelStream stream = new TunnelStream(this.connection, this.streamId);
		this.connection.add(stream);
		if (this.endStream) {
			stream.endRemote();
		}
		return stream;
	}

	private void lost() {
		this.answered = true;
		this.lost.run();
	}

	@Override
	public void onLost(Runnable lost) {
		this.lost = lost;
	}

	@Override
	public Tunnel accept(Consumer<HeaderSink> fields) {
		answer();
		this.connection.heads().write(this.streamId, OK, fields, false);
		TunnelStream stream = (this.waiting != null) ? this.waiting : stream();
		ServerTunnel tunnel = new ServerTunnel(stream);
		stream.open(tunnel);
		if (this.waiting != null) {
			// Delivers what has arrived meanwhile, soon
			stream.resumeReading();
		}
		else if (this.endStream) {
			this.connection.execute(stream::deliverEnd);
		}
		return tunnel;
	}

	@Override
	public void refuse(int status, Consumer<HeaderSink> fields) {
		answer();
		if (this.waiting != null) {
			this.waiting.refuse(() -> this.connection.heads().write(this.streamId, status, fields, true));
		}
		else {
			this.connection.answer(this.streamId, status, fields, this.endStream);
		}
	}

	private void answer() {
		if (this.answered) {
			throw new IllegalStateException("answered already");
		}
		this.answered = true;
	}

}
