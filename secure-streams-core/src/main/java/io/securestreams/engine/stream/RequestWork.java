package io.securestreams.engine.stream;

import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.StreamState;

/**
 * Serves what the application and other threads have asked of a stream, in the order that
 * makes sense: ends first, then settings, then what was received late, then actions.
 */
final class RequestWork implements SerialContext.Work {

	private final StreamCore core;

	private final Fulfilment fulfilment;

	private final Requests requests;

	private final RxGate rx;

	/** What has been put back once because something before it has failed. */
	private int putBack;

	RequestWork(StreamCore core, Fulfilment fulfilment) {
		this.core = core;
		this.fulfilment = fulfilment;
		this.requests = core.requests();
		this.rx = core.rx();
	}

	@Override
	public boolean isDue() {
		return this.requests.any() || this.rx.isDue() || this.fulfilment.isAgreementDue();
	}

	@Override
	public void perform(int bits) {
		if (isClosed()) {
			this.core.closeTx();
			return;
		}
		if ((bits & Requests.CLOSE) != 0) {
			this.core.destroy();
			return;
		}
		if ((bits & Requests.DISCONNECT) != 0) {
			try {
				this.fulfilment.disconnect();
			}
			finally {
				this.core.tx().sends().failVoided();
			}
		}
		else if ((bits & Requests.FAULT) != 0) {
			this.fulfilment.drop();
		}
		else if ((bits & Requests.HANG_UP) != 0) {
			this.fulfilment.hangUp();
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
		return this.core.isDestroyed();
	}

	/** What calls nobody back. */
	private void performSettings(int bits) {
		if ((bits & Requests.START_TIMEOUT) != 0) {
			startTimeout();
		}
		if ((bits & Requests.CANCEL_TIMEOUT) != 0) {
			this.core.cancelTimeout();
			this.fulfilment.cancelTimeout();
		}
		if ((bits & Requests.PAUSE) != 0) {
			this.rx.pause();
		}
		if ((bits & Requests.RESUME) != 0) {
			this.rx.unpause();
		}
		if ((bits & Requests.SUSPEND) != 0) {
			this.rx.suspend(this.requests.isSuspended());
		}
		if ((bits & (Requests.RESUME | Requests.SUSPEND)) != 0 && this.rx.takeDelivered()) {
			this.core.delivered();
		}
		StreamTransport transport = this.fulfilment.transport();
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
		if (this.fulfilment.startTimeout(millis)) {
			this.core.cancelTimeout();
			return;
		}
		StreamPolicy policy = this.fulfilment.policy();
		if (millis == 0 && policy != null) {
			millis = policy.persistence().timeout().toMillis();
		}
		if (millis > 0) {
			this.core.startTimeout(millis);
		}
	}

	private void deliverLate() {
		while (this.rx.isDue() && !this.requests.interrupted()) {
			this.rx.runNext();
		}
		this.core.applyPause();
	}

	private void performActions(int bits) {
		Requests.Answer answer = ((bits & Requests.RESPOND) != 0) ? this.requests.answer() : null;
		if (answer != null) {
			this.fulfilment.answer(answer);
		}
		else if (this.fulfilment.isAgreementDue()) {
			this.fulfilment.answer(Requests.Answer.AGREED);
		}
		if ((bits & Requests.CALL_BACK) != 0) {
			this.core.announce(StreamState.EVENT_WAIT_CANCELLED);
		}
		if ((bits & Requests.POLICY) != 0) {
			this.fulfilment.policyChanged();
		}
		this.core.tx().request(bits);
		if ((bits & Requests.DRAIN) != 0) {
			this.fulfilment.drain();
		}
		if ((bits & Requests.SUSPEND) != 0 && !this.requests.holdsAttempts()) {
			if (this.requests.interrupted()) {
				this.requests.add(Requests.SUSPEND);
				return;
			}
			this.fulfilment.resumed();
		}
		if ((bits & Requests.CONNECT) != 0) {
			this.fulfilment.connect();
		}
		else if ((bits & (Requests.TX | Requests.SEND)) != 0) {
			this.fulfilment.connectToSend();
		}
		// Not before connect() has returned: what came with it has to wait for its end
		if ((bits & (Requests.TX | Requests.SEND | Requests.WRITE_AGAIN | Requests.SLOT)) != 0) {
			this.core.arm();
		}
	}

	/**
	 * The connection is dropped; what fails again at that is left as it is. What is asked
	 * for only once is not forgotten over it.
	 */
	@Override
	public void failed(Throwable ex, int bits) {
		this.core.announcer().broken(ex);
		int again = bits & (Requests.DRAIN | Requests.POLICY) & ~this.putBack;
		this.putBack |= again;
		this.requests.putBack(again);
		if ((bits & (Requests.FAULT | Requests.CLOSE)) == 0) {
			this.requests.add(Requests.FAULT);
		}
	}

	@Override
	public void abandon() {
		this.core.abandon();
	}

}
