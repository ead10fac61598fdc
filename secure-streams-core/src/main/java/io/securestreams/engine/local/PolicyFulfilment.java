package io.securestreams.engine.local;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;
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
import io.securestreams.engine.stream.Fulfilment;
import io.securestreams.engine.stream.Requests;
import io.securestreams.engine.stream.SerialContext;
import io.securestreams.engine.stream.StreamCore;
import io.securestreams.engine.stream.StreamCounters;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.StreamOverflowException;
import io.securestreams.stream.StreamState;

/**
 * Does what a stream is asked for by the policy of this process.
 */
final class PolicyFulfilment implements Fulfilment {

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

	private final StreamCore core;

	private final Binding binding;

	private final StreamLife life;

	/** The stream came with a connection that takes messages of its own accord. */
	private final boolean messages;

	private final boolean accepted;

	/** The peer has not kept up, which has been told. */
	@SuppressWarnings("unused")
	private volatile boolean overflown;

	private @Nullable BooleanSupplier catchUp;

	private volatile long round;

	/** Ends a stream whose streamtype has left the policy. */
	private StreamExecutor.@Nullable Timer removal;

	PolicyFulfilment(StreamCore core, StreamEngine engine, Binding binding) {
		this.core = core;
		this.binding = binding;
		this.life = new StreamLife(core, engine, binding);
		core.tx().bind(binding.policy());
		GivenTransport given = binding.given();
		if (given != null) {
			core.tx().kind(given.kind());
		}
		this.messages = given != null && given.kind() != TransportKind.TRANSACTIONS;
		this.accepted = given instanceof AcceptedTransport;
	}

	@Override
	public StreamPolicy policy() {
		return this.binding.policy();
	}

	@Override
	public String protocol() {
		return policy().protocol().protocol().policyName();
	}

	@Override
	public @Nullable String peer() {
		return this.life.peer();
	}

	void peer(String address) {
		this.life.peer(address);
	}

	@Override
	public @Nullable StreamFailure lastFailure() {
		return this.life.lastFailure();
	}

	@Override
	public @Nullable HttpAnswer lastAnswer() {
		return this.life.lastAnswer();
	}

	@Override
	public int retryCount() {
		return this.life.failures();
	}

	/** From any thread: whether the stream sends messages of its own accord. */
	boolean takesMessages() {
		return this.messages;
	}

	/** Before the stream is announced: how it gets what all of its listener are sent. */
	void broadcasts(BooleanSupplier catchUp, long round) {
		this.round = round;
		this.catchUp = catchUp;
	}

	/** Number of the last broadcast that the stream has been given. */
	long round() {
		return this.round;
	}

	/** Only with its lock. */
	void round(long number) {
		this.round = number;
	}

	@Override
	public boolean catchUp() {
		BooleanSupplier pending = this.catchUp;
		return pending != null && pending.getAsBoolean();
	}

	@Override
	public boolean overflow(StreamOverflowException failure) {
		boolean ends = this.accepted && OverflowRule.of(policy()) == OverflowRule.DISCONNECT;
		// A broadcast goes on until the client has gone
		if (ends && OVERFLOWN.compareAndSet(this, false, true)) {
			String message = "the peer does not keep up: " + failure.getMessage();
			log.warn("[{}] disconnected, {}", this.core.id(), message);
			this.life.lastFailure(StreamFailure.sent(Phase.APPLICATION, message, String.valueOf(peer()), failure));
		}
		return ends;
	}

	StreamReports link() {
		return this.life.link();
	}

	@Override
	public @Nullable StreamTransport transport() {
		return this.life.phase().isUp() ? this.binding.active() : null;
	}

	@Override
	public boolean isConnected() {
		return this.life.phase().is(ConnectPhase.CONNECTED);
	}

	@Override
	public void created() {
		if (this.binding.isGiven()) {
			this.life.phase().enter(ConnectPhase.CONNECTING);
			this.core.counters().add(StreamCounters.ATTEMPTS, 1);
			this.core.announce(StreamState.CONNECTING);
		}
		else if (policy().persistence().nailedUp()) {
			if (this.core.requests().holdsAttempts()) {
				this.life.attempts().begin(false);
			}
			else {
				this.core.requests().add(Requests.CONNECT);
			}
		}
	}

	@Override
	public void connect() {
		if (this.life.phase().isFree()) {
			this.life.attempts().cancelRetry();
			this.life.attempts().forgetFailures();
			this.life.attempts().begin(false);
			this.life.hurryAttempts();
		}
		else if (isConnected() && this.core.tx().isOverAfterAnswer()) {
			this.life.connectAgain(true);
		}
		else {
			this.life.hurryAttempts();
		}
	}

	@Override
	public void resumed() {
		this.life.resumeAttempts();
	}

	@Override
	public void connectToSend() {
		if (this.life.phase().is(ConnectPhase.IDLE)) {
			this.life.attempts().begin(true);
		}
		this.life.hurryAttempts();
	}

	/**
	 * What is connected takes it afterwards. Without its streamtype a stream may finish
	 * what it does, if that does not take for ever; accepted ones end with their
	 * listener.
	 */
	@Override
	public void policyChanged() {
		if (this.accepted) {
			return;
		}
		StreamFailure removed = this.binding.removed();
		if (removed != null) {
			if (this.removal != null) {
				return;
			}
			log.info("[{}] ends: {}", this.core.id(), removed.message());
			this.life.lastFailure(removed);
			this.removal = this.life.link().executor().schedule(this::endRemoved, REMOVED.toMillis());
			drain();
			if (this.binding.isEndless()) {
				this.core.destroy();
			}
		}
		else if (this.life.phase().isFree()) {
			this.life.attempts().refresh();
		}
	}

	private void endRemoved() {
		log.warn("[{}] is cut off: it goes on {} min after its streamtype has left the policy", this.core.id(),
				REMOVED.toMinutes());
		SerialContext context = this.core.context();
		context.enter();
		try {
			hangUp();
			this.core.requests().add(Requests.CLOSE);
		}
		finally {
			context.exit();
		}
	}

	@Override
	public void disconnect() {
		this.core.tx().forget();
		this.life.connectAgain(false);
		if (this.life.phase().isUp()) {
			try {
				this.binding.close();
			}
			finally {
				this.life.lost(failure(Phase.APPLICATION, "disconnected by the application", null), false);
			}
		}
		else if (!this.binding.isGiven()) {
			this.life.attempts().cancelRetry();
			if (this.life.phase().is(ConnectPhase.RETRY_WAIT)) {
				this.life.phase().enter(ConnectPhase.IDLE);
			}
		}
		else {
			// There is one connection, which the application does not want
			this.core.destroy();
		}
	}

	@Override
	public void hangUp() {
		if (this.life.phase().isUp()) {
			StreamFailure failure = failure(Phase.APPLICATION, "hung up by the application", null)
				.withRepeatable(this.binding.isRepeatable());
			lose(failure);
		}
	}

	private void lose(StreamFailure failure) {
		try {
			this.binding.close();
		}
		finally {
			this.life.lost(failure, true);
		}
	}

	@Override
	public void drop() {
		Throwable fault = this.core.announcer().fault();
		try {
			answerFault();
		}
		catch (OutOfMemoryError ex) {
			log.debug("[{}] no room for an answer", this.core.id(), ex);
		}
		if (this.life.phase().isUp()) {
			boolean memory = fault instanceof OutOfMemoryError;
			boolean own = memory || this.core.announcer().isFaultOwn();
			StreamFailure failure = failure(own ? Phase.CONNECTION : Phase.HANDLER,
					(memory ? "out of memory: " : own ? "unexpected " : "the handler threw ") + fault, fault)
				.withRepeatable(this.binding.isRepeatable());
			this.binding.undelivered();
			lose(failure);
		}
	}

	/** A client that waits for an answer is to know whose fault it is. */
	private void answerFault() {
		this.life.upgradeAnswered();
		if (this.binding.given() instanceof AcceptedTransport transport) {
			transport.fail();
		}
	}

	private StreamFailure failure(Phase reason, String message, @Nullable Throwable cause) {
		Target aim = this.life.target();
		String where = (aim != null) ? aim.address().toString() : String.valueOf(peer());
		return StreamFailure.sent(reason, message, where, cause);
	}

	@Override
	public void drain() {
		this.life.startDraining();
		GivenTransport transport = this.binding.given();
		if (transport != null) {
			transport.drain();
		}
		else {
			progressed();
		}
	}

	@Override
	public void progressed() {
		this.life.destroyIfDrained();
	}

	@Override
	public void answer(Requests.Answer answer) {
		this.life.upgradeAnswered();
		if (this.binding.given() instanceof AcceptedTransport transport) {
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
		return this.life.isUpgrading() && this.life.phase().isUp() && !this.core.rx().isPaused();
	}

	@Override
	public void end() {
		try {
			if (this.core.announcer().fault() != null) {
				answerFault();
			}
		}
		finally {
			this.life.phase().enter(ConnectPhase.CLOSED);
			this.life.cancelAttempts();
			if (this.removal != null) {
				this.removal.cancel();
			}
			try {
				this.binding.close();
			}
			finally {
				this.binding.release();
			}
		}
	}

}
