package io.securestreams.transport.http2;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.policy.RetryPolicy;
import io.securestreams.stream.StreamFailure.Phase;

/**
 * A client connection (RFC 9113): the only handler behind TLS, with all its streams.
 */
final class Http2Connection extends ChannelInboundHandlerAdapter {

	static final String NAME = "http2";

	private static final Logger logger = LoggerFactory.getLogger(Http2Connection.class);

	/** A violator may go on sending this long, so that it can read why it is dropped. */
	private static final long LINGER_MILLIS = 250;

	private final ConnectionOwner owner;

	private final Channel channel;

	private final Http2Limits limits;

	private final String peerName;

	private final int streamWindow;

	private final IntObjectHashMap<Http2Stream> streams = new IntObjectHashMap<>();

	private final PeerSettings peer;

	private final SendQueue sendQueue = new SendQueue();

	private final FrameReader reader;

	private final AbuseMeter meter;

	private final ConnectionClock clock;

	private final Runnable sendTask = this::send;

	private FrameWriter writer;

	/** Id of the next stream; negative when all are used up. */
	private int nextStreamId = 1;

	private boolean tolerant;

	private boolean inTurn;

	private boolean sendScheduled;

	private State state = State.OPEN;

	private Http2Error retireError = Http2Error.NO_ERROR;

	private String retireReason = "";

	private @Nullable Future<?> tick;

	/**
	 * Makes a connection that starts when it is added to the channel's pipeline.
	 * @param owner keeps it
	 * @param channel the network connection
	 * @param peerName numeric address of the peer, if known
	 * @param limits bounds and times
	 * @param validity when silence of the peer matters
	 * @param expectedStreams concurrent streams the peer is taken to allow until it says
	 * so
	 * @param manualCredit whether streams start without receive window
	 */
	@SuppressWarnings("NullAway.Init") // the writer needs the handler's context
	Http2Connection(ConnectionOwner owner, Channel channel, @Nullable String peerName, Http2Limits limits,
			RetryPolicy validity, int expectedStreams, boolean manualCredit) {
		this.owner = owner;
		this.channel = channel;
		this.peerName = (peerName != null) ? peerName : String.valueOf(channel.remoteAddress());
		this.limits = limits;
		this.streamWindow = manualCredit ? 0 : limits.streamWindow();
		this.peer = new PeerSettings(expectedStreams);
		this.meter = new AbuseMeter(limits.maxStrikes());
		this.reader = new FrameReader(new InboundFrames(this, this.meter, limits.connectionWindow()), channel.alloc(),
				limits);
		this.clock = new ConnectionClock(validity, limits);
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.writer = new FrameWriter(ctx);
		this.writer.preface(this.streamWindow, this.limits.connectionWindow(), this.limits.maxHeaderListSize());
		this.clock.proof(System.nanoTime());
		this.clock.idleSince(this.clock.lastProof());
		this.tick = ctx.executor()
			.scheduleAtFixedRate(this::tick, this.clock.tickMillis(), this.clock.tickMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Whether one more stream can be opened.
	 * @return {@code false} also when the connection is being left
	 */
	boolean hasRoom() {
		return this.state == State.OPEN && this.nextStreamId > 0
				&& this.streams.size() < Math.min(this.peer.maxStreams(), this.limits.maxStreams());
	}

	/**
	 * Sends a request.
	 * @param request the request
	 * @param exchange is told how it goes
	 * @return its stream
	 */
	Http2Stream open(Http2Request request, Exchange exchange) {
		int id = this.nextStreamId;
		// Becomes negative after the last one
		this.nextStreamId += 2;
		Http2Stream stream = new Http2Stream(this, exchange, id, request);
		this.streams.put(id, stream);
		this.writer.headers(id, request.block(), request.endStream(), this.peer.maxFrameSize());
		if (request.credit() > 0) {
			stream.grantCredit(request.credit());
		}
		return stream;
	}

	void tolerateWindowOverflow() {
		this.tolerant = true;
	}

	void confirmValidity() {
		this.clock.proof(System.nanoTime());
	}

	/**
	 * Opens no more streams; those that are open go on.
	 * @param reason why
	 * @param error error code for the GOAWAY at the end
	 */
	void retire(String reason, Http2Error error) {
		if (this.state != State.OPEN) {
			return;
		}
		this.state = State.RETIRED;
		this.retireReason = reason;
		this.retireError = error;
		if (error != Http2Error.NO_ERROR) {
			logger.warn("[h2 {}] {}", this.peerName, reason);
		}
		this.owner.retired(this);
	}

	/**
	 * Closes a retired connection without streams.
	 */
	void closeIfDone() {
		if (this.state == State.RETIRED && this.streams.isEmpty()) {
			close(this.retireError, this.retireReason);
		}
	}

	/**
	 * Closes at once; open streams fail.
	 * @param phase what they are told
	 * @param error error code for GOAWAY
	 * @param reason why
	 */
	void shutdown(Phase phase, Http2Error error, String reason) {
		retire(reason, error);
		failAll(StreamEnd.of(phase, reason));
		close(error, reason);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		ByteBuf in = (ByteBuf) msg;
		try {
			if (this.state == State.CLOSED) {
				return;
			}
			if (!this.inTurn) {
				this.inTurn = true;
				this.writer.startTurn();
				this.clock.proof(System.nanoTime());
			}
			this.reader.read(in);
		}
		catch (Http2Violation ex) {
			shutdown(Phase.PROTOCOL, ex.error(), String.valueOf(ex.getMessage()));
		}
		finally {
			in.release();
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		if (this.inTurn) {
			send();
			this.inTurn = false;
			this.writer.endTurn();
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		if (this.channel.isWritable()) {
			scheduleSend();
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		lost(StreamEnd.of(Phase.CONNECTION, "connection closed by the peer"));
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		logger.debug("[h2 {}] connection fails", this.peerName, cause);
		lost(new StreamEnd(Phase.CONNECTION, String.valueOf(cause.getMessage()), cause, false));
		ctx.close();
	}

	@Nullable Http2Stream stream(int id) {
		return this.streams.get(id);
	}

	/**
	 * Whether a stream has never been opened: those of even number never are.
	 */
	boolean isIdle(int streamId) {
		return (streamId & 1) == 0 || (this.nextStreamId > 0 && streamId >= this.nextStreamId);
	}

	void reset(Http2Stream stream, long code) {
		this.streams.remove(stream.id());
		boolean refused = code == Http2Error.REFUSED_STREAM.code();
		stream.fail(new StreamEnd(Phase.CONNECTION, "stream reset by the peer: " + errorName(code), null, refused));
		roomMade();
	}

	void settings(ByteBuf settings, int length) throws Http2Violation {
		int window = this.peer.initialWindow();
		this.peer.apply(settings, length);
		int change = this.peer.initialWindow() - window;
		if (change != 0) {
			for (Http2Stream stream : List.copyOf(this.streams.values())) {
				growWindow(stream, change);
			}
		}
		this.peer.settle();
		this.owner.roomMade(this);
	}

	void goAway(int lastStreamId, long code, String debug) {
		String reason = "GOAWAY " + errorName(code) + (debug.isEmpty() ? "" : " \"" + debug + "\"");
		if (code != Http2Error.NO_ERROR.code() && this.state == State.OPEN) {
			logger.warn("[h2 {}] {} after stream {}", this.peerName, reason, lastStreamId);
		}
		retire(reason, Http2Error.NO_ERROR);
		for (Http2Stream stream : List.copyOf(this.streams.values())) {
			if (stream.id() > lastStreamId) {
				this.streams.remove(stream.id());
				stream.fail(StreamEnd.unprocessed(reason));
			}
		}
		closeIfDone();
	}

	void growWindow(int increment) throws Http2Violation {
		this.sendQueue.grow(increment, this.tolerant);
		scheduleSend();
	}

	void growWindow(Http2Stream stream, int change) throws Http2Violation {
		if (!stream.outgoing().grow(change) && !this.tolerant) {
			throw new Http2Violation(Http2Error.FLOW_CONTROL_ERROR, "window of stream " + stream.id() + " overflows");
		}
	}

	boolean pong() {
		return this.clock.pong();
	}

	FrameWriter writer() {
		return this.writer;
	}

	PeerSettings peer() {
		return this.peer;
	}

	Http2Limits limits() {
		return this.limits;
	}

	/**
	 * Returns the numeric address, or socket path, of the peer.
	 */
	String peerName() {
		return this.peerName;
	}

	int streamWindow() {
		return this.streamWindow;
	}

	long sendWindow() {
		return this.sendQueue.window();
	}

	boolean isWritable() {
		return this.channel.isWritable() && this.state != State.CLOSED;
	}

	/**
	 * Returns the time, read once for each turn of reading.
	 */
	long now() {
		return this.inTurn ? this.clock.lastProof() : System.nanoTime();
	}

	ByteBufAllocator alloc() {
		return this.channel.alloc();
	}

	ByteBuf allocate(int bytes) {
		return this.channel.alloc().buffer(bytes);
	}

	void execute(Runnable task) {
		this.channel.eventLoop().execute(task);
	}

	void queueForSending(OutgoingData data) {
		this.sendQueue.add(data);
		scheduleSend();
	}

	void sendData(int streamId, ByteBuf data, boolean end) {
		this.sendQueue.sent(data.readableBytes());
		this.meter.useful();
		this.writer.data(streamId, data, end, this.peer.maxFrameSize());
	}

	void remove(Http2Stream stream) {
		this.streams.remove(stream.id());
		roomMade();
	}

	private void roomMade() {
		if (this.streams.isEmpty()) {
			this.clock.idleSince(now());
		}
		if (this.state == State.OPEN) {
			this.owner.roomMade(this);
		}
		else if (this.state == State.RETIRED && this.streams.isEmpty()) {
			execute(this::closeIfDone);
		}
	}

	private void scheduleSend() {
		if (!this.inTurn && !this.sendScheduled && !this.sendQueue.isEmpty()) {
			this.sendScheduled = true;
			execute(this.sendTask);
		}
	}

	private void send() {
		this.sendScheduled = false;
		if (this.state != State.CLOSED && this.sendQueue.run(this)) {
			// Others on this event loop first
			this.sendScheduled = true;
			execute(this.sendTask);
		}
	}

	private void tick() {
		long now = System.nanoTime();
		this.meter.decay();
		for (Http2Stream stream : List.copyOf(this.streams.values())) {
			StreamEnd overdue = stream.overdue(now);
			if (overdue != null) {
				// Whatever the peer is busy with, new requests shall not wait for it
				retire(overdue.message(), Http2Error.NO_ERROR);
				stream.abort(Http2Error.CANCEL, overdue);
			}
		}
		if (this.streams.isEmpty() && this.clock.isIdle(now)) {
			retire("idle", Http2Error.NO_ERROR);
		}
		closeIfDone();
		switch (this.clock.validity(now)) {
			case PING -> this.writer.ping(now, false);
			case HANG_UP -> shutdown(Phase.VALIDITY, Http2Error.NO_ERROR, "no sign of life from the peer");
			default -> {
			}
		}
	}

	private void failAll(StreamEnd end) {
		List<Http2Stream> open = new ArrayList<>(this.streams.values());
		this.streams.clear();
		this.sendQueue.clear();
		for (Http2Stream stream : open) {
			stream.fail(end);
		}
	}

	private void close(Http2Error error, String reason) {
		if (this.state == State.CLOSED) {
			return;
		}
		this.state = State.CLOSED;
		this.writer.goAway(error.code(), reason);
		this.writer.flush();
		cleanUp();
		if (error == Http2Error.NO_ERROR) {
			this.channel.close();
		}
		else {
			// With unread bytes around, closing would destroy the GOAWAY on its way
			this.channel.eventLoop().schedule(() -> this.channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
		}
	}

	private void lost(StreamEnd end) {
		if (this.state != State.CLOSED) {
			retire(end.message(), Http2Error.NO_ERROR);
			this.state = State.CLOSED;
			failAll(end);
			cleanUp();
		}
	}

	private void cleanUp() {
		if (this.tick != null) {
			this.tick.cancel(false);
		}
		this.reader.close();
		this.writer.close();
		this.peer.settle();
		this.owner.closed(this);
	}

	private static String errorName(long code) {
		Http2Error error = Http2Error.valueOf(code);
		return (error != null) ? error.name() : "error " + code;
	}

	@Override
	public String toString() {
		return "h2 " + this.peerName;
	}

	private enum State {

		OPEN, RETIRED, CLOSED

	}

}
