package io.securestreams.engine.stream;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamOverflowException;

/**
 * Who does what a stream is asked for: the policy of this process, or somebody at the
 * other end of a link. It announces states, and passes on what has been received, through
 * the {@link StreamCore} it was made for, and is called inside the context of that core;
 * exceptions are named.
 */
public interface Fulfilment {

	/** Stands in until a stream has been put together. */
	Fulfilment NONE = new Fulfilment() {
		@Override
		public @Nullable StreamPolicy policy() {
			return null;
		}

		@Override
		public String protocol() {
			return "";
		}

		@Override
		public @Nullable String peer() {
			return null;
		}

		@Override
		public @Nullable StreamFailure lastFailure() {
			return null;
		}

		@Override
		public int retryCount() {
			return 0;
		}

		@Override
		public @Nullable StreamTransport transport() {
			return null;
		}

		@Override
		public boolean isConnected() {
			return false;
		}

		@Override
		public void created() {
		}

		@Override
		public void connect() {
		}

		@Override
		public void connectToSend() {
		}

		@Override
		public void disconnect() {
		}

		@Override
		public void drop() {
		}

		@Override
		public void drain() {
		}

		@Override
		public void end() {
		}
	};

	/**
	 * Returns the policy of the current connection, or of the next one. From any thread.
	 * @return the streamtype's policy, or {@code null} if it is not known here
	 */
	@Nullable StreamPolicy policy();

	/**
	 * Returns the wire protocol in use. From any thread.
	 * @return a name for people
	 */
	String protocol();

	/**
	 * Returns the peer of the current or last connection. From any thread.
	 * @return its address, or {@code null}
	 */
	@Nullable String peer();

	/**
	 * Returns why the last connection or attempt ended. From any thread.
	 * @return the failure, or {@code null} if there was none since the last success
	 */
	@Nullable StreamFailure lastFailure();

	/**
	 * Returns what the peer has answered last, where it is known. From any thread.
	 * @return see {@link io.securestreams.stream.SecureStream#lastAnswer()}
	 */
	default @Nullable HttpAnswer lastAnswer() {
		return null;
	}

	/**
	 * Returns the failures since the last success. From any thread.
	 * @return the number
	 */
	int retryCount();

	/**
	 * The peer of a stream does not keep up with what it is sent. From any thread.
	 * @param failure what has happened
	 * @return whether the stream is to end for that
	 */
	default boolean overflow(StreamOverflowException failure) {
		return false;
	}

	/**
	 * Takes what everybody has been sent before, for what is sent now comes after it.
	 * From any thread.
	 * @return whether there was something, which is to be sent now
	 */
	default boolean catchUp() {
		return false;
	}

	/**
	 * Returns where payload goes.
	 * @return the transport, or {@code null} while there is no connection or attempt
	 */
	@Nullable StreamTransport transport();

	/**
	 * Whether CONNECTED has been announced and DISCONNECTED has not.
	 * @return {@code true} while connected
	 */
	boolean isConnected();

	/**
	 * CREATING has been announced, and the application has nothing against the stream.
	 */
	void created();

	/**
	 * The application wants a connection.
	 */
	void connect();

	/**
	 * There is something to send, for which a connection is needed.
	 */
	void connectToSend();

	/**
	 * Attempts have to wait no more, see {@link Requests#holdsAttempts()}.
	 */
	default void resumed() {
	}

	/**
	 * The application wants no connection, attempt or retry.
	 */
	void disconnect();

	/**
	 * The application does not want the connection or attempt there is; whether there is
	 * another, and when, is decided as if the peer had ended it. Without effect if there
	 * is none.
	 */
	default void hangUp() {
		if (transport() != null) {
			disconnect();
		}
	}

	/**
	 * The handler has failed, see {@link Announcer#fault()}: the connection is to be
	 * dropped.
	 */
	void drop();

	/**
	 * What is going on may finish, and then the stream is to end:
	 * {@link StreamCore#destroy()}.
	 */
	void drain();

	/**
	 * A slot has been written to or passed over, or a message delivered, which may be
	 * what a drained stream has waited for.
	 */
	default void progressed() {
	}

	/**
	 * The application starts its timeout, or starts it anew.
	 * @param millis how long, or 0 for as long as the policy says
	 * @return whether somebody else sees to it; if not, it runs here
	 */
	default boolean startTimeout(long millis) {
		return false;
	}

	/**
	 * The application stops its timeout.
	 */
	default void cancelTimeout() {
	}

	/**
	 * There is a new policy.
	 */
	default void policyChanged() {
	}

	/**
	 * The application answers a request, or an upgrade.
	 * @param answer the answer
	 */
	default void answer(Requests.Answer answer) {
	}

	/**
	 * Whether the stream waits for an answer that an application need not give
	 * explicitly, so that {@link Requests.Answer#AGREED} is due once nothing else is.
	 * @return {@code true} while it does
	 */
	default boolean isAgreementDue() {
		return false;
	}

	/**
	 * The stream's executor is gone, and the stream ends without another word. From any
	 * thread; what an application waits for fails.
	 */
	default void abandoned() {
	}

	/**
	 * The stream ends: everything is to be let go of, and nothing to be announced or
	 * reported any more. Once.
	 */
	void end();

}
