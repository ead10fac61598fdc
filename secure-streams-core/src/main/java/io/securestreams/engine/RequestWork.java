package io.securestreams.engine;

import io.securestreams.engine.spi.StreamTransport;

/**
 * Serves what the application and other threads have asked of a stream, in the order that
 * makes sense: ends first, then settings, then what was received late, then actions.
 */
final class RequestWork implements SerialContext.Work {

	private final StreamLife life;

	private final Requests requests;

	private final Binding binding;

	private final TxGate tx;

	private final RxGate rx;

	private final UserTimeout timeout;

	RequestWork(StreamLife life, Requests requests, RxGate rx, UserTimeout timeout) {
		this.life = life;
		this.requests = requests;
		this.binding = life.binding();
		this.tx = life.tx();
		this.rx = rx;
		this.timeout = timeout;
	}

	@Override
	public boolean isDue() {
		return this.requests.any() || this.rx.isDue() || this.life.isUpgradeDue();
	}

	@Override
	public void perform(int bits) {
		if (isClosed()) {
			this.tx.close(this.life.id());
			return;
		}
		if ((bits & Requests.CLOSE) != 0) {
			this.life.destroy();
			return;
		}
		if ((bits & Requests.DISCONNECT) != 0) {
			this.life.disconnect();
		}
		else if ((bits & Requests.FAULT) != 0) {
			this.life.dropAfterFault();
		}
		if (isClosed()) {
			return;
		}
		if (this.requests.interrupted()) {
			this.requests.putBack(bits);
			return;
		}
		performSettings(bits);
		deliverLate();
		if (!isClosed() && !this.requests.interrupted()) {
			performActions(bits);
		}
	}

	private boolean isClosed() {
		return this.life.phase() == ConnectPhase.CLOSED;
	}

	/** What calls nobody back. */
	private void performSettings(int bits) {
		if ((bits & Requests.START_TIMEOUT) != 0) {
			startTimeout();
		}
		if ((bits & Requests.CANCEL_TIMEOUT) != 0) {
			this.timeout.cancel();
		}
		if ((bits & Requests.PAUSE) != 0) {
			this.rx.pause();
		}
		if ((bits & Requests.RESUME) != 0 && this.rx.unpause()) {
			this.life.delivered();
		}
		StreamTransport transport = this.binding.active();
		if (transport != null) {
			if ((bits & Requests.CREDIT) != 0) {
				transport.grantCredit(this.requests.takeCredit());
			}
			if ((bits & Requests.VALIDITY) != 0) {
				transport.confirmValidity();
			}
		}
	}

	private void startTimeout() {
		long millis = this.requests.timeoutMillis();
		if (millis == 0) {
			millis = this.binding.policy().persistence().timeout().toMillis();
		}
		if (millis > 0) {
			this.timeout.start(millis);
		}
	}

	private void deliverLate() {
		while (this.rx.isDue() && !this.requests.interrupted()) {
			this.rx.runNext();
		}
		this.life.applyPause();
	}

	private void performActions(int bits) {
		Requests.Answer answer = ((bits & Requests.RESPOND) != 0) ? this.requests.answer() : null;
		if (answer != null) {
			this.life.respond(answer);
		}
		else if (this.life.isUpgradeDue()) {
			this.life.agree();
		}
		if ((bits & Requests.CALL_BACK) != 0) {
			this.life.eventWaitCancelled();
		}
		if ((bits & Requests.POLICY) != 0) {
			this.life.policyChanged();
		}
		this.tx.request(bits);
		if ((bits & Requests.DRAIN) != 0) {
			this.life.drain();
		}
		if ((bits & Requests.CONNECT) != 0) {
			this.life.connect();
		}
		else if ((bits & (Requests.TX | Requests.SEND)) != 0) {
			this.life.connectToSend();
		}
		// Not before connect() has returned: what came with it has to wait for its end
		if ((bits & (Requests.TX | Requests.SEND | Requests.WRITE_AGAIN | Requests.SLOT)) != 0) {
			this.life.arm();
		}
	}

	@Override
	public void abandon() {
		this.life.abandon();
	}

}
