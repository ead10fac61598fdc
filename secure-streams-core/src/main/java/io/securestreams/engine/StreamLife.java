package io.securestreams.engine;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.AcceptedTransport;
import io.securestreams.engine.spi.GivenTransport;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.engine.spi.Target;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.StreamOverflowException;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.WakeLock;

import static io.securestreams.engine.ConnectPhase.CLOSED;
import static io.securestreams.engine.ConnectPhase.CONNECTED;
import static io.securestreams.engine.ConnectPhase.CONNECTING;
import static io.securestreams.engine.ConnectPhase.IDLE;
import static io.securestreams.engine.ConnectPhase.RETRY_WAIT;

/**
 * The life of one stream: what is going on, and what follows from a report or a request.
 * Requests come from {@link RequestWork}, reports from {@link StreamReports}; connections
 * are made by {@link ConnectAttempts}. All of it runs inside the stream's
 * {@link SerialContext}.
 */
final class StreamLife {

	private static final Logger log = LoggerFactory.getLogger(StreamLife.class);

	private final ManagedStream stream;

	private final StreamEngine engine;

	private final SerialContext context;

	private final Requests requests;

	private final Announcer announcer;

	private final Binding binding;

	private final MetadataStore metadata;

	private final TxGate tx;

	private final StreamCounters counters;

	private final RxGate rx;

	private final UserTimeout timeout;

	private final ConnectAttempts attempts;

	private final StreamReports link;

	/** The connection came with the stream, which ends with it. */
	private final boolean accepted;

	private ConnectPhase phase = IDLE;

	/** The application has asked to connect while a complete transaction was ending. */
	private boolean connectAgain;

	/** What is going on may finish, and then the stream ends. */
	private boolean draining;

	/** The application has been told of an upgrade, which has not been answered. */
	private boolean upgrading;

	/** A source has joined, and has not left. */
	private boolean joined;

	/** The peer has not kept up, which has been told; guarded by the counters. */
	private boolean overflown;

	private volatile @Nullable String peer;

	private volatile @Nullable StreamFailure lastFailure;

	/** The stream came with a connection that takes messages of its own accord. */
	private final boolean messages;

	StreamLife(ManagedStream stream, StreamEngine engine, Binding binding, Announcer announcer, SerialContext context) {
		this.stream = stream;
		this.engine = engine;
		this.binding = binding;
		this.announcer = announcer;
		this.context = context;
		this.requests = context.requests();
		this.accepted = binding.isGiven();
		this.counters = new StreamCounters();
		this.metadata = new MetadataStore(binding.policy());
		this.tx = new TxGate(stream.streamType(), announcer, context, this.counters);
		this.tx.bind(binding.policy());
		StreamTransport given = binding.given();
		if (given != null) {
			this.tx.kind(given.kind());
		}
		this.messages = given != null && given.kind() != TransportKind.TRANSACTIONS;
		this.timeout = new UserTimeout(context.executor(), this::timeoutExpired);
		this.rx = new RxGate(announcer, this.counters);
		this.link = new StreamReports(this, context, this.rx);
		this.attempts = new ConnectAttempts(this, engine, context, announcer);
		context.serve(new RequestWork(this, this.requests, this.rx, this.timeout));
	}

	/** Announces the stream, on its event loop. */
	void start() {
		this.context.enter();
		try {
			announce(StreamState.CREATING);
			if (this.requests.interrupted()) {
				if (this.announcer.fault() != null) {
					answerFault();
				}
				return;
			}
			if (this.accepted) {
				this.phase = CONNECTING;
				this.counters.add(StreamCounters.ATTEMPTS, 1);
				announce(StreamState.CONNECTING);
			}
			else if (this.binding.policy().persistence().nailedUp()) {
				this.requests.add(Requests.CONNECT);
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
		this.context.enter();
		try {
			this.announcer.announce(StreamState.SINK_JOIN, sources);
		}
		finally {
			this.context.exit();
		}
		this.joined = this.phase != CLOSED;
		return this.joined;
	}

	void connect() {
		if (this.phase == IDLE || this.phase == RETRY_WAIT) {
			this.attempts.cancelRetry();
			this.attempts.forgetFailures();
			this.attempts.begin(false);
		}
		else if (this.phase == CONNECTED && this.tx.isOverAfterAnswer()) {
			this.connectAgain = true;
		}
	}

	/** There is something to send. */
	void connectToSend() {
		if (this.phase == IDLE) {
			this.attempts.begin(true);
		}
	}

	/** The application has woken the engine. */
	void eventWaitCancelled() {
		announce(StreamState.EVENT_WAIT_CANCELLED);
	}

	/** There is a new policy; what is connected takes it afterwards. */
	void policyChanged() {
		if (this.phase == IDLE || this.phase == RETRY_WAIT) {
			this.attempts.refresh();
		}
	}

	ConnectPhase phase() {
		return this.phase;
	}

	/** What {@link ConnectAttempts} makes of it. */
	void enter(ConnectPhase next) {
		this.phase = next;
	}

	boolean isDraining() {
		return this.draining;
	}

	void arm() {
		StreamTransport transport = this.binding.active();
		if (transport != null && isUp() && !this.requests.interrupted()) {
			this.tx.arm(transport);
		}
	}

	boolean isUp() {
		return this.phase == CONNECTING || this.phase == CONNECTED;
	}

	/** The connection is usable. */
	void connected(String address) {
		if (this.phase != CONNECTING) {
			log.debug("[{}] the transport has connected twice", id());
			return;
		}
		this.phase = CONNECTED;
		this.peer = address;
		this.attempts.forgetFailures();
		this.lastFailure = null;
		this.counters.add(StreamCounters.CONNECTIONS, 1);
		announce(StreamState.CONNECTED);
		applyPause();
		arm();
	}

	/**
	 * Makes up for a transport that has skipped {@code connected}.
	 * @return whether the stream is connected and the application agrees
	 */
	boolean ensureConnected() {
		if (this.phase == CONNECTING) {
			Target aim = this.attempts.target();
			String known = this.peer;
			connected((known != null) ? known : (aim != null) ? aim.address().toString() : "");
		}
		return this.phase == CONNECTED && !this.requests.interrupted();
	}

	/**
	 * A response code stands for a user state. The numbers of our own states are refused:
	 * a policy must not be able to fake a life cycle.
	 */
	void userState(int userState) {
		if (userState < StreamState.FIRST_USER_STATE) {
			log.warn("[{}] http_resp_map: {} is no user state (expected: at least {})", id(), userState,
					StreamState.FIRST_USER_STATE);
			return;
		}
		this.announcer.userState(userState);
	}

	void writable(int capacity) {
		StreamTransport transport = this.binding.active();
		if (this.announcer.inCallback()) {
			this.requests.add(Requests.WRITE_AGAIN);
		}
		else if (transport != null) {
			this.tx.writable(capacity, this.binding);
			destroyIfDrained();
			if (this.phase != CLOSED) {
				arm();
			}
		}
	}

	/** Server: a request has arrived. */
	void transaction() {
		announce(StreamState.SERVER_TXN);
		arm();
	}

	/** Server: the connection becomes a WebSocket. */
	void upgrade() {
		this.upgrading = true;
		announce(StreamState.SERVER_UPGRADE);
	}

	/**
	 * A handler that has paused the stream is going to say later what it thinks of it.
	 */
	boolean isUpgradeDue() {
		return this.upgrading && isUp() && !this.rx.isPaused();
	}

	/** Server: answers a request, or an upgrade. */
	void respond(Requests.Answer answer) {
		this.upgrading = false;
		if (this.binding.given() instanceof AcceptedTransport transport) {
			if (answer.whole()) {
				transport.answer(answer.status());
			}
			else {
				transport.acknowledge(answer.status());
			}
		}
	}

	/** Server: the application has nothing against an upgrade. */
	void agree() {
		respond(Requests.Answer.AGREED);
	}

	/** A request has left that nothing can be added to. */
	void bodyless() {
		this.tx.bodyless();
	}

	/** The peer has accepted or rejected something. */
	void answered(StreamState answer, long ordinal) {
		this.timeout.cancel();
		this.tx.answered();
		this.counters
			.add((answer == StreamState.QOS_ACK_REMOTE) ? StreamCounters.ACKNOWLEDGED : StreamCounters.REJECTED, 1);
		this.announcer.announce(answer, ordinal);
	}

	/** The transaction is over, and that is no loss. */
	void completed() {
		if (!this.tx.isAnswered()) {
			this.timeout.cancel();
		}
		int next = (this.tx.completed() ? Requests.SEND : 0) | (this.connectAgain ? Requests.CONNECT : 0);
		this.connectAgain = false;
		this.phase = IDLE;
		announce(StreamState.DISCONNECTED);
		if (this.accepted || this.draining) {
			destroy();
		}
		else if (carriesOn()) {
			this.requests.add(next);
		}
	}

	/**
	 * A connection or attempt has ended.
	 * @param failure why
	 * @param mayRetry whether the policy decides what happens next
	 */
	void lost(StreamFailure failure, boolean mayRetry) {
		log.debug("[{}] {}", id(), failure);
		this.lastFailure = failure;
		this.rx.clear();
		boolean wasConnected = this.phase == CONNECTED;
		if (wasConnected && mayRetry && this.tx.isOverAfterAnswer()) {
			// What the connection was for is done
			completed();
			return;
		}
		this.phase = IDLE;
		this.tx.connectionLost();
		if (this.accepted) {
			if (wasConnected) {
				announce(StreamState.DISCONNECTED);
			}
			destroy();
			return;
		}
		boolean retry = mayRetry && !this.draining;
		if (wasConnected) {
			// Messages that were given to send() are something to connect for
			retry = retry && (!this.binding.policy().persistence().opportunistic() || this.tx.isSending());
			if (!retry || !this.tx.isTransactional()) {
				this.timeout.cancel();
			}
			announce(StreamState.DISCONNECTED);
		}
		else {
			this.counters.add(StreamCounters.FAILURES, 1);
			this.announcer.announce(StreamState.UNREACHABLE, (failure.phase() == Phase.NAME_SERVER) ? 1 : 0);
		}
		if (this.draining) {
			destroy();
		}
		else if (retry && carriesOn()) {
			this.attempts.retryOrGiveUp(failure.retryAfter());
		}
	}

	/** Whether the application has left it to us what happens next. */
	boolean carriesOn() {
		return !this.requests.interrupted() && !this.requests.has(Requests.CONNECT);
	}

	/** What keeps the system awake for this stream. */
	WakeLock wakeLock() {
		return this.binding.policy().persistence().wakeForValidity() ? this.engine.settings().services().wakeLock()
				: WakeLock.NONE;
	}

	void disconnect() {
		this.tx.forget();
		this.connectAgain = false;
		if (isUp()) {
			this.binding.close();
			lost(failure(Phase.APPLICATION, "disconnected by the application", null), false);
		}
		else if (this.phase == RETRY_WAIT) {
			this.attempts.cancelRetry();
			this.phase = IDLE;
		}
		else if (this.accepted) {
			// There is one connection, which the application does not want
			destroy();
		}
	}

	void dropAfterFault() {
		answerFault();
		if (isUp()) {
			this.binding.close();
			lost(failure(Phase.HANDLER, "the handler threw " + this.announcer.fault(), this.announcer.fault()), true);
		}
	}

	/** A client that waits for an answer is to know whose fault it is. */
	private void answerFault() {
		this.upgrading = false;
		if (this.binding.given() instanceof AcceptedTransport transport) {
			transport.fail();
		}
	}

	private StreamFailure failure(Phase reason, String message, @Nullable Throwable cause) {
		Target aim = this.attempts.target();
		String where = (aim != null) ? aim.address().toString() : String.valueOf(this.peer);
		return StreamFailure.sent(reason, message, where, cause);
	}

	void drain() {
		this.draining = true;
		GivenTransport transport = this.binding.given();
		if (transport != null) {
			transport.drain();
		}
		else {
			destroyIfDrained();
		}
	}

	/** A client's transaction may finish, and so may what {@code send()} was given. */
	private void destroyIfDrained() {
		StreamTransport transport = this.binding.active();
		boolean busy = isUp() && (this.tx.isTransactional() || (this.phase == CONNECTED && this.tx.isSending())
				|| (transport != null && transport.isInFlight()));
		if (this.draining && !this.accepted && !busy) {
			destroy();
		}
	}

	/** Ends the stream; nothing is announced after this. */
	void destroy() {
		if (this.phase == CLOSED) {
			return;
		}
		boolean wasConnected = this.phase == CONNECTED;
		this.phase = CLOSED;
		this.attempts.cancelRetry();
		this.timeout.cancel();
		this.rx.clear();
		this.binding.close();
		this.binding.release();
		if (wasConnected) {
			announce(StreamState.DISCONNECTED);
		}
		if (this.joined) {
			announce(StreamState.SINK_PART);
		}
		this.tx.close(id());
		announce(StreamState.DESTROYING);
		this.stream.ended();
	}

	/** Ends the stream without a word, because its executor is gone. */
	void abandon() {
		this.tx.close(id());
		this.stream.ended();
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

	/** An attempt starts. */
	void beginReceiving() {
		this.rx.begin();
	}

	/** From inside the event loop pausing counts from the next payload on. */
	void pauseNow() {
		this.rx.pause();
	}

	/** While connecting, the opening handshake has to be read. */
	void applyPause() {
		StreamTransport transport = this.binding.active();
		if (transport != null && this.phase == CONNECTED) {
			this.rx.apply(transport);
		}
	}

	String id() {
		return this.stream.id();
	}

	StreamReports link() {
		return this.link;
	}

	Binding binding() {
		return this.binding;
	}

	MetadataStore metadata() {
		return this.metadata;
	}

	TxGate tx() {
		return this.tx;
	}

	Target target() {
		Target aim = this.attempts.target();
		if (aim == null) {
			throw new IllegalStateException("no attempt is under way");
		}
		return aim;
	}

	/** From any thread. */
	@Nullable String peer() {
		return this.peer;
	}

	void peer(String address) {
		this.peer = address;
	}

	void lastFailure(@Nullable StreamFailure failure) {
		this.lastFailure = failure;
	}

	/** From any thread: whether the stream sends messages of its own accord. */
	boolean takesMessages() {
		return this.messages;
	}

	/** From any thread: the peer does not keep up, for which the stream is to end. */
	void overflow(StreamOverflowException ex) {
		synchronized (this.counters) {
			if (this.overflown) {
				return;
			}
			this.overflown = true;
		}
		String message = "the peer does not keep up: " + ex.getMessage();
		log.warn("[{}] disconnected, {}", id(), message);
		this.lastFailure = StreamFailure.sent(Phase.APPLICATION, message, String.valueOf(this.peer), ex);
	}

	/** From any thread. */
	@Nullable StreamFailure lastFailure() {
		return this.lastFailure;
	}

	/** From any thread. */
	int retryCount() {
		return this.attempts.failures();
	}

	/** From any thread. */
	StreamCounters counters() {
		return this.counters;
	}

	private void announce(StreamState next) {
		this.announcer.announce(next, 0);
	}

}
