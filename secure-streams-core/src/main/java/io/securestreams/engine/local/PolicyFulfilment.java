package io.securestreams.engine.local;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.local.ServerBinding.OverflowRule;
import io.securestreams.engine.spi.AcceptedTransport;
import io.securestreams.engine.spi.GivenTransport;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.engine.spi.Target;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.engine.stream.Requests;
import io.securestreams.engine.stream.SerialContext;
import io.securestreams.engine.stream.StreamCore;
import io.securestreams.engine.stream.StreamCounters;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.StreamOverflowException;
import io.securestreams.stream.StreamState;

/**
 * Does what a stream is asked for by the policy of this process.
 */
final class PolicyFulfilment extends StreamReports {

	private static final Logger log = LoggerFactory.getLogger(PolicyFulfilment.class);

	/** Most time for what a stream does after its streamtype has left the policy. */
	private static final Duration REMOVED = Duration.ofMinutes(5);

	private static final VarHandle OVERFLOWN;

	static {
		try {
			OVERFLOWN = MethodHandles.lookup().findVarHandle(PolicyFulfilment.class, "overflown", boolean.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** The peer has not kept up, which has been told. */
	@SuppressWarnings("unused")
	private volatile boolean overflown;

	/** Of an accepted stream that takes messages. */
	private Broadcasts.@Nullable Taker taker;

	/** Ends a stream whose streamtype has left the policy. */
	private StreamExecutor.@Nullable Timer removal;

	PolicyFulfilment(StreamCore core, Binding binding) {
		super(core, binding);
		core.tx().bind(binding.policy());
	}

	/** The stream came with its connection; before it is announced. */
	void give(GivenTransport connection) {
		carry(connection);
		core().tx().kind(connection.kind());
	}

	@Override
	public String protocol() {
		return policy().protocol().protocol().policyName();
	}

	/** From any thread: whether the stream sends messages of its own accord. */
	boolean takesMessages() {
		GivenTransport connection = connection();
		return connection != null && connection.kind() != TransportKind.TRANSACTIONS;
	}

	private boolean isAccepted() {
		return connection() instanceof AcceptedTransport;
	}

	/** Before the stream is announced: it gets what all of its listener are sent. */
	void takes(Broadcasts.Taker part) {
		this.taker = part;
	}

	/** What it has been given of that, or {@code null} if it gets nothing. */
	Broadcasts.@Nullable Taker taker() {
		return this.taker;
	}

	@Override
	public boolean catchUp() {
		Broadcasts.Taker part = this.taker;
		return part != null && part.catchUp();
	}

	@Override
	public boolean overflow(StreamOverflowException failure) {
		boolean ends = isAccepted() && OverflowRule.of(policy()) == OverflowRule.DISCONNECT;
		// A broadcast goes on until the client has gone
		if (ends && OVERFLOWN.compareAndSet(this, false, true)) {
			String message = "the peer does not keep up: " + failure.getMessage();
			log.warn("[{}] disconnected, {}", core().id(), message);
			lastFailure(StreamFailure.sent(Phase.APPLICATION, message, String.valueOf(peer()), failure));
		}
		return ends;
	}

	@Override
	public @Nullable StreamTransport transport() {
		return isUp() ? active() : null;
	}

	@Override
	public boolean isConnected() {
		return is(ConnectPhase.CONNECTED);
	}

	@Override
	public void created() {
		if (isGiven()) {
			enter(ConnectPhase.CONNECTING);
			core().counters().add(StreamCounters.ATTEMPTS, 1);
			core().announce(StreamState.CONNECTING);
		}
		else if (policy().persistence().nailedUp()) {
			if (core().requests().holdsAttempts()) {
				attempts().begin(false);
			}
			else {
				core().requests().add(Requests.CONNECT);
			}
		}
	}

	@Override
	public void connect() {
		if (isFree()) {
			attempts().cancelRetry();
			attempts().forgetFailures();
			attempts().begin(false);
			hurryAttempts();
		}
		else if (isConnected() && core().tx().isOverAfterAnswer()) {
			connectAgain(true);
		}
		else {
			hurryAttempts();
		}
	}

	@Override
	public void resumed() {
		resumeAttempts();
	}

	@Override
	public void connectToSend() {
		if (is(ConnectPhase.IDLE)) {
			attempts().begin(true);
		}
		hurryAttempts();
	}

	/**
	 * What is connected takes it afterwards. Without its streamtype a stream may finish
	 * what it does, if that does not take for ever; accepted ones end with their
	 * listener.
	 */
	@Override
	public void policyChanged() {
		if (isAccepted()) {
			return;
		}
		StreamFailure removed = binding().removed();
		if (removed != null) {
			if (this.removal != null) {
				return;
			}
			log.info("[{}] ends: {}", core().id(), removed.message());
			lastFailure(removed);
			this.removal = executor().schedule(this::endRemoved, REMOVED.toMillis());
			drain();
			if (binding().isEndless()) {
				core().destroy();
			}
		}
		else if (isFree()) {
			attempts().refresh();
		}
	}

	private void endRemoved() {
		log.warn("[{}] is cut off: it goes on {} min after its streamtype has left the policy", core().id(),
				REMOVED.toMinutes());
		SerialContext context = core().context();
		context.enter();
		try {
			hangUp();
			core().requests().add(Requests.CLOSE);
		}
		finally {
			context.exit();
		}
	}

	@Override
	public void disconnect() {
		core().tx().forget();
		connectAgain(false);
		if (isUp()) {
			try {
				closeTransport();
			}
			finally {
				lost(failure(Phase.APPLICATION, "disconnected by the application", null), false);
			}
		}
		else if (!isGiven()) {
			attempts().cancelRetry();
			if (is(ConnectPhase.RETRY_WAIT)) {
				enter(ConnectPhase.IDLE);
			}
		}
		else {
			// There is one connection, which the application does not want
			core().destroy();
		}
	}

	@Override
	public void hangUp() {
		if (isUp()) {
			StreamFailure failure = failure(Phase.APPLICATION, "hung up by the application", null)
				.withRepeatable(isRepeatable());
			lose(failure);
		}
	}

	private void lose(StreamFailure failure) {
		try {
			closeTransport();
		}
		finally {
			lost(failure, true);
		}
	}

	@Override
	public void drop() {
		Throwable fault = core().announcer().fault();
		try {
			answerFault();
		}
		catch (OutOfMemoryError ex) {
			log.debug("[{}] no room for an answer", core().id(), ex);
		}
		if (isUp()) {
			boolean memory = fault instanceof OutOfMemoryError;
			boolean own = memory || core().announcer().isFaultOwn();
			StreamFailure failure = failure(own ? Phase.CONNECTION : Phase.HANDLER,
					(memory ? "out of memory: " : own ? "unexpected " : "the handler threw ") + fault, fault)
				.withRepeatable(isRepeatable());
			undelivered();
			lose(failure);
		}
	}

	/** A client that waits for an answer is to know whose fault it is. */
	private void answerFault() {
		upgradeAnswered();
		if (given() instanceof AcceptedTransport transport) {
			transport.fail();
		}
	}

	private StreamFailure failure(Phase reason, String message, @Nullable Throwable cause) {
		Target aim = lastTarget();
		String where = (aim != null) ? aim.address().toString() : String.valueOf(peer());
		return StreamFailure.sent(reason, message, where, cause);
	}

	@Override
	public void drain() {
		startDraining();
		GivenTransport transport = given();
		if (transport != null) {
			transport.drain();
		}
		else {
			progressed();
		}
	}

	@Override
	public void progressed() {
		destroyIfDrained();
	}

	@Override
	public void answer(Requests.Answer answer) {
		upgradeAnswered();
		if (given() instanceof AcceptedTransport transport) {
			if (answer.whole()) {
				transport.answer(answer.status());
			}
			else {
				transport.acknowledge(answer.status());
			}
		}
	}

	/**
	 * Of an upgrade, which a handler has nothing against that has returned. One that has
	 * paused the stream is going to say later what it thinks of it.
	 */
	@Override
	public boolean isAgreementDue() {
		return isUpgrading() && isUp() && !core().rx().isPaused();
	}

	@Override
	public void end() {
		try {
			if (core().announcer().fault() != null) {
				answerFault();
			}
		}
		finally {
			enter(ConnectPhase.CLOSED);
			cancelAttempts();
			if (this.removal != null) {
				this.removal.cancel();
			}
			try {
				closeTransport();
			}
			finally {
				binding().release();
			}
		}
	}

}
