package io.securestreams.engine.stream;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

/**
 * Serves what the application and other threads have asked of a stream, in the order that
 * makes sense: ends first, then settings, then what was received late, then actions.
 */
final class RequestWork extends StreamCore {

	/** What has been put back once because something before it has failed. */
	private int putBack;

	RequestWork(StreamCalls stream, StreamExecutor executor, StreamHandler handler, ManagedStream.Parts<?> parts) {
		super(stream, executor, handler, parts);
	}

	@Override
	boolean isDue() {
		return any() || rx().isDue() || isAgreementDue();
	}

	/** Not of what has been answered by another thread, which is on its way. */
	private boolean isAgreementDue() {
		return fulfilment().isAgreementDue() && answer() == null;
	}

	@Override
	void perform(int asked) {
		int bits = asked;
		if (isDestroyed()) {
			closeTx();
			return;
		}
		if ((bits & Requests.CLOSE) != 0) {
			destroy();
			return;
		}
		if ((bits & Requests.TIMEOUT_FIRST) != 0) {
			startTimeout();
			bits &= ~(Requests.START_TIMEOUT | Requests.TIMEOUT_FIRST);
		}
		if ((bits & Requests.DISCONNECT) != 0) {
			try {
				fulfilment().disconnect();
			}
			finally {
				tx().sends().failVoided();
			}
		}
		else if ((bits & Requests.FAULT) != 0) {
			fulfilment().drop();
		}
		else if ((bits & Requests.HANG_UP) != 0) {
			fulfilment().hangUp();
		}
		if (isDestroyed()) {
			return;
		}
		if (interrupted()) {
			putBack(bits);
			return;
		}
		performSettings(bits);
		deliverLate();
		if (!isDestroyed() && !interrupted()) {
			performActions(bits);
		}
	}

	/** What calls nobody back. */
	private void performSettings(int bits) {
		if ((bits & Requests.START_TIMEOUT) != 0) {
			startTimeout();
		}
		if ((bits & Requests.CANCEL_TIMEOUT) != 0) {
			stopTimeout();
			fulfilment().cancelTimeout();
		}
		if ((bits & Requests.PAUSE) != 0) {
			rx().pause();
		}
		if ((bits & Requests.RESUME) != 0) {
			rx().unpause();
		}
		if ((bits & Requests.SUSPEND) != 0) {
			rx().suspend(isSuspended());
		}
		if ((bits & (Requests.RESUME | Requests.SUSPEND)) != 0 && rx().takeDelivered()) {
			delivered();
		}
		StreamTransport transport = fulfilment().transport();
		if ((bits & Requests.CREDIT) != 0) {
			// For the connection there is: the next one has its own from the start
			int credit = takeCredit();
			if (transport != null && credit > 0) {
				transport.grantCredit(credit);
			}
		}
		if (transport != null && (bits & Requests.VALIDITY) != 0) {
			transport.confirmValidity();
		}
	}

	private void startTimeout() {
		long millis = timeoutMillis();
		if (fulfilment().startTimeout(millis)) {
			stopTimeout();
			return;
		}
		StreamPolicy policy = fulfilment().policy();
		if (millis == 0 && policy != null) {
			millis = policy.persistence().timeout().toMillis();
		}
		if (millis > 0) {
			startTimeout(millis);
		}
	}

	private void deliverLate() {
		while (rx().isDue() && !interrupted()) {
			rx().runNext();
		}
		applyPause();
	}

	private void performActions(int bits) {
		Requests.Answer answer = ((bits & Requests.RESPOND) != 0) ? answer() : null;
		if (answer != null) {
			fulfilment().answer(answer);
		}
		else if (isAgreementDue()) {
			fulfilment().answer(Requests.Answer.AGREED);
		}
		if ((bits & Requests.CALL_BACK) != 0) {
			announce(StreamState.EVENT_WAIT_CANCELLED);
		}
		if ((bits & Requests.POLICY) != 0) {
			fulfilment().policyChanged();
		}
		tx().request(bits);
		if ((bits & Requests.DRAIN) != 0) {
			fulfilment().drain();
		}
		if ((bits & Requests.SUSPEND) != 0 && !holdsAttempts()) {
			if (interrupted()) {
				add(Requests.SUSPEND);
				return;
			}
			fulfilment().resumed();
		}
		if ((bits & Requests.CONNECT) != 0) {
			fulfilment().connect();
		}
		else if ((bits & (Requests.TX | Requests.SEND)) != 0) {
			fulfilment().connectToSend();
		}
		// Not before connect() has returned: what came with it has to wait for its end
		if ((bits & (Requests.TX | Requests.SEND | Requests.WRITE_AGAIN | Requests.SLOT)) != 0) {
			arm();
		}
	}

	/**
	 * The connection is dropped; what fails again at that is left as it is. What is asked
	 * for only once is not forgotten over it.
	 */
	@Override
	void failed(Throwable ex, int bits) {
		announcer().broken(ex);
		int again = bits & (Requests.DRAIN | Requests.POLICY) & ~this.putBack;
		this.putBack |= again;
		putBack(again);
		if ((bits & (Requests.FAULT | Requests.CLOSE)) == 0) {
			add(Requests.FAULT);
		}
	}

}
