package io.securestreams.spring.template;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.HttpAnswer;

/**
 * Follows the transactions of a {@link SecureStreamTemplate}, for traces and the like.
 * May be called from any thread.
 */
@FunctionalInterface
public interface TransactionObserver {

	/** Follows nothing. */
	TransactionObserver NONE = (streamType, policy, request) -> new Following(request, (answer, failure) -> {
	});

	/**
	 * A transaction begins. Called on the thread that has asked for it.
	 * @param streamType the streamtype
	 * @param policy its policy, or {@code null} if only a proxy knows it
	 * @param request what the caller wants
	 * @return how it is followed
	 */
	Following begin(String streamType, @Nullable StreamPolicy policy, TransactionRequest request);

	/**
	 * One transaction that is followed.
	 *
	 * @param request what is asked for instead, with metadata of the observer's perhaps
	 * @param end told the end, once
	 */
	record Following(TransactionRequest request, End end) {
	}

	/** The end of a transaction. */
	@FunctionalInterface
	interface End {

		/**
		 * The outcome is known, and not yet told. On the stream's event loop, or where
		 * the transaction is cancelled: must not block.
		 * @param answer the peer's answer, or {@code null} if there was none or it is not
		 * HTTP
		 * @param failure why it is no success, or {@code null}; a
		 * {@link java.util.concurrent.CancellationException} if nobody waits for it any
		 * more
		 */
		void ended(@Nullable HttpAnswer answer, @Nullable Throwable failure);

	}

}
