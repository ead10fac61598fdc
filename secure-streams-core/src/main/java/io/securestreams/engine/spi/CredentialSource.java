package io.securestreams.engine.spi;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.StreamPolicy;

/**
 * Where client streams get what they prove with who they are. May be used from any
 * thread.
 */
@FunctionalInterface
public interface CredentialSource {

	/** Nobody has to prove anything. */
	CredentialSource NONE = (policy) -> null;

	/**
	 * Finds how a streamtype authenticates. Without credentials none of its requests may
	 * be sent.
	 * @param policy a client streamtype
	 * @return the way, or {@code null} if it has not to authenticate
	 */
	@Nullable Authenticator find(StreamPolicy policy);

	/**
	 * How streams of one type authenticate. May be used from any thread.
	 */
	@FunctionalInterface
	interface Authenticator {

		/**
		 * Asks for credentials, which may have to be fetched first.
		 * @param executor where the answer is given
		 * @param requester is told, once, possibly before this returns
		 * @return gives up waiting
		 */
		Waiting acquire(StreamExecutor executor, Requester requester);

	}

	/**
	 * Somebody who needs credentials.
	 */
	interface Requester {

		/**
		 * There are credentials.
		 * @param credentials for the requests of one attempt
		 */
		void granted(Credentials credentials);

		/**
		 * There are none, for now.
		 * @param reason why, for the log; no secret is in it
		 */
		void denied(String reason);

	}

	/**
	 * Credentials that have been asked for.
	 */
	@FunctionalInterface
	interface Waiting {

		/** Nothing to give up. */
		Waiting OVER = () -> {
		};

		/** Nobody waits any more; without effect if nobody did. */
		void cancel();

	}

}
