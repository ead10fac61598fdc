package io.securestreams.engine;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.StreamMetadata;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.Policy;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamState;

/**
 * Connects, retries, gives up and ends: the machine behind one stream. Confined to the
 * stream's executor.
 */
final class LifeCycle implements StreamLink {

	private static final Logger logger = LoggerFactory.getLogger(LifeCycle.class);

	private static final int MAX_RETRY_COUNT = 65535;

	private final ManagedStream stream;

	private final EngineContext engine;

	private final SerialContext serial;

	private final Announcer announcer;

	private final EndpointResolver endpoints = new EndpointResolver();

	private final Transmission transmission;

	private ConnectPhase phase = ConnectPhase.IDLE;

	private @Nullable StreamTransport transport;

	private @Nullable Target target;

	private StreamExecutor.@Nullable Timer retryTimer;

	private StreamExecutor.@Nullable Timer userTimer;

	/** CONNECTED was announced and wants its DISCONNECTED. */
	private boolean balance;

	/**
	 * The verdict on the current transaction is out: what is asked now is the next one.
	 */
	private boolean verdict;

	/** Another transaction is wanted once this one is over. */
	private boolean again;

	private boolean draining;

	LifeCycle(ManagedStream stream, EngineContext engine, SerialContext serial, Announcer announcer,
			Transmission transmission) {
		this.stream = stream;
		this.engine = engine;
		this.serial = serial;
		this.announcer = announcer;
		this.transmission = transmission;
	}

	ConnectPhase phase() {
		return this.phase;
	}

	@Nullable StreamTransport transport() {
		return this.transport;
	}

	// What the application asks

	void create() {
		this.announcer.announce(StreamState.CREATING, 0);
		if (this.announcer.failed()) {
			close();
		}
		else if (!this.stream.isStopWanted() && this.stream.policy().persistence().nailedUp()) {
			connect();
		}
	}

	boolean accept(EngineContext.Accepted accepted) {
		this.transport = accepted.transport();
		this.phase = ConnectPhase.CONNECTING;
		this.stream.peer(accepted.peer());
		this.announcer.announce(StreamState.CREATING, 0);
		if (!refuses()) {
			this.announcer.announce(StreamState.CONNECTING, 0);
		}
		if (!refuses()) {
			return true;
		}
		// The acceptor closes the connection
		this.transport = null;
		close();
		return false;
	}

	private boolean refuses() {
		return this.announcer.failed() || this.stream.isStopWanted();
	}

	void connect() {
		switch (this.phase) {
			case IDLE, RETRY_WAIT -> {
				cancelRetry();
				this.stream.retryCount(0);
				attempt();
			}
			case CONNECTED -> this.again |= this.verdict;
			case CONNECTING, CLOSED -> {
				// Under way already, or over
			}
		}
	}

	void requestTx(long length) {
		if (this.phase == ConnectPhase.CLOSED) {
			return;
		}
		this.transmission.request(length);
		switch (this.phase) {
			case IDLE -> poll();
			case CONNECTING, CONNECTED -> requestWrite();
			case RETRY_WAIT, CLOSED -> {
				// The next attempt knows
			}
		}
	}

	/** A message has joined the queue. */
	void sendQueued() {
		switch (this.phase) {
			case IDLE -> poll();
			case CONNECTING, CONNECTED -> requestWrite();
			case RETRY_WAIT, CLOSED -> {
				// The next attempt knows
			}
		}
	}

	void disconnect() {
		this.stream.stopDone();
		switch (this.phase) {
			case RETRY_WAIT -> {
				cancelRetry();
				this.phase = ConnectPhase.IDLE;
			}
			case CONNECTING, CONNECTED ->
				drop(StreamFailure.Phase.APPLICATION, "disconnected by the application", false);
			case IDLE, CLOSED -> {
				// Nothing to drop
			}
		}
	}

	void close() {
		if (this.phase == ConnectPhase.CLOSED) {
			return;
		}
		this.phase = ConnectPhase.CLOSED;
		cancelRetry();
		cancelTimeout();
		StreamTransport current = this.transport;
		this.transport = null;
		if (current != null) {
			current.close();
		}
		if (this.balance) {
			this.balance = false;
			this.announcer.announce(StreamState.DISCONNECTED, 0);
		}
		this.announcer.announce(StreamState.DESTROYING, 0);
		this.transmission.close();
		this.engine.gone(this.stream);
	}

	/** Lets a transaction in flight finish, then closes. */
	void drain() {
		StreamTransport current = this.transport;
		boolean inFlight = this.phase == ConnectPhase.CONNECTING || this.phase == ConnectPhase.CONNECTED;
		if (!inFlight || current == null) {
			close();
		}
		else if (this.stream.isAccepted()) {
			this.draining = true;
			current.drain();
		}
		else if (this.stream.policy().protocol() instanceof HttpPolicy) {
			this.draining = true;
		}
		else {
			// Messages and bytes have no end to wait for
			close();
		}
	}

	void startTimeout(Duration timeout) {
		cancelTimeout();
		if (this.phase != ConnectPhase.CLOSED && !timeout.isZero()) {
			this.userTimer = this.serial.executor()
				.schedule(() -> this.serial.run(this::timeout), Math.max(1, timeout.toMillis()));
		}
	}

	void cancelTimeout() {
		StreamExecutor.Timer timer = this.userTimer;
		this.userTimer = null;
		if (timer != null) {
			timer.cancel();
		}
	}

	private void timeout() {
		if (this.userTimer != null) {
			this.userTimer = null;
			this.announcer.announce(StreamState.TIMEOUT, 0);
		}
	}

	/** A callback has thrown: the connection does not survive it. */
	void handlerFailed(Throwable cause) {
		if (this.phase == ConnectPhase.CONNECTING || this.phase == ConnectPhase.CONNECTED) {
			drop(StreamFailure.Phase.HANDLER, "handler failed: " + cause.getClass().getName(), true);
		}
	}

	// Attempts

	private void poll() {
		if (this.announcer.last() != StreamState.POLL) {
			this.announcer.announce(StreamState.POLL, 0);
		}
		if (!this.stream.isStopWanted()) {
			attempt();
		}
	}

	private void attempt() {
		if (this.engine.isStopping()) {
			this.phase = ConnectPhase.IDLE;
			return;
		}
		this.phase = ConnectPhase.CONNECTING;
		this.verdict = false;
		this.again = false;
		try {
			adoptPolicy();
			this.target = this.endpoints.resolve(this.stream.policy(), metadata());
		}
		catch (IllegalArgumentException ex) {
			failed(StreamFailure.unsent(StreamFailure.Phase.POLICY, String.valueOf(ex.getMessage()),
					this.stream.policy().endpoint().address().text(), ex), false);
			return;
		}
		this.stream.counters().add(StreamCounters.ATTEMPTS, 1);
		this.announcer.announce(StreamState.CONNECTING, 0);
		StreamTransport current = this.transport;
		if (this.stream.isStopWanted() || current == null) {
			this.phase = ConnectPhase.IDLE;
			return;
		}
		this.transmission.attempt();
		current.connect();
	}

	/** A newer policy takes effect with a new connection. */
	private void adoptPolicy() {
		Policy policy = this.engine.policy();
		StreamPolicy now = policy.streamTypes().get(this.stream.streamType());
		if (now == null) {
			throw new IllegalArgumentException(
					"streamtype \"" + this.stream.streamType() + "\" is no longer in the policy");
		}
		if (now != this.stream.policy() || this.transport == null) {
			StreamTransportFactory factory = this.engine.clientTransports(now.protocol().protocol());
			if (factory == null || now.role() != StreamPolicy.Role.CLIENT) {
				throw new IllegalArgumentException(
						"streamtype \"" + this.stream.streamType() + "\" is no longer a client's in the policy");
			}
			this.stream.adopt(now);
			this.transport = factory.client(this);
		}
	}

	private void retry() {
		if (this.retryTimer != null) {
			this.retryTimer = null;
			this.phase = ConnectPhase.IDLE;
			poll();
		}
	}

	private void cancelRetry() {
		StreamExecutor.Timer timer = this.retryTimer;
		this.retryTimer = null;
		if (timer != null) {
			timer.cancel();
		}
	}

	private void backoff(@Nullable Duration retryAfter) {
		if (this.phase == ConnectPhase.CLOSED) {
			return;
		}
		RetryPolicy retry = this.stream.policy().persistence().retry();
		int count = this.stream.retryCount();
		long delay = retry.delayMillis(count, this.engine.random().nextInt(65536));
		int failures = Math.min(count + 1, MAX_RETRY_COUNT);
		this.stream.retryCount(failures);
		if (!retry.conceals(failures) || this.engine.isStopping()) {
			this.phase = ConnectPhase.IDLE;
			this.announcer.announce(StreamState.ALL_RETRIES_FAILED, 0);
			return;
		}
		if (retryAfter != null) {
			delay = Math.max(delay, retryAfter.toMillis());
		}
		this.phase = ConnectPhase.RETRY_WAIT;
		this.retryTimer = this.serial.executor().schedule(() -> this.serial.run(this::retry), delay);
	}

	/** Ends connection or attempt from our side. */
	private void drop(StreamFailure.Phase why, String message, boolean mayRetry) {
		StreamTransport current = this.transport;
		if (current != null) {
			current.close();
		}
		lost(StreamFailure.sent(why, message, this.stream.endpointText(), null), mayRetry);
	}

	private void lost(StreamFailure failure, boolean mayRetry) {
		this.stream.lastFailure(failure);
		this.transmission.lost();
		boolean wasConnected = this.phase == ConnectPhase.CONNECTED;
		if (!wasConnected && !this.balance) {
			failed(failure, !mayRetry);
			return;
		}
		this.phase = ConnectPhase.IDLE;
		this.balance = false;
		boolean retries = mayRetry && !this.stream.isAccepted() && !this.stream.policy().persistence().opportunistic();
		if (!retries) {
			cancelTimeout();
		}
		this.announcer.announce(StreamState.DISCONNECTED, 0);
		if (this.stream.isAccepted() || this.draining) {
			close();
		}
		else if (retries) {
			backoff(failure.retryAfter());
		}
	}

	private void failed(StreamFailure failure, boolean giveUp) {
		this.stream.lastFailure(failure);
		this.phase = ConnectPhase.IDLE;
		if (this.stream.isAccepted() || this.draining) {
			close();
			return;
		}
		this.stream.counters().add(StreamCounters.FAILURES, 1);
		this.announcer.announce(StreamState.UNREACHABLE, (failure.phase() == StreamFailure.Phase.NAME_SERVER) ? 1 : 0);
		if (!giveUp) {
			backoff(failure.retryAfter());
		}
	}

	private void requestWrite() {
		StreamTransport current = this.transport;
		if (current != null) {
			current.requestWrite();
		}
	}

	// What the transport reports

	@Override
	public String tag() {
		return this.stream.id();
	}

	@Override
	public StreamPolicy policy() {
		return this.stream.policy();
	}

	@Override
	public @Nullable Socks5Proxy socks5() {
		Socks5Proxy own = this.stream.policy().endpoint().socks5();
		if (own != null) {
			return own;
		}
		Socks5Proxy shared = this.engine.policy().socks5();
		return (shared != null) ? shared : this.engine.defaultSocks5();
	}

	@Override
	public Target target() {
		Target current = this.target;
		if (current == null) {
			throw new IllegalStateException("no attempt has been made");
		}
		return current;
	}

	@Override
	public StreamMetadata metadata() {
		return this.stream.metadataStore();
	}

	@Override
	public StreamExecutor executor() {
		return this.serial.executor();
	}

	@Override
	public boolean txRequested() {
		return this.transmission.isRequested();
	}

	@Override
	public long txLength() {
		return this.transmission.length();
	}

	@Override
	public void connected(String peer) {
		this.serial.enter();
		try {
			this.phase = ConnectPhase.CONNECTED;
			this.balance = true;
			this.stream.retryCount(0);
			this.stream.peer(peer);
			this.stream.lastFailure(null);
			this.stream.counters().add(StreamCounters.CONNECTIONS, 1);
			this.announcer.announce(StreamState.CONNECTED, 0);
			if (this.transmission.isWanted()) {
				requestWrite();
			}
		}
		finally {
			this.serial.exit();
		}
	}

	@Override
	public void userState(int userState) {
		this.serial.enter();
		try {
			this.announcer.announceUser(userState);
		}
		finally {
			this.serial.exit();
		}
	}

	@Override
	public void timings(ConnectionTimings timings) {
		if (!policy().features().perf()) {
			return;
		}
		this.serial.enter();
		try {
			this.announcer.timings(timings);
			ByteBuf json = Unpooled.wrappedBuffer(timings.toJson().getBytes(StandardCharsets.UTF_8));
			this.announcer.receive(json, PayloadFlags.SOM | PayloadFlags.EOM | PayloadFlags.PERF);
			json.release();
		}
		finally {
			this.serial.exit();
		}
	}

	@Override
	public void received(ByteBuf payload, int flags) {
		this.serial.enter();
		try {
			StreamCounters counters = this.stream.counters();
			counters.add(StreamCounters.RECEIVED_BYTES, payload.readableBytes());
			if ((flags & PayloadFlags.EOM) != 0) {
				counters.add(StreamCounters.RECEIVED_MESSAGES, 1);
			}
			this.announcer.receive(payload, flags);
		}
		finally {
			this.serial.exit();
		}
	}

	@Override
	public void writable(int capacity) {
		StreamTransport current = this.transport;
		if (current == null) {
			return;
		}
		this.serial.enter();
		try {
			this.transmission.writable(capacity, current, this.phase == ConnectPhase.CONNECTED);
		}
		finally {
			this.serial.exit();
		}
	}

	@Override
	public void acknowledged(long ordinal) {
		verdict(StreamState.QOS_ACK_REMOTE, StreamCounters.ACKNOWLEDGED, ordinal);
	}

	@Override
	public void rejected(long ordinal) {
		verdict(StreamState.QOS_NACK_REMOTE, StreamCounters.REJECTED, ordinal);
	}

	private void verdict(StreamState state, int counter, long ordinal) {
		this.serial.enter();
		try {
			this.verdict = true;
			this.transmission.verdict();
			this.stream.counters().add(counter, 1);
			this.announcer.announce(state, ordinal);
		}
		finally {
			this.serial.exit();
		}
	}

	@Override
	public void completed() {
		this.serial.enter();
		try {
			cancelTimeout();
			this.transmission.completed();
			this.phase = ConnectPhase.IDLE;
			if (this.balance) {
				this.balance = false;
				this.announcer.announce(StreamState.DISCONNECTED, 0);
			}
			if (this.stream.isAccepted() || this.draining) {
				close();
			}
			else if (this.phase == ConnectPhase.IDLE && !this.stream.isStopWanted()) {
				if (this.transmission.isRequested()) {
					poll();
				}
				else if (this.again) {
					connect();
				}
			}
		}
		finally {
			this.serial.exit();
		}
	}

	@Override
	public void closed(StreamFailure failure) {
		if (this.phase == ConnectPhase.CLOSED) {
			return;
		}
		this.serial.enter();
		try {
			if (logger.isDebugEnabled()) {
				logger.debug("[{}] {}", tag(), failure);
			}
			lost(failure, true);
		}
		finally {
			this.serial.exit();
		}
	}

	@Override
	public void transaction() {
		this.serial.enter();
		try {
			this.verdict = false;
			this.transmission.completed();
			this.announcer.announce(StreamState.SERVER_TXN, 0);
		}
		finally {
			this.serial.exit();
		}
	}

	@Override
	public void upgrade() {
		this.serial.enter();
		try {
			this.announcer.announce(StreamState.SERVER_UPGRADE, 0);
		}
		finally {
			this.serial.exit();
		}
	}

}
