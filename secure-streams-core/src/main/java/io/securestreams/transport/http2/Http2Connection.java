package io.securestreams.transport.http2;

import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http2.frame.Http2FrameWriter;
import io.securestreams.transport.http2.frame.Http2Violation;
import io.securestreams.transport.http2.frame.PeerSettings;
import io.securestreams.transport.loop.EventLoopExecutor;

/**
 * A connection (RFC 9113), whichever side it is of, with all its streams: its life from
 * the first frame to the last. Who opens streams, and what is on them, is the business of
 * the subclasses. Used on the channel's event loop only.
 */
public abstract class Http2Connection extends Http2Handler {

	private static final Logger logger = LoggerFactory.getLogger(Http2Connection.class);

	private final Http2Limits limits;

	private final String peerName;

	private final int streamWindow;

	private final OpenStreams streams;

	private final PeerSettings peer;

	private final AbuseMeter meter;

	private final ConnectionClock clock;

	private final Ticker ticker;

	private State state = State.OPEN;

	private Http2Error retireError = Http2Error.NO_ERROR;

	private String retireReason = "";

	private @Nullable Future<?> tick;

	/**
	 * Makes a connection that starts when it is added to the channel's pipeline.
	 * @param channel the network connection
	 * @param peerName numeric address of the peer, or socket path
	 * @param limits bounds and times
	 * @param streamWindow window that streams start with
	 * @param peer what the peer allows
	 * @param clock looks at the time
	 */
	protected Http2Connection(Channel channel, String peerName, Http2Limits limits, int streamWindow, PeerSettings peer,
			ConnectionClock clock) {
		super(channel, limits.connectionWindow());
		this.peerName = peerName;
		this.limits = limits;
		this.streamWindow = streamWindow;
		this.peer = peer;
		this.meter = new AbuseMeter(limits.maxStrikes());
		this.streams = new OpenStreams(EventLoopExecutor.of(channel.eventLoop()), peerName);
		start(new InboundFrames(this, this.meter, limits.connectionWindow()),
				new Http2Output(channel, this, peer, this.meter), limits.header());
		this.clock = clock;
		this.ticker = channel.eventLoop().ticker();
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		output().start(new Http2FrameWriter(ctx));
		preface(writer());
		this.clock.proof(this.ticker.nanoTime());
		this.clock.idleSince(this.clock.lastProof());
		this.clock.settingsSent(this.clock.lastProof());
		this.tick = ctx.executor()
			.scheduleAtFixedRate(this::tick, this.clock.tickMillis(), this.clock.tickMillis(), TimeUnit.MILLISECONDS);
	}

	/** Routes frames to a new stream. */
	public void add(Http2Stream stream) {
		this.streams.add(stream);
	}

	/** Returns how many streams are open. */
	protected int openStreams() {
		return this.streams.size();
	}

	/** Whether streams can be opened. */
	protected boolean isOpen() {
		return this.state == State.OPEN;
	}

	@Override
	protected boolean isClosed() {
		return this.state == State.CLOSED;
	}

	/** Takes it that the peer is alive. */
	public void confirmValidity() {
		proof();
	}

	@Override
	void proof() {
		this.clock.proof(this.ticker.nanoTime());
		this.streams.lifeInDoubt(false);
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

	@Override
	public void shutdown(Phase phase, Http2Error error, String reason) {
		retire(reason, error);
		this.streams.failAll(StreamEnd.of(phase, reason));
		close(error, reason);
	}

	/** Returns the streams that frames are routed to. */
	OpenStreams streams() {
		return this.streams;
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

	/**
	 * The peer leaves.
	 * @param lastStreamId last stream of ours that it may have processed
	 * @param reason code and text
	 * @param fault whether it says that something is wrong
	 */
	void goAway(int lastStreamId, String reason, boolean fault) {
		if (fault && this.state == State.OPEN) {
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
		this.streams.failAbove(lastStreamId, StreamEnd.unprocessed(reason));
	}

	/**
	 * A PING has been answered.
	 * @param payload what was in it
	 * @return {@code false} if none was sent
	 */
	protected boolean pong(long payload) {
		return this.clock.pong();
	}

	/** Returns what counts frames without use. */
	protected AbuseMeter meter() {
		return this.meter;
	}

	/** Returns what the peer allows. */
	public PeerSettings peer() {
		return this.peer;
	}

	/** Returns the bounds and times. */
	public Http2Limits limits() {
		return this.limits;
	}

	@Override
	public String peerName() {
		return this.peerName;
	}

	/** Returns the window that streams start with. */
	protected int streamWindow() {
		return this.streamWindow;
	}

	/**
	 * Returns the time, read once for each turn of reading.
	 */
	public long now() {
		return output().isInTurn() ? this.clock.lastProof() : this.ticker.nanoTime();
	}

	/** Routes no more frames to a stream. */
	protected void remove(Http2Stream stream) {
		this.streams.remove(stream);
		streamGone();
	}

	/** One stream fewer. */
	void streamGone() {
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

	/**
	 * Looks at the time, about once a second.
	 */
	protected void tick() {
		long now = this.ticker.nanoTime();
		this.meter.decay();
		this.streams.checkTime(now, this);
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
				this.streams.lifeInDoubt(true);
				writer().ping(now, false);
			}
			case HANG_UP -> shutdown(Phase.VALIDITY, Http2Error.NO_ERROR, "no sign of life from the peer");
			default -> {
			}
		}
	}

	private void close(Http2Error error, String reason) {
		if (this.state == State.CLOSED) {
			return;
		}
		this.state = State.CLOSED;
		writer().goAway(lastPeerStream(), error.code(), reason);
		writer().flush();
		cleanUp();
		closeChannel(error);
	}

	@Override
	void lost(StreamEnd end) {
		if (this.state != State.CLOSED) {
			retire(end.message(), Http2Error.NO_ERROR);
			this.state = State.CLOSED;
			this.streams.failAll(end);
			cleanUp();
		}
	}

	private void cleanUp() {
		if (this.tick != null) {
			this.tick.cancel(false);
		}
		closeInput();
		output().close();
		this.peer.settle();
		closed();
	}

	@Override
	public String toString() {
		return "h2 " + this.peerName;
	}

	private enum State {

		OPEN, RETIRED, CLOSED

	}

}
