package io.securestreams.transport.http2;

import java.util.ArrayList;
import java.util.Iterator;
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
import io.netty.util.concurrent.Ticker;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.stream.PrintableText;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http2.frame.Http2FrameReader;
import io.securestreams.transport.http2.frame.Http2FrameWriter;
import io.securestreams.transport.http2.frame.Http2Violation;
import io.securestreams.transport.http2.frame.PeerSettings;
import io.securestreams.transport.loop.EventLoopExecutor;

/**
 * A connection (RFC 9113), whichever side it is of: the only handler behind TLS, with all
 * its streams. Frames, windows, settings and the time are dealt with here; who opens
 * streams, and what is on them, is the business of the subclasses. Used on the channel's
 * event loop only.
 */
public abstract class Http2Connection extends ChannelInboundHandlerAdapter implements ConnectionSide {

	/** Name of the handler in the pipeline. */
	public static final String NAME = "http2";

	/** Bytes of frames that may be on their way when the connection ends, beside DATA. */
	private static final int MAX_DISCARDED = 64 * 1024;

	private static final Logger logger = LoggerFactory.getLogger(Http2Connection.class);

	/**
	 * A peer that gives credit back in smaller pieces does more than there is cause for.
	 */
	private static final int CREDIT_UNIT = 1024;

	/** After so many others on the event loop have their turn. */
	private static final int FAILED_AT_ONCE = 64;

	/** What may be on its way for a stream that we reset. */
	private static final int FRAMES_UNDER_WAY = 4;

	private final Channel channel;

	private final Http2Limits limits;

	private final String peerName;

	private final int streamWindow;

	private final IntObjectHashMap<Http2Stream> streams = new IntObjectHashMap<>();

	private final PeerSettings peer;

	private final Http2SendQueue sendQueue = new Http2SendQueue();

	private final Http2FrameReader reader;

	private final AbuseMeter meter;

	private final ConnectionClock clock;

	private final Ticker ticker;

	private final Runnable sendTask = this::send;

	private Http2FrameWriter writer;

	private boolean tolerant;

	private int held;

	/** Bytes that have arrived since the connection is over. */
	private int discarded;

	private boolean inTurn;

	private boolean sendScheduled;

	private State state = State.OPEN;

	private Http2Error retireError = Http2Error.NO_ERROR;

	private String retireReason = "";

	private @Nullable Future<?> tick;

	/** The peer has been asked for a sign of life, and has not shown one. */
	private boolean inDoubt;

	/**
	 * Makes a connection that starts when it is added to the channel's pipeline.
	 * @param channel the network connection
	 * @param peerName numeric address of the peer, or socket path
	 * @param limits bounds and times
	 * @param streamWindow window that streams start with
	 * @param peer what the peer allows
	 * @param clock looks at the time
	 */
	@SuppressWarnings("NullAway.Init") // the writer needs the handler's context
	protected Http2Connection(Channel channel, String peerName, Http2Limits limits, int streamWindow, PeerSettings peer,
			ConnectionClock clock) {
		this.channel = channel;
		this.peerName = peerName;
		this.limits = limits;
		this.streamWindow = streamWindow;
		this.peer = peer;
		this.meter = new AbuseMeter(limits.maxStrikes());
		this.reader = new Http2FrameReader(new InboundFrames(this, this.meter, limits.connectionWindow()),
				channel.alloc(), limits.header());
		this.clock = clock;
		this.ticker = channel.eventLoop().ticker();
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.writer = new Http2FrameWriter(ctx);
		preface(this.writer);
		this.clock.proof(this.ticker.nanoTime());
		this.clock.idleSince(this.clock.lastProof());
		this.clock.settingsSent(this.clock.lastProof());
		this.tick = ctx.executor()
			.scheduleAtFixedRate(this::tick, this.clock.tickMillis(), this.clock.tickMillis(), TimeUnit.MILLISECONDS);
	}

	/** Routes frames to a new stream. */
	public void add(Http2Stream stream) {
		this.streams.put(stream.id(), stream);
	}

	/** Returns how many streams are open. */
	protected int openStreams() {
		return this.streams.size();
	}

	/** Whether streams can be opened. */
	protected boolean isOpen() {
		return this.state == State.OPEN;
	}

	/** Whether the connection is over. */
	protected boolean isClosed() {
		return this.state == State.CLOSED;
	}

	/** Lets the peer make windows larger than they can be. */
	public void tolerateWindowOverflow() {
		this.tolerant = true;
	}

	/** Takes it that the peer is alive. */
	public void confirmValidity() {
		proof();
	}

	private void proof() {
		this.clock.proof(this.ticker.nanoTime());
		if (this.inDoubt) {
			this.inDoubt = false;
			this.streams.values().forEach(Http2Stream::lifeCertain);
		}
	}

	/**
	 * Opens no more streams; those that are open go on.
	 * @param reason why
	 * @param error error code for the GOAWAY at the end
	 */
	public void retire(String reason, Http2Error error) {
		if (this.state != State.OPEN) {
			return;
		}
		this.state = State.RETIRED;
		this.retireReason = reason;
		this.retireError = error;
		if (error != Http2Error.NO_ERROR) {
			logger.atLevel(faultLevel()).log("[h2 {}] {}", this.peerName, reason);
		}
		retired();
	}

	/**
	 * Closes a retired connection without streams.
	 */
	public void closeIfDone() {
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
	public void shutdown(Phase phase, Http2Error error, String reason) {
		retire(reason, error);
		failAll(StreamEnd.of(phase, reason));
		close(error, reason);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		ByteBuf in = (ByteBuf) msg;
		try {
			if (this.state == State.CLOSED) {
				discard(in.readableBytes());
				return;
			}
			if (!this.inTurn) {
				this.inTurn = true;
				this.writer.startTurn();
				proof();
			}
			if (readPreface(in)) {
				this.reader.read(in);
			}
		}
		catch (Http2Violation ex) {
			shutdown(Phase.PROTOCOL, ex.error(), String.valueOf(ex.getMessage()));
		}
		finally {
			in.release();
		}
	}

	/**
	 * The peer may not have heard yet that it is over; more than that is not waited for.
	 */
	private void discard(int bytes) {
		this.discarded += bytes;
		if (this.discarded > this.limits.connectionWindow() + MAX_DISCARDED) {
			this.channel.close();
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
		logger.debug("[h2 {}] connection fails: {}", this.peerName, PrintableText.of(String.valueOf(cause)));
		lost(new StreamEnd(Phase.CONNECTION, String.valueOf(cause.getMessage()), cause, false));
		ctx.close();
	}

	@Nullable Http2Stream stream(int id) {
		return this.streams.get(id);
	}

	/**
	 * The peer has reset a stream.
	 * @param stream the stream
	 * @param code the peer's error code
	 */
	void resetByPeer(Http2Stream stream, long code) throws Http2Violation {
		this.streams.remove(stream.id());
		reset(stream, code);
		streamGone();
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
		roomMade();
	}

	/**
	 * Our settings have been acknowledged.
	 * @return {@code false} if they had been before
	 */
	boolean settingsAcknowledged() {
		boolean first = !this.clock.isAcknowledged();
		this.clock.acknowledged();
		return first;
	}

	void goAway(int lastStreamId, long code, String debug) {
		String reason = "GOAWAY " + errorName(code) + (debug.isEmpty() ? "" : " \"" + debug + "\"");
		if (code != Http2Error.NO_ERROR.code() && this.state == State.OPEN) {
			logger.atLevel(faultLevel()).log("[h2 {}] {} after stream {}", this.peerName, reason, lastStreamId);
		}
		retire(reason, Http2Error.NO_ERROR);
		peerLeaves(lastStreamId, reason);
		closeIfDone();
	}

	/**
	 * Fails the streams that the peer says it has not acted on.
	 * @param lastStreamId the last one it has
	 * @param reason why
	 */
	protected void failAbove(int lastStreamId, String reason) {
		List<Http2Stream> failed = new ArrayList<>();
		for (Http2Stream stream : List.copyOf(this.streams.values())) {
			if (stream.id() > lastStreamId) {
				this.streams.remove(stream.id());
				failed.add(stream);
			}
		}
		fail(failed, StreamEnd.unprocessed(reason));
	}

	void growWindow(int increment) throws Http2Violation {
		this.sendQueue.grow(increment, this.tolerant);
		scheduleSend();
	}

	void growWindow(Http2Stream stream, int change) throws Http2Violation {
		if (!stream.outgoing().grow(change) && !this.tolerant) {
			windowOverflow(stream);
		}
	}

	/**
	 * A PING has been answered.
	 * @param payload what was in it
	 * @return {@code false} if none was sent
	 */
	protected boolean pong(long payload) {
		return this.clock.pong();
	}

	/** Returns what writes frames. */
	public Http2FrameWriter writer() {
		return this.writer;
	}

	/** Returns what reads frames. */
	protected Http2FrameReader reader() {
		return this.reader;
	}

	/** Returns what counts frames without use. */
	protected AbuseMeter meter() {
		return this.meter;
	}

	/** Returns the network connection. */
	protected Channel channel() {
		return this.channel;
	}

	/** Returns what the peer allows. */
	public PeerSettings peer() {
		return this.peer;
	}

	/** Returns the bounds and times. */
	public Http2Limits limits() {
		return this.limits;
	}

	/**
	 * Returns the numeric address, or socket path, of the peer.
	 */
	public String peerName() {
		return this.peerName;
	}

	/** Returns the window that streams start with. */
	protected int streamWindow() {
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
	public long now() {
		return this.inTurn ? this.clock.lastProof() : this.ticker.nanoTime();
	}

	ByteBufAllocator alloc() {
		return this.channel.alloc();
	}

	ByteBuf allocate(int bytes) {
		return this.channel.alloc().buffer(bytes);
	}

	/** Runs a task on the event loop, later. */
	public void execute(Runnable task) {
		this.channel.eventLoop().execute(task);
	}

	void queueForSending(OutgoingData data) {
		this.sendQueue.add(data);
		scheduleSend();
	}

	void leaveQueue(OutgoingData data) {
		this.sendQueue.remove(data);
	}

	/** Returns how many bytes are held that the windows have no room for. */
	protected int held() {
		return this.held;
	}

	/**
	 * More is held, or less.
	 * @param change bytes
	 */
	protected void held(int change) {
		this.held += change;
	}

	/**
	 * Returns how much a slot may take.
	 * @param most bytes, as a rule
	 * @param room bytes that the windows have room for
	 */
	protected int slot(int most, int room) {
		return most;
	}

	/** Sends DATA that the windows have room for. */
	protected void sendData(int streamId, ByteBuf data, boolean end) {
		this.sendQueue.sent(data.readableBytes());
		this.meter.useful();
		// Its credit comes back for the stream and for the connection
		this.meter.caused(2 + data.readableBytes() / CREDIT_UNIT);
		this.writer.data(streamId, data, end, this.peer.maxFrameSize());
	}

	/** Gives a stream up. */
	void sendReset(int streamId, Http2Error error) {
		this.meter.caused(FRAMES_UNDER_WAY);
		this.writer.reset(streamId, error.code());
	}

	/** Routes no more frames to a stream. */
	protected void remove(Http2Stream stream) {
		this.streams.remove(stream.id());
		streamGone();
	}

	private void streamGone() {
		if (this.streams.isEmpty()) {
			this.clock.idleSince(now());
		}
		if (this.state == State.OPEN) {
			roomMade();
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

	/**
	 * Looks at the time, about once a second.
	 */
	protected void tick() {
		long now = this.ticker.nanoTime();
		this.meter.decay();
		for (Http2Stream stream : List.copyOf(this.streams.values())) {
			StreamEnd overdue = stream.overdue(now);
			if (overdue != null) {
				overdue(stream, overdue);
			}
		}
		if (this.streams.isEmpty() && this.clock.isIdle(now)) {
			idle();
		}
		closeIfDone();
		if (this.clock.isSettingsTimeout(now)) {
			shutdown(Phase.PROTOCOL, Http2Error.SETTINGS_TIMEOUT, "peer does not acknowledge our settings");
			return;
		}
		switch (this.clock.validity(now)) {
			case PING -> {
				this.inDoubt = true;
				this.streams.values().forEach(Http2Stream::lifeInDoubt);
				this.writer.ping(now, false);
			}
			case HANG_UP -> shutdown(Phase.VALIDITY, Http2Error.NO_ERROR, "no sign of life from the peer");
			default -> {
			}
		}
	}

	private void failAll(StreamEnd end) {
		List<Http2Stream> open = new ArrayList<>(this.streams.values());
		this.streams.clear();
		fail(open, end);
	}

	private void fail(List<Http2Stream> open, StreamEnd end) {
		open.forEach(Http2Stream::lost);
		fail(open.iterator(), end);
	}

	/** A slice at a time, for there may be thousands. */
	private void fail(Iterator<Http2Stream> open, StreamEnd end) {
		for (int left = FAILED_AT_ONCE; left > 0 && open.hasNext(); left--) {
			Http2Stream stream = open.next();
			try {
				stream.fail(end);
			}
			catch (RuntimeException ex) {
				// The others are to hear of it, too
				logger.error("[h2 {}] stream {} does not take its end", this.peerName, stream.id(), ex);
			}
		}
		if (open.hasNext()) {
			EventLoopExecutor.of(this.channel.eventLoop()).executeInSlices(() -> fail(open, end));
		}
	}

	private void close(Http2Error error, String reason) {
		if (this.state == State.CLOSED) {
			return;
		}
		this.state = State.CLOSED;
		this.writer.goAway(lastPeerStream(), error.code(), reason);
		this.writer.flush();
		cleanUp();
		closeChannel(error);
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
		closed();
	}

	/** Returns the name of an error code. */
	protected static String errorName(long code) {
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
