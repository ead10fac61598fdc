package io.securestreams.system.captiveportal;

import java.util.function.Consumer;

import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

/**
 * One question, and what its answer means. The first verdict counts.
 */
final class PortalProbe implements StreamHandler {

	/** RFC 6585 section 6. */
	private static final int NETWORK_AUTHENTICATION_REQUIRED = 511;

	private final Consumer<Verdict> verdicts;

	private boolean done;

	PortalProbe(Consumer<Verdict> verdicts) {
		this.verdicts = verdicts;
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		switch (state) {
			case CREATING -> {
				startTimeout(stream);
				stream.connect();
			}
			case QOS_ACK_REMOTE -> finish(stream, CaptivePortalState.INTERNET_OK, "");
			case QOS_NACK_REMOTE -> answered(stream);
			case UNREACHABLE -> {
				StreamFailure failure = stream.lastFailure();
				if (failure != null && failure.phase() == StreamFailure.Phase.REDIRECT && meansPortal(stream)) {
					finish(stream, CaptivePortalState.CAPTIVE_PORTAL, failure.message());
				}
			}
			case TIMEOUT -> finish(stream, CaptivePortalState.NO_INTERNET, "no answer in time");
			case ALL_RETRIES_FAILED, DISCONNECTED, DESTROYING ->
				finish(stream, CaptivePortalState.NO_INTERNET, why(stream));
			default -> {
			}
		}
	}

	/**
	 * Another answer than expected: a page in its place is that of a portal, as is a
	 * status made for portals.
	 */
	private void answered(SecureStream stream) {
		HttpAnswer answer = stream.lastAnswer();
		int status = (answer != null) ? answer.status() : 0;
		boolean portal = status / 100 == 2 || status == NETWORK_AUTHENTICATION_REQUIRED;
		finish(stream, portal ? CaptivePortalState.CAPTIVE_PORTAL : CaptivePortalState.NO_INTERNET,
				"unexpected status " + status);
	}

	/** Whether a redirect does, as policy key {@code http_fail_redirect} says. */
	private static boolean meansPortal(SecureStream stream) {
		StreamPolicy policy = stream.policy();
		return policy != null && policy.protocol() instanceof HttpPolicy http && http.redirects().captivePortal();
	}

	private static void startTimeout(SecureStream stream) {
		StreamPolicy policy = stream.policy();
		if (policy != null && !policy.persistence().timeout().isZero()) {
			stream.startTimeout();
		}
		else {
			stream.startTimeout(CaptivePortalDetector.DEFAULT_TIMEOUT);
		}
	}

	private static String why(SecureStream stream) {
		StreamFailure failure = stream.lastFailure();
		return (failure != null) ? failure.toString() : "no answer";
	}

	private void finish(SecureStream stream, CaptivePortalState state, String reason) {
		if (!this.done) {
			this.done = true;
			this.verdicts.accept(new Verdict(state, reason));
			stream.close();
		}
	}

	/**
	 * What a check has found.
	 *
	 * @param state the verdict
	 * @param reason what led to it
	 */
	record Verdict(CaptivePortalState state, String reason) {

	}

}
