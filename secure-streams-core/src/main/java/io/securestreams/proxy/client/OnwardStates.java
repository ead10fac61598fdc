package io.securestreams.proxy.client;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.stream.Announcer;
import io.securestreams.engine.stream.Requests;
import io.securestreams.engine.stream.StreamCore;
import io.securestreams.engine.stream.StreamCounters;
import io.securestreams.engine.stream.TxGate;
import io.securestreams.proxy.client.link.UpstreamLink;
import io.securestreams.proxy.wire.TxCredit;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.StreamState;

/**
 * What follows from the states that a proxy reports. Part of {@link OnwardLife}.
 */
final class OnwardStates {

	private static final Logger log = LoggerFactory.getLogger(OnwardStates.class);

	private final StreamCore core;

	private final Requests requests;

	private final Announcer announcer;

	private final TxGate tx;

	private final UpstreamLink link;

	private final OnwardTransport transport;

	private final MetadataUpdates metadata;

	private final RemoteTimeout timeout;

	private final OnwardLife life;

	/** Some proxies report an attempt's failure after that of all of them. */
	private boolean unreachableMayFollow;

	OnwardStates(StreamCore core, UpstreamLink link, OnwardTransport transport, MetadataUpdates metadata,
			RemoteTimeout timeout, OnwardLife life) {
		this.core = core;
		this.requests = core.requests();
		this.announcer = core.announcer();
		this.tx = core.tx();
		this.link = link;
		this.transport = transport;
		this.metadata = metadata;
		this.timeout = timeout;
		this.life = life;
	}

	/** The proxy is asked anew: what it reports from now on is not about what was. */
	void asked() {
		this.unreachableMayFollow = false;
	}

	/**
	 * The proxy has reported a state.
	 * @param state the state
	 * @param ordinal what it is about
	 */
	void reported(StreamState state, long ordinal) {
		switch (state) {
			case POLL -> poll();
			case CONNECTING -> connecting();
			case CONNECTED -> connected();
			case DISCONNECTED -> disconnected();
			case UNREACHABLE, AUTH_FAILED -> unreachable(state, ordinal);
			case ALL_RETRIES_FAILED -> allRetriesFailed();
			case QOS_ACK_REMOTE, QOS_NACK_REMOTE -> answered(state, ordinal);
			case QOS_ACK_LOCAL, QOS_NACK_LOCAL -> this.life.announce(state, ordinal);
			case TIMEOUT -> {
				this.timeout.over();
				this.life.announce(state, 0);
			}
			// What a client's stream does not do, or what is said here and not there
			default -> log.debug("[{}] {} of the proxy is not passed on", this.core.id(), state);
		}
	}

	private void poll() {
		if (this.life.is(OnwardPhase.CONNECTED)) {
			this.life.lost(this.life.report("the proxy connects again"));
		}
		this.life.announce(StreamState.POLL, 0);
	}

	private void connecting() {
		if (this.life.is(OnwardPhase.CONNECTED)) {
			this.life.lost(this.life.report("the proxy connects again"));
		}
		else if (this.life.is(OnwardPhase.CONNECTING)) {
			this.life.interrupted();
		}
		if (this.requests.interrupted() || this.core.isDestroyed()) {
			return;
		}
		this.life.stopSettling();
		this.life.enter(OnwardPhase.CONNECTING);
		this.unreachableMayFollow = false;
		this.core.counters().add(StreamCounters.ATTEMPTS, 1);
		this.life.announce(StreamState.CONNECTING, 0);
		if (this.requests.interrupted()) {
			return;
		}
		this.transport.begin(this.life.kind());
		this.tx.begin(this.life.kind().transport());
		// Asked for in CONNECTING, it is meant for this attempt
		this.tx.request(this.requests.take(Requests.TX | Requests.LENGTH));
		this.core.rx().begin();
		this.core.metadata().forgetReceived();
		this.metadata.forget();
		this.metadata.write();
		this.core.arm();
	}

	/**
	 * The request can take its body.
	 * @param body which of those it is that the proxy has asked for
	 */
	void bodyWanted(int body) {
		if (this.life.is(OnwardPhase.CONNECTED)) {
			// The peer answers before it has the body
			this.tx.takesBody();
		}
		else if (!this.life.is(OnwardPhase.CONNECTING)) {
			connecting();
		}
		if (this.life.phase().isUp() && !this.requests.interrupted()) {
			this.transport.open();
			if (this.transport.isOpen()) {
				// What has been sent for an attempt before is no part of it
				this.link.send(new TxCredit(-body));
			}
			this.core.arm();
		}
	}

	private void connected() {
		if (this.life.is(OnwardPhase.CONNECTED)) {
			return;
		}
		if (!this.life.is(OnwardPhase.CONNECTING)) {
			connecting();
		}
		if (this.requests.interrupted() || !this.life.is(OnwardPhase.CONNECTING)) {
			return;
		}
		this.life.enter(OnwardPhase.CONNECTED);
		this.life.failures().succeeded();
		this.core.counters().add(StreamCounters.CONNECTIONS, 1);
		this.core.announce(StreamState.CONNECTED);
		if (!this.life.kind().isKnown() || !this.life.kind().transactional()) {
			this.transport.open();
		}
		else if (!this.transport.isOpen()) {
			this.tx.bodyless();
		}
		this.metadata.write();
		this.core.applyPause();
		tellLost();
		this.core.arm();
	}

	/** Messages whose link was lost before their answer are told as a broker's would. */
	private void tellLost() {
		while (!this.requests.interrupted() && this.life.is(OnwardPhase.CONNECTED)) {
			Long ordinal = this.transport.lost();
			if (ordinal == null) {
				return;
			}
			this.core.counters().add(StreamCounters.REJECTED, 1);
			this.life.announce(StreamState.QOS_NACK_REMOTE, ordinal);
		}
	}

	/**
	 * Makes up for a proxy that has skipped CONNECTED.
	 * @return whether the stream is connected and the application agrees
	 */
	boolean ensureConnected() {
		if (this.life.is(OnwardPhase.CONNECTING)) {
			connected();
		}
		return this.life.is(OnwardPhase.CONNECTED) && !this.requests.interrupted();
	}

	private void answered(StreamState answer, long ordinal) {
		if (!ensureConnected()) {
			return;
		}
		this.core.cancelTimeout();
		this.timeout.over();
		// Who waits for a message learns its ordinal before its answer is announced
		this.tx.answered();
		this.core.counters()
			.add((answer == StreamState.QOS_ACK_REMOTE) ? StreamCounters.ACKNOWLEDGED : StreamCounters.REJECTED, 1);
		this.life.announce(answer, this.transport.answered(ordinal));
		this.life.destroyIfDrained();
	}

	private void disconnected() {
		if (this.life.is(OnwardPhase.CONNECTED)) {
			boolean answered = this.announcer.isLast(StreamState.QOS_ACK_REMOTE)
					|| this.announcer.isLast(StreamState.QOS_NACK_REMOTE);
			if (answered && !this.life.kind().isKnown()) {
				this.life.learnt();
			}
			if (this.tx.isAnswered() && this.life.kind().transactional()) {
				this.life.completed();
			}
			else {
				this.life.lost(this.life.report("the proxy has lost the connection"));
			}
		}
		else if (this.life.is(OnwardPhase.CONNECTING)) {
			this.life.interrupted();
			this.life.enter(OnwardPhase.LOST);
			this.life.failures().failed(this.life.report("the proxy has given the attempt up"));
			this.life.announce(StreamState.DISCONNECTED, 0);
			this.life.settle();
		}
	}

	private void unreachable(StreamState state, long ordinal) {
		if (this.life.is(OnwardPhase.CONNECTED)) {
			if (state == StreamState.AUTH_FAILED) {
				this.life.announce(state, ordinal);
			}
			else {
				this.life.lost(this.life.report("the proxy has lost the connection"));
			}
			return;
		}
		if (this.unreachableMayFollow) {
			this.unreachableMayFollow = false;
			return;
		}
		if (this.life.is(OnwardPhase.ASKED)) {
			connecting();
		}
		if (this.life.is(OnwardPhase.CONNECTING)) {
			this.life.interrupted();
			this.life.enter(OnwardPhase.RETRYING);
			this.core.counters().add(StreamCounters.FAILURES, 1);
		}
		this.life.failures()
			.failed(StreamFailure.unsent(
					(state == StreamState.AUTH_FAILED) ? Phase.AUTH
							: (ordinal == 1) ? Phase.NAME_SERVER : Phase.CONNECT,
					"the proxy reports " + state, String.valueOf(this.link.peer()), null));
		this.life.announce(state, ordinal);
		this.life.destroyIfDrained();
	}

	private void allRetriesFailed() {
		if (this.life.is(OnwardPhase.CONNECTED)) {
			this.life.lost(this.life.report("the proxy has lost the connection"));
		}
		else if (this.life.is(OnwardPhase.CONNECTING)) {
			unreachable(StreamState.UNREACHABLE, 0);
			this.unreachableMayFollow = true;
		}
		if (!this.requests.interrupted() && !this.core.isDestroyed()) {
			this.life.giveUp();
		}
	}

}
