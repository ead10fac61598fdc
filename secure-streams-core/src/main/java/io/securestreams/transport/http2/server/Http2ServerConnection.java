package io.securestreams.transport.http2.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.ssl.SslHandler;
import org.slf4j.event.Level;

import io.securestreams.limits.HttpMessageLimits;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http.HeaderSink;
import io.securestreams.transport.http.ListenerEnd;
import io.securestreams.transport.http.ServerRoutes;
import io.securestreams.transport.http.exchange.ServerRefusal;
import io.securestreams.transport.http2.AbuseMeter;
import io.securestreams.transport.http2.ConnectionClock;
import io.securestreams.transport.http2.Http2Connection;
import io.securestreams.transport.http2.Http2Limits;
import io.securestreams.transport.http2.Http2Stream;
import io.securestreams.transport.http2.StreamEnd;
import io.securestreams.transport.http2.frame.FieldNames;
import io.securestreams.transport.http2.frame.Http2FrameWriter;
import io.securestreams.transport.http2.frame.Http2Violation;
import io.securestreams.transport.http2.frame.PeerSettings;
import io.securestreams.transport.loop.EventLoopExecutor;
import io.securestreams.transport.tls.PeerIdentity;

/**
 * The server's side of a connection: makes a stream of each request, and answers those
 * that are nobody's.
 */
final class Http2ServerConnection extends Http2Connection {

	private static final int TOO_LARGE = 413;

	private static final int FIELDS_TOO_LARGE = 431;

	/** A client may go on sending this long, so that it can read what has been sent. */
	private static final long LINGER_MILLIS = 500;

	private final HttpServerLimits serverLimits;

	private final Http2RequestDispatch dispatch;

	private final AnswerHeads heads;

	/** Of all connections of the server. */
	private final HeldBytes held;

	private final EventLoopExecutor executor;

	private final ReceivedRequest request = new ReceivedRequest();

	private final ClosedStreams closed;

	/** Requests that came to nothing (CVE-2023-44487). */
	private final AbuseMeter resets;

	private final Watch watch;

	private final ConnectionPace pace;

	private final PeerIdentity identity;

	private int prefaceRead;

	/** The client's last stream. */
	private int highestStreamId;

	/** The client's last stream that has been served. */
	private int lastServed;

	private final ServerDrain drain = new ServerDrain(this);

	Http2ServerConnection(Channel channel, String peerName, HttpServerLimits limits, Supplier<ServerRoutes> routes,
			TunnelAcceptor tunnels, FieldNames names, HeldBytes held) {
		this(channel, peerName, limits, Http2Limits.of(limits), routes, tunnels, names, held);
	}

	private Http2ServerConnection(Channel channel, String peerName, HttpServerLimits serverLimits, Http2Limits limits,
			Supplier<ServerRoutes> routes, TunnelAcceptor tunnels, FieldNames names, HeldBytes held) {
		super(channel, peerName, limits, limits.streamWindow(), PeerSettings.ofClient(),
				new ConnectionClock(RetryPolicy.NONE, limits));
		this.serverLimits = serverLimits;
		this.dispatch = new Http2RequestDispatch(this, routes, tunnels, serverLimits.maxBodySize());
		this.heads = new AnswerHeads(this, names);
		this.held = held;
		this.executor = EventLoopExecutor.of(channel.eventLoop());
		this.closed = new ClosedStreams(limits.maxStreams());
		this.resets = new AbuseMeter(serverLimits.http2().maxResets());
		this.watch = new Watch(limits, now());
		this.pace = new ConnectionPace(serverLimits);
		this.identity = PeerIdentity.of(channel);
	}

	/** Whether streams can be opened. */
	boolean isServing() {
		return isOpen();
	}

	/** Who the client is, by certificate. */
	PeerIdentity identity() {
		return this.identity;
	}

	// Frames

	@Override
	public void preface(Http2FrameWriter writer) {
		writer.settings(limits().connectionWindow(), PeerSettings.MAX_CONCURRENT_STREAMS, limits().maxStreams(),
				PeerSettings.INITIAL_WINDOW_SIZE, streamWindow(), PeerSettings.MAX_HEADER_LIST_SIZE,
				limits().maxHeaderListSize(), PeerSettings.NO_RFC7540_PRIORITIES, 1,
				PeerSettings.ENABLE_CONNECT_PROTOCOL, this.dispatch.isTunnelling() ? 1 : 0);
	}

	@Override
	public boolean readPreface(ByteBuf in) throws Http2Violation {
		byte[] expected = Http2FrameWriter.PREFACE;
		while (this.prefaceRead < expected.length && in.isReadable()) {
			if (in.readByte() != expected[this.prefaceRead++]) {
				throw new Http2Violation(Http2Error.PROTOCOL_ERROR, "client does not start with the preface");
			}
		}
		return this.prefaceRead == expected.length;
	}

	@Override
	public boolean isIdle(int streamId) {
		return (streamId & 1) == 0 || streamId > this.highestStreamId;
	}

	@Override
	public boolean isOpening(int streamId) {
		return (streamId & 1) == 1 && streamId > this.highestStreamId;
	}

	@Override
	public void opening(int streamId, Http2Headers headers, boolean endStream) throws Http2Violation {
		this.highestStreamId = streamId;
		if (!isOpen() || openStreams() >= limits().maxStreams()) {
			meter().strike("HEADERS beyond MAX_CONCURRENT_STREAMS");
			reset(streamId, Http2Error.REFUSED_STREAM, endStream);
			return;
		}
		this.lastServed = streamId;
		ReceivedRequest request = this.request;
		String problem = request.read(headers, endStream);
		if (problem != null) {
			this.resets.strike("a malformed request: " + problem);
			reset(streamId, Http2Error.PROTOCOL_ERROR, endStream);
			return;
		}
		meter().useful();
		int refusal = request.refusal(this.serverLimits.message().maxLineLength());
		if (refusal == 0 && request.contentLength() > this.serverLimits.maxBodySize()) {
			refusal = TOO_LARGE;
		}
		if (refusal != 0) {
			answer(streamId, refusal, ServerRefusal.NO_FIELDS, endStream);
		}
		else {
			this.dispatch.serve(streamId, request, endStream);
		}
		request.clear();
	}

	@Override
	public void opening(int streamId, String reason, boolean tooLarge, boolean endStream) throws Http2Violation {
		this.highestStreamId = streamId;
		this.resets.strike("a request with bad fields: " + reason);
		if (tooLarge && isOpen()) {
			this.lastServed = streamId;
			answer(streamId, FIELDS_TOO_LARGE, ServerRefusal.NO_FIELDS, endStream);
		}
		else {
			reset(streamId, Http2Error.PROTOCOL_ERROR, endStream);
		}
	}

	@Override
	public void closedStream(int streamId, String frame) throws Http2Violation {
		if (!this.closed.mayArrive(streamId)) {
			throw new Http2Violation(Http2Error.STREAM_CLOSED, frame + " on stream " + streamId + ", which is closed");
		}
	}

	@Override
	public void reset(Http2Stream stream, long code) throws Http2Violation {
		stream.fail(StreamEnd.of(Phase.CONNECTION, "request cancelled by the client: " + Http2Violation.nameOf(code)));
		this.resets.strike("RST_STREAM");
	}

	/**
	 * A stream is reset because of what the client has sent on it.
	 * @param problem what is wrong with it
	 */
	void mistake(String problem) throws Http2Violation {
		this.resets.strike(problem);
	}

	/** A response is complete. */
	void answered() {
		this.resets.useful();
	}

	@Override
	protected void remove(Http2Stream stream) {
		if (!stream.isRemoteEnded()) {
			this.closed.reset(stream.id());
		}
		super.remove(stream);
	}

	@Override
	public void windowOverflow(Http2Stream stream) throws Http2Violation {
		stream.abort(Http2Error.FLOW_CONTROL_ERROR, StreamEnd.of(Phase.PROTOCOL, "window overflows"));
		mistake("a window that overflows");
	}

	/** A client's GOAWAY is about streams of ours, which there are none of. */
	@Override
	public void peerLeaves(int lastStreamId, String reason) {
	}

	@Override
	public int lastPeerStream() {
		return this.lastServed;
	}

	private void reset(int streamId, Http2Error error, boolean endStream) {
		writer().reset(streamId, error.code());
		if (!endStream) {
			this.closed.reset(streamId);
		}
	}

	/**
	 * Answers without a stream, and without a body.
	 * @param streamId the stream
	 * @param status status code
	 * @param fields writes further fields, checked ones
	 * @param endStream whether the client has ended the request
	 */
	void answer(int streamId, int status, Consumer<HeaderSink> fields, boolean endStream) {
		this.heads.write(streamId, status, fields, true);
		if (!endStream) {
			reset(streamId, Http2Error.NO_ERROR, false);
		}
	}

	// For the streams

	ConnectionPace pace() {
		return this.pace;
	}

	@Override
	public void sent(int bytes) {
		this.pace.sent(now(), bytes);
	}

	/** Most time for an application's answer, zero for no limit. */
	Duration answerTimeout() {
		return this.serverLimits.answerTimeout();
	}

	@Override
	public int slot(int most, int room) {
		return this.held.slot(heldBytes(), most, room);
	}

	@Override
	public void held(int change) {
		this.held.add(change);
	}

	HttpMessageLimits messageLimits() {
		return this.serverLimits.message();
	}

	EventLoopExecutor executor() {
		return this.executor;
	}

	/** Writes the heads of answers. */
	AnswerHeads heads() {
		return this.heads;
	}

	// The connection's life

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		// Who does not read is not listened to: whatever it asks for needs an answer
		channel().config().setAutoRead(channel().isWritable() || isClosed());
		super.channelWritabilityChanged(ctx);
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event == ListenerEnd.INSTANCE) {
			this.drain.start("server goes away");
		}
	}

	void finishDrain() {
		writer().goAway(this.lastServed, Http2Error.NO_ERROR.code(), "");
		retire("drained", Http2Error.NO_ERROR);
		closeIfDone();
	}

	@Override
	protected boolean pong(long payload) {
		return this.drain.pong(payload) || super.pong(payload);
	}

	@Override
	protected void tick() {
		long now = now();
		boolean silent = !peer().received() || reader().isPending();
		String late = this.watch.check(now, silent, reader().framesRead(), channel().isWritable());
		if (late != null) {
			shutdown(Phase.CONNECTION, Http2Error.ENHANCE_YOUR_CALM, late);
			return;
		}
		super.tick();
		this.pace.tick(now);
		this.resets.decay();
		if (!isClosed()) {
			this.drain.tick(now);
		}
	}

	@Override
	public void idle() {
		this.drain.start("idle");
	}

	@Override
	public void overdue(Http2Stream stream, StreamEnd reason) {
		((Http2ServerStream) stream).late(reason);
	}

	@Override
	public void roomMade() {
	}

	@Override
	public void retired() {
	}

	@Override
	public void closed() {
	}

	/** Anybody may cause it, as often as he likes. */
	@Override
	public Level faultLevel() {
		return Level.DEBUG;
	}

	@Override
	public void closeChannel(Http2Error error) {
		Channel channel = channel();
		channel.config().setAutoRead(true);
		channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((future) -> {
			SslHandler tls = channel.pipeline().get(SslHandler.class);
			if (tls != null) {
				tls.closeOutbound();
			}
			else if (channel instanceof DuplexChannel duplex) {
				duplex.shutdownOutput();
			}
		});
		// With unread bytes around, closing would destroy what is on its way
		channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
	}

}
