package io.securestreams.system.auth;

import java.util.concurrent.RejectedExecutionException;

import io.securestreams.engine.spi.CredentialSource.Requester;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.policy.StreamPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream that needs a token.
 */
final class TokenWaiter {

	private static final Logger log = LoggerFactory.getLogger(TokenWaiter.class);

	private final StreamPolicy policy;

	private final StreamExecutor executor;

	private final Requester requester;

	private final TokenVerdict verdict;

	/**
	 * Makes one.
	 * @param policy the streamtype
	 * @param executor where the answer is given
	 * @param requester is told
	 * @param verdict is told what peers think of the token
	 */
	TokenWaiter(StreamPolicy policy, StreamExecutor executor, Requester requester, TokenVerdict verdict) {
		this.policy = policy;
		this.executor = executor;
		this.requester = requester;
		this.verdict = verdict;
	}

	void grant(byte[] value) {
		this.requester.granted(new BearerCredentials(value, this.policy, () -> this.verdict.refused(value),
				() -> this.verdict.accepted(value)));
	}

	void deny(String reason) {
		this.requester.denied(reason);
	}

	/** Does something where the answer is given, unless the stream is gone. */
	void later(Runnable answer) {
		try {
			this.executor.execute(answer);
		}
		catch (RejectedExecutionException ex) {
			log.debug("A stream of \"{}\" that waited for a token is gone", this.policy.name());
		}
	}

}
