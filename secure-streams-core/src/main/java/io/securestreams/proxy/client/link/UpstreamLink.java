package io.securestreams.proxy.client.link;

import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.proxy.wire.ClientFrame;
import io.securestreams.proxy.wire.CreateResult;
import io.securestreams.proxy.wire.PayloadHead;
import io.securestreams.proxy.wire.ProxyFrame;
import io.securestreams.proxy.wire.StreamType;
import io.securestreams.proxy.wire.TimeoutUpdate;
import io.securestreams.proxy.wire.WireViolation;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.connect.ConnectAttempt;

/**
 * The link of one stream to a proxy: made, greeted, and made again after it is lost. On
 * the event loop of the stream.
 */
public final class UpstreamLink implements LinkEvents {

	/** How long the proxy has to answer STREAMTYPE. */
	static final long ANSWER_MILLIS = 3000;

	private static final Logger log = LoggerFactory.getLogger(UpstreamLink.class);

	private final String tag;

	private final StreamExecutor executor;

	private final LinkConnector connector;

	private final Supplier<StreamType> greeting;

	private final LinkUser user;

	private final LinkLog told;

	private final LinkRetries retries;

	/** Since when there has not been a link, or has been one. */
	private final LinkClock clock;

	private LinkState state = LinkState.IDLE;

	private @Nullable ConnectAttempt attempt;

	private @Nullable FramedConnection connection;

	private boolean refusalTold;

	private @Nullable String reasonTold;

	private volatile @Nullable String peer;

	/**
	 * Makes a link, idle at first.
	 * @param tag the stream's name for logs
	 * @param executor where the stream lives
	 * @param connector makes connections
	 * @param greeting what the proxy is asked for
	 * @param random source of jitter
	 * @param told tells people what goes wrong
	 * @param user told about the link
	 */
	public UpstreamLink(String tag, StreamExecutor executor, LinkConnector connector, Supplier<StreamType> greeting,
			RandomGenerator random, LinkLog told, LinkUser user) {
		this.tag = tag;
		this.executor = executor;
		this.connector = connector;
		this.greeting = greeting;
		this.told = told;
		this.user = user;
		this.retries = new LinkRetries(connector.addresses(), random);
		this.clock = new LinkClock(executor);
	}

	LinkState state() {
		return this.state;
	}

	/**
	 * Whether the proxy has the stream.
	 * @return {@code true} while more may be written
	 */
	public boolean isUp() {
		return this.state == LinkState.UP;
	}

	/**
	 * Where the link goes, or went last. From any thread.
	 * @return an address, or {@code null} if there has been no link
	 */
	public @Nullable String peer() {
		return this.peer;
	}

	private void enter(LinkState next) {
		if (!this.state.allows(next)) {
			throw new IllegalStateException("link of " + this.tag + ": " + next + " must not follow " + this.state);
		}
		log.trace("[{}] link {} after {}", this.tag, next, this.state);
		this.state = next;
	}

	/** Makes the link, unless there is one or an attempt is due. */
	public void open() {
		if (this.state == LinkState.IDLE) {
			this.clock.restart();
			connect();
		}
	}

	/** Makes the next attempt soon, if it would be longer until then. */
	public void hurry() {
		if (this.state == LinkState.WAITING && this.clock.leftMillis() > LinkRetries.INTERVAL_MILLIS) {
			this.clock.schedule(this::connect, LinkRetries.INTERVAL_MILLIS);
		}
	}

	private void connect() {
		enter(LinkState.CONNECTING);
		this.attempt = this.connector.connect(this.executor, this.retries.address(), this);
	}

	/**
	 * Ends the link; there is none until it is {@linkplain #open() opened} again.
	 */
	public void close() {
		if (this.state != LinkState.IDLE && this.state != LinkState.CLOSED) {
			let();
			enter(LinkState.IDLE);
		}
	}

	/** Ends the link and makes another as if it had been lost. */
	public void renew() {
		if (this.state.isConnected()) {
			retry(loss());
		}
	}

	/** Ends the link for good. */
	public void end() {
		if (this.state != LinkState.CLOSED) {
			let();
			enter(LinkState.CLOSED);
		}
	}

	/** Lets go of whatever there is. */
	private void let() {
		this.clock.stop();
		ConnectAttempt pending = this.attempt;
		this.attempt = null;
		if (pending != null) {
			pending.cancel();
		}
		FramedConnection open = this.connection;
		this.connection = null;
		if (open != null) {
			open.close();
		}
	}

	/** How long to wait after the connection there is. */
	private long loss() {
		return this.retries.lost((this.state == LinkState.UP) ? this.clock.elapsedMillis() : 0);
	}

	private void retry(long delay) {
		if (this.state == LinkState.UP) {
			this.clock.restart();
		}
		let();
		enter(LinkState.WAITING);
		this.clock.schedule(this::connect, delay);
	}

	@Override
	public void failed(StreamFailure failure) {
		this.attempt = null;
		this.told.failed(this.tag, failure);
		retry(this.retries.unreachable());
		this.user.retrying(failure, this.clock.elapsedMillis());
	}

	@Override
	public void opened(LinkConnection established, String address) {
		this.attempt = null;
		enter(LinkState.GREETING);
		this.connection = new FramedConnection(established);
		this.peer = address;
		this.clock.schedule(this::unanswered, ANSWER_MILLIS);
		// By this proxies of ours know a client of ours; others ignore it
		send(new TimeoutUpdate(TimeoutUpdate.CANCEL));
		send(this.greeting.get());
		this.user.greeted();
		flush();
	}

	private void unanswered() {
		broken(failure(Phase.HANDSHAKE, "the proxy does not answer", null));
	}

	@Override
	public void closed(StreamFailure failure) {
		FramedConnection gone = this.connection;
		this.connection = null;
		if (gone != null) {
			gone.ended();
		}
		broken((this.state == LinkState.UP) ? failure
				: failure(Phase.HANDSHAKE, "the proxy closed the link instead of an answer", failure.cause()));
	}

	/** The connection is of no use any more. */
	private void broken(StreamFailure failure) {
		boolean wasUp = this.state == LinkState.UP;
		this.told.failed(this.tag, failure);
		retry(loss());
		if (wasUp) {
			this.user.lost(failure);
		}
		else {
			this.user.retrying(failure, this.clock.elapsedMillis());
		}
	}

	@Override
	public void received(ByteBuf bytes) {
		FramedConnection open = this.connection;
		if (open == null) {
			return;
		}
		try {
			open.received(bytes, this::frame);
		}
		catch (WireViolation ex) {
			violated(String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Something of ours has failed in the middle.
	 * @param ex what has been thrown
	 */
	public void unexpected(Throwable ex) {
		if (this.state.isConnected()) {
			broken(failure(Phase.CONNECTION, "unexpected " + ex, ex));
		}
	}

	/**
	 * The proxy does not keep to the protocol.
	 * @param what it has sent
	 */
	public void violated(String what) {
		if (this.state.isConnected()) {
			log.warn("[{}] link to {} dropped: the proxy sent {}", this.tag, this.peer, what);
			broken(failure(Phase.PROTOCOL, "the proxy sent " + what, null));
		}
	}

	private void frame(ProxyFrame frame) throws WireViolation {
		if (frame instanceof CreateResult result) {
			if (this.state != LinkState.GREETING) {
				throw new WireViolation("a second CREATE_RESULT");
			}
			answered(result);
		}
		else if (this.state == LinkState.UP || LinkFrames.isEarly(frame)) {
			this.user.frame(frame);
		}
		else {
			throw new WireViolation("a frame before CREATE_RESULT");
		}
	}

	private void answered(CreateResult result) {
		this.clock.stop();
		if (!result.isCreated()) {
			StreamFailure failure = StreamFailure.unsent(Phase.POLICY,
					"the proxy does not have the streamtype, or not for this client", String.valueOf(this.peer), null);
			if (!this.refusalTold) {
				this.refusalTold = true;
				log.warn("[{}] {} refuses the stream: it does not have the streamtype, or not for this client",
						this.tag, this.peer);
			}
			retry(loss());
			this.user.refused(failure);
			return;
		}
		enter(LinkState.UP);
		this.refusalTold = false;
		this.clock.restart();
		this.told.succeeded(this.tag, this.peer);
		this.user.created(result);
	}

	/**
	 * The proxy does not go on with the stream.
	 * @param why what it says
	 */
	public void refused(String why) {
		if (this.state != LinkState.UP) {
			return;
		}
		if (!why.equals(this.reasonTold)) {
			this.reasonTold = why;
			log.warn("[{}] {} refuses {}", this.tag, this.peer, why);
		}
		retry(loss());
		this.user
			.revoked(StreamFailure.unsent(Phase.POLICY, "the proxy refuses " + why, String.valueOf(this.peer), null));
	}

	@Override
	public void readComplete() {
		this.user.turn();
		flush();
	}

	@Override
	public void writable() {
		this.user.turn();
		flush();
	}

	/**
	 * Writes a frame, unless there is no link; {@link #flush()} sends it.
	 * @param frame the frame
	 */
	public void send(ClientFrame frame) {
		FramedConnection open = this.connection;
		if (open != null) {
			open.send(frame);
		}
	}

	/**
	 * Writes a frame with payload.
	 * @param head what is said of it
	 * @param payload released
	 */
	public void send(PayloadHead head, ByteBuf payload) {
		FramedConnection open = this.connection;
		if (open != null) {
			open.send(head, payload);
		}
		else {
			payload.release();
		}
	}

	/** Sends what has been written. */
	public void flush() {
		FramedConnection open = this.connection;
		if (open != null) {
			open.flush();
		}
	}

	/**
	 * Whether the proxy keeps up.
	 * @return {@code false} without a link
	 */
	public boolean isWritable() {
		FramedConnection open = this.connection;
		return open != null && open.isWritable();
	}

	/**
	 * Makes the link read, or stop. A new one reads.
	 * @param on whether to read
	 */
	public void read(boolean on) {
		FramedConnection open = this.connection;
		if (open != null) {
			open.read(on);
		}
	}

	private StreamFailure failure(Phase phase, String message, @Nullable Throwable cause) {
		return StreamFailure.sent(phase, message, String.valueOf(this.peer), cause);
	}

}
