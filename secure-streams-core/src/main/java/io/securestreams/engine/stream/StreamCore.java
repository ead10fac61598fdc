package io.securestreams.engine.stream;

import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

/**
 * What every stream has, whoever fulfils it, as its {@link Fulfilment} sees it: the
 * context everything happens in, the one door to the application, receiving and
 * transmitting, metadata and figures. Used inside the context, unless said otherwise.
 */
public abstract sealed class StreamCore extends SerialContext permits RequestWork {

	private final MetadataStore metadata;

	private final Consumer<StreamName> ended;

	private final TxGate tx;

	private final RxGate rx;

	/** With the first that is started. */
	private @Nullable UserTimeout timeout;

	private Fulfilment fulfilment = Fulfilment.NONE;

	/** A source has joined, and has not left. */
	private boolean joined;

	private boolean destroyed;

	private volatile boolean abandoned;

	StreamCore(StreamCalls stream, StreamExecutor executor, StreamHandler handler, ManagedStream.Parts<?> parts) {
		super(executor);
		this.metadata = parts.metadata();
		this.ended = parts.ended();
		this.tx = new TxGate(this);
		this.rx = new RxGate(stream, this, handler, parts.settings());
	}

	/** Before anything else happens. */
	final void serve(Fulfilment by) {
		this.fulfilment = by;
	}

	/** Who does what the stream is asked for. */
	final Fulfilment fulfilment() {
		return this.fulfilment;
	}

	/**
	 * Returns the stream's name for logs. From any thread.
	 * @return for example {@code mintest-3}
	 */
	public final String id() {
		return name().id();
	}

	/**
	 * Returns what the stream is called. From any thread.
	 * @return the name
	 */
	public final StreamName name() {
		return this.rx.stream();
	}

	/**
	 * Returns where everything about the stream happens. From any thread.
	 * @return the context
	 */
	public final SerialContext context() {
		return this;
	}

	/**
	 * Returns the door to the application.
	 * @return the announcer
	 */
	public final Announcer announcer() {
		return this.rx;
	}

	/**
	 * Returns the metadata. From any thread.
	 * @return live
	 */
	public final MetadataStore metadata() {
		return this.metadata;
	}

	/**
	 * Returns everything about transmitting.
	 * @return the gate
	 */
	public final TxGate tx() {
		return this.tx;
	}

	/**
	 * Returns everything about receiving.
	 * @return the gate
	 */
	public final RxGate rx() {
		return this.rx;
	}

	/**
	 * Starts the timeout of the application, or starts it anew.
	 * @param millis until it expires
	 */
	public final void startTimeout(long millis) {
		UserTimeout known = this.timeout;
		if (known == null) {
			known = new UserTimeout(executor(), this::timeoutExpired);
			this.timeout = known;
		}
		known.start(millis);
	}

	/**
	 * What the timeout of the application was for is over: stops it if it is running, or
	 * has been asked for.
	 */
	public final void cancelTimeout() {
		take(Requests.START_TIMEOUT | Requests.TIMEOUT_FIRST);
		stopTimeout();
	}

	/** Leaves alone what has been asked for since. */
	final void stopTimeout() {
		if (this.timeout != null) {
			this.timeout.cancel();
		}
	}

	/**
	 * Announces a state without ordinal.
	 * @param next the state
	 */
	public final void announce(StreamState next) {
		this.rx.announce(next, 0);
	}

	/** Announces the stream, on its event loop. */
	final void start() {
		open();
		enter();
		try {
			announce(StreamState.CREATING);
			if (!stopped()) {
				this.fulfilment.created();
			}
		}
		finally {
			exit();
		}
	}

	/**
	 * Asks the sink's handler whether a source may join; before {@link #start()}.
	 * @param sources how many have joined already
	 * @return {@code false} if it closed the stream, which has ended then
	 */
	final boolean join(int sources) {
		open();
		enter();
		try {
			this.rx.announce(StreamState.SINK_JOIN, sources);
		}
		finally {
			exit();
		}
		this.joined = !this.destroyed;
		return this.joined;
	}

	/**
	 * Does something that a report leads to, in the context, and in order with what could
	 * not be passed on yet. On the executor.
	 * @param report what is done
	 */
	public final void report(Runnable report) {
		if (this.rx.holds()) {
			this.rx.hold(() -> inContext(report));
		}
		else {
			inContext(report);
		}
	}

	/**
	 * Passes payload on, or keeps it until it can be. On the executor.
	 * @param payload the bytes, borrowed
	 * @param flags {@link io.securestreams.engine.spi.PayloadFlags}
	 */
	public final void received(ByteBuf payload, int flags) {
		if (this.rx.holdsPayload()) {
			ByteBuf kept = payload.retainedSlice();
			this.rx.hold(() -> deliverInContext(kept, flags), kept);
		}
		else {
			deliverInContext(payload, flags);
		}
	}

	private void deliverInContext(ByteBuf payload, int flags) {
		enter();
		try {
			if (!this.destroyed && !interrupted()) {
				deliver(payload, flags);
			}
		}
		finally {
			exit();
		}
	}

	private void inContext(Runnable step) {
		enter();
		try {
			if (!this.destroyed && !interrupted()) {
				step.run();
			}
		}
		finally {
			exit();
		}
	}

	/**
	 * Passes payload on.
	 * @param payload the bytes, borrowed
	 * @param flags {@link io.securestreams.engine.spi.PayloadFlags}
	 */
	public final void deliver(ByteBuf payload, int flags) {
		if (this.rx.received(payload, flags)) {
			delivered();
		}
		else if (this.rx.isUndelivered()) {
			handed();
		}
	}

	/** Told before anything that the handler has asked for with its pause. */
	private void handed() {
		StreamTransport transport = this.fulfilment.transport();
		if (transport != null && !has(Requests.FAULT)) {
			transport.handed();
		}
	}

	/** The handler has had a whole message, unless it has failed at it. */
	final void delivered() {
		StreamTransport transport = this.fulfilment.transport();
		if (transport != null && !has(Requests.FAULT)) {
			transport.delivered();
			this.fulfilment.progressed();
		}
	}

	/**
	 * The transport can take payload.
	 * @param capacity most bytes it can take
	 */
	public final void writable(int capacity) {
		if (this.rx.inCallback()) {
			add(Requests.WRITE_AGAIN);
		}
		else if (this.fulfilment.transport() != null) {
			this.tx.writable(capacity, this.fulfilment);
			this.fulfilment.progressed();
			arm();
		}
	}

	/**
	 * Asks the transport for a slot if anybody wants one.
	 */
	public final void arm() {
		StreamTransport transport = this.fulfilment.transport();
		if (transport != null && !this.destroyed && !interrupted()) {
			this.tx.arm(transport);
		}
	}

	/**
	 * Makes the transport read, or stop. While connecting, the opening handshake has to
	 * be read.
	 */
	public final void applyPause() {
		StreamTransport transport = this.fulfilment.transport();
		if (transport != null && this.fulfilment.isConnected()) {
			this.rx.apply(transport);
		}
	}

	/**
	 * Whether {@link #destroy()} has been called.
	 * @return {@code true} once it has
	 */
	public final boolean isDestroyed() {
		return this.destroyed;
	}

	/**
	 * Ends the stream; nothing is announced after this.
	 */
	public final void destroy() {
		if (this.destroyed) {
			return;
		}
		this.destroyed = true;
		boolean wasConnected = this.fulfilment.isConnected();
		cancelTimeout();
		this.rx.clear();
		try {
			this.fulfilment.end();
		}
		finally {
			// Whatever went wrong: nobody ends it a second time
			ended(wasConnected);
		}
	}

	private void ended(boolean wasConnected) {
		if (wasConnected) {
			announce(StreamState.DISCONNECTED);
		}
		if (this.joined) {
			announce(StreamState.SINK_PART);
		}
		this.tx.close(name());
		announce(StreamState.DESTROYING);
		this.ended.accept(name());
	}

	/**
	 * Ends the stream without a word, because its executor is gone; what it has been
	 * given since fails, too.
	 */
	@Override
	final void abandon() {
		this.fulfilment.abandoned();
		this.tx.close(name());
		if (!this.abandoned) {
			this.abandoned = true;
			this.ended.accept(name());
		}
	}

	/** What has been given to {@code send()} since it ended fails. */
	final void closeTx() {
		this.tx.close(name());
	}

	/** Takes it out of the books of whoever made it. */
	final void forget() {
		this.ended.accept(name());
	}

	private void timeoutExpired() {
		enter();
		try {
			announce(StreamState.TIMEOUT);
		}
		finally {
			exit();
		}
	}

}
