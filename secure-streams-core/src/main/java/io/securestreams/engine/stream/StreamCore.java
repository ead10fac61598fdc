package io.securestreams.engine.stream;

import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.stream.StreamState;

/**
 * What every stream has, whoever fulfils it, as its {@link Fulfilment} sees it: the
 * context everything happens in, the one door to the application, receiving and
 * transmitting, metadata and figures. Used inside the context, unless said otherwise.
 */
public final class StreamCore {

	private final StreamName name;

	private final SerialContext context;

	private final Announcer announcer;

	private final MetadataStore metadata;

	private final Consumer<StreamName> ended;

	private final StreamCounters counters = new StreamCounters();

	private final TxGate tx;

	private final RxGate rx;

	/** With the first that is started. */
	private @Nullable UserTimeout timeout;

	private Fulfilment fulfilment = Fulfilment.NONE;

	/** A source has joined, and has not left. */
	private boolean joined;

	private boolean destroyed;

	StreamCore(StreamName name, SerialContext context, Announcer announcer, MetadataStore metadata,
			Consumer<StreamName> ended) {
		this.name = name;
		this.context = context;
		this.announcer = announcer;
		this.metadata = metadata;
		this.ended = ended;
		this.tx = new TxGate(name.streamType(), announcer, context, this.counters);
		this.rx = new RxGate(announcer, this.counters);
	}

	/** Before anything else happens. */
	void serve(Fulfilment by) {
		this.fulfilment = by;
		this.context.serve(new RequestWork(this, by));
	}

	/**
	 * Returns the stream's name for logs. From any thread.
	 * @return for example {@code mintest-3}
	 */
	public String id() {
		return this.name.id();
	}

	/**
	 * Returns what the stream is called. From any thread.
	 * @return the name
	 */
	public StreamName name() {
		return this.name;
	}

	/**
	 * Returns where everything about the stream happens. From any thread.
	 * @return the context
	 */
	public SerialContext context() {
		return this.context;
	}

	/**
	 * Returns what has been asked for and not been done yet.
	 * @return the requests
	 */
	public Requests requests() {
		return this.context.requests();
	}

	/**
	 * Returns the door to the application.
	 * @return the announcer
	 */
	public Announcer announcer() {
		return this.announcer;
	}

	/**
	 * Returns the metadata. From any thread.
	 * @return live
	 */
	public MetadataStore metadata() {
		return this.metadata;
	}

	/**
	 * Returns the figures. From any thread.
	 * @return the totals
	 */
	public StreamCounters counters() {
		return this.counters;
	}

	/**
	 * Returns everything about transmitting.
	 * @return the gate
	 */
	public TxGate tx() {
		return this.tx;
	}

	/**
	 * Returns everything about receiving.
	 * @return the gate
	 */
	public RxGate rx() {
		return this.rx;
	}

	/**
	 * Starts the timeout of the application, or starts it anew.
	 * @param millis until it expires
	 */
	public void startTimeout(long millis) {
		UserTimeout known = this.timeout;
		if (known == null) {
			known = new UserTimeout(this.context.executor(), this::timeoutExpired);
			this.timeout = known;
		}
		known.start(millis);
	}

	/**
	 * Stops the timeout of the application if it is running.
	 */
	public void cancelTimeout() {
		if (this.timeout != null) {
			this.timeout.cancel();
		}
	}

	/**
	 * Announces a state without ordinal.
	 * @param next the state
	 */
	public void announce(StreamState next) {
		this.announcer.announce(next, 0);
	}

	/** Announces the stream, on its event loop. */
	void start() {
		this.context.open();
		this.context.enter();
		try {
			announce(StreamState.CREATING);
			if (!requests().stopped()) {
				this.fulfilment.created();
			}
		}
		finally {
			this.context.exit();
		}
	}

	/**
	 * Asks the sink's handler whether a source may join; before {@link #start()}.
	 * @param sources how many have joined already
	 * @return {@code false} if it closed the stream, which has ended then
	 */
	boolean join(int sources) {
		this.context.open();
		this.context.enter();
		try {
			this.announcer.announce(StreamState.SINK_JOIN, sources);
		}
		finally {
			this.context.exit();
		}
		this.joined = !this.destroyed;
		return this.joined;
	}

	/**
	 * Does something that a report leads to, in the context, and in order with what could
	 * not be passed on yet. On the executor.
	 * @param report what is done
	 */
	public void report(Runnable report) {
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
	public void received(ByteBuf payload, int flags) {
		if (this.rx.holdsPayload()) {
			ByteBuf kept = payload.retainedSlice();
			this.rx.hold(() -> deliverInContext(kept, flags), kept);
		}
		else {
			deliverInContext(payload, flags);
		}
	}

	private void deliverInContext(ByteBuf payload, int flags) {
		this.context.enter();
		try {
			if (!this.destroyed && !requests().interrupted()) {
				deliver(payload, flags);
			}
		}
		finally {
			this.context.exit();
		}
	}

	private void inContext(Runnable step) {
		this.context.enter();
		try {
			if (!this.destroyed && !requests().interrupted()) {
				step.run();
			}
		}
		finally {
			this.context.exit();
		}
	}

	/**
	 * Passes payload on.
	 * @param payload the bytes, borrowed
	 * @param flags {@link io.securestreams.engine.spi.PayloadFlags}
	 */
	public void deliver(ByteBuf payload, int flags) {
		if (this.rx.received(payload, flags)) {
			delivered();
		}
	}

	/** The handler has had a whole message, unless it has failed at it. */
	void delivered() {
		StreamTransport transport = this.fulfilment.transport();
		if (transport != null && !requests().has(Requests.FAULT)) {
			transport.delivered();
			this.fulfilment.progressed();
		}
	}

	/**
	 * The transport can take payload.
	 * @param capacity most bytes it can take
	 */
	public void writable(int capacity) {
		if (this.announcer.inCallback()) {
			requests().add(Requests.WRITE_AGAIN);
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
	public void arm() {
		StreamTransport transport = this.fulfilment.transport();
		if (transport != null && !this.destroyed && !requests().interrupted()) {
			this.tx.arm(transport);
		}
	}

	/**
	 * Makes the transport read, or stop. While connecting, the opening handshake has to
	 * be read.
	 */
	public void applyPause() {
		StreamTransport transport = this.fulfilment.transport();
		if (transport != null && this.fulfilment.isConnected()) {
			this.rx.apply(transport);
		}
	}

	/**
	 * Whether {@link #destroy()} has been called.
	 * @return {@code true} once it has
	 */
	public boolean isDestroyed() {
		return this.destroyed;
	}

	/**
	 * Ends the stream; nothing is announced after this.
	 */
	public void destroy() {
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
		this.tx.close(this.name);
		announce(StreamState.DESTROYING);
		this.ended.accept(this.name);
	}

	/** Ends the stream without a word, because its executor is gone. */
	void abandon() {
		this.tx.close(this.name);
		this.ended.accept(this.name);
	}

	/** What has been given to {@code send()} since it ended fails. */
	void closeTx() {
		this.tx.close(this.name);
	}

	/** Takes it out of the books of whoever made it. */
	void forget() {
		this.ended.accept(this.name);
	}

	private void timeoutExpired() {
		this.context.enter();
		try {
			announce(StreamState.TIMEOUT);
		}
		finally {
			this.context.exit();
		}
	}

}
