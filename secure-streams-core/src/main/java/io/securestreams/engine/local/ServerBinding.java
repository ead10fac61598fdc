package io.securestreams.engine.local;

import java.net.SocketAddress;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import io.securestreams.engine.spi.Acceptor;
import io.securestreams.engine.spi.BoundListener;
import io.securestreams.engine.spi.ListenerFactory;
import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.StreamPolicy.Features;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.factory.ListenerHold;
import io.securestreams.stream.factory.StreamBindException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a listener stands on: the policy it goes by, and the socket bound for it, anew if
 * a new policy says something else about the streamtype. May be used from any thread; one
 * change is made after the other.
 */
final class ServerBinding {

	private static final Logger log = LoggerFactory.getLogger(ServerBinding.class);

	private final StreamEngine engine;

	private final String id;

	/** What accepts the connections of a socket that was bound for a policy. */
	private final AcceptorSource acceptors;

	private final Runnable removed;

	private volatile Policy origin;

	private volatile StreamPolicy policy;

	private volatile @Nullable SocketAddress address;

	/** Guarded by {@code this}, as all below. */
	private @Nullable BoundListener bound;

	private CompletionStage<Void> changes = CompletableFuture.completedFuture(null);

	private boolean closed;

	/**
	 * Makes a binding without a socket.
	 * @param engine gives policies and sockets
	 * @param id the listener's id
	 * @param origin the policy as a whole
	 * @param policy the streamtype's
	 * @param acceptors what accepts connections
	 * @param removed called when the policy has no such server any more
	 */
	ServerBinding(StreamEngine engine, String id, Policy origin, StreamPolicy policy, AcceptorSource acceptors,
			Runnable removed) {
		this.engine = engine;
		this.id = id;
		this.origin = origin;
		this.policy = policy;
		this.acceptors = acceptors;
		this.removed = removed;
	}

	StreamPolicy policy() {
		return this.policy;
	}

	/** The policy as a whole, which says the same about this streamtype. */
	Policy origin() {
		return this.origin;
	}

	SocketAddress address() {
		SocketAddress known = this.address;
		if (known == null) {
			throw new IllegalStateException("listener " + this.id + " is not bound");
		}
		return known;
	}

	/** Binds for the first time, and waits for it. */
	void bind(ListenerFactory factory) {
		try {
			bound(listen(factory, this.origin, this.policy).toCompletableFuture().join());
		}
		catch (CompletionException | CancellationException ex) {
			Throwable cause = cause(ex);
			if (cause instanceof SecureStreamsException known) {
				throw known;
			}
			String endpoint = this.policy.endpoint().address().text();
			// A vhost has a port of its own
			throw new StreamBindException(this.policy.name(),
					endpoint.startsWith("!") ? endpoint : endpoint + ":" + this.policy.endpoint().port(), cause);
		}
	}

	private CompletionStage<BoundListener> listen(ListenerFactory factory, Policy origin, StreamPolicy policy) {
		try {
			OverflowRule.of(policy);
			return factory.listen(policy, this.acceptors.acceptor(origin, policy));
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private void bound(BoundListener listener) {
		boolean late;
		synchronized (this) {
			late = this.closed;
			if (!late) {
				this.bound = listener;
			}
		}
		if (late) {
			listener.close();
			listener.ended();
			return;
		}
		this.address = listener.address();
		log.info("[{}] listening on {}", this.id, this.address);
	}

	/** There is a new policy. */
	synchronized void policyChanged() {
		this.changes = this.changes.thenCompose((nothing) -> follow()).exceptionally((failure) -> {
			log.error("[{}] defect: the new policy could not be followed", this.id, failure);
			return null;
		});
	}

	private CompletionStage<Void> follow() {
		CompletionStage<Void> done = CompletableFuture.completedFuture(null);
		Policy current = this.engine.policy();
		if (isClosed() || current == this.origin) {
			return done;
		}
		StreamPolicy fresh = current.streamTypes().get(this.policy.name());
		if (fresh == null || fresh.role() != StreamPolicy.Role.SERVER) {
			log.info("[{}] the policy has no server of this streamtype any more", this.id);
			this.removed.run();
			return done;
		}
		if (fresh.equals(this.policy)) {
			this.origin = current;
			return done;
		}
		return rebind(fresh, current);
	}

	private CompletionStage<Void> rebind(StreamPolicy fresh, Policy current) {
		ListenerFactory factory = this.engine.listeners().factory(fresh);
		if (factory == null) {
			log.error("[{}] goes on as before: {}", this.id, this.engine.listeners().notServed(fresh));
			return CompletableFuture.completedFuture(null);
		}
		// Who connects meanwhile waits instead of hearing that nobody is there
		ListenerHold hold = this.engine.listeners().hold();
		StreamPolicy former = this.policy;
		return unbind().thenCompose((unbound) -> listen(factory, current, fresh).handle((listener, failure) -> {
			if (listener != null) {
				this.policy = fresh;
				this.origin = current;
				bound(listener);
				return CompletableFuture.<Void>completedFuture(null);
			}
			log.error("[{}] cannot listen as the new policy says, goes on as before: {}", this.id,
					cause(Objects.requireNonNull(failure)).toString());
			return back(former);
		})).thenCompose((next) -> next).whenComplete((nothing, failure) -> hold.close());
	}

	/** Binds what was there before. */
	private CompletionStage<Void> back(StreamPolicy former) {
		ListenerFactory factory = this.engine.listeners().factory(former);
		if (factory == null || isClosed()) {
			return CompletableFuture.completedFuture(null);
		}
		return listen(factory, this.origin, former).handle((listener, failure) -> {
			if (listener != null) {
				bound(listener);
			}
			else {
				log.error("[{}] no longer listening, the former address cannot be had: {}", this.id,
						cause(Objects.requireNonNull(failure)).toString());
			}
			return null;
		});
	}

	private static Throwable cause(Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
	}

	/** Closes the socket, if there is one; accepted connections go on. */
	private CompletionStage<Void> unbind() {
		BoundListener listener;
		synchronized (this) {
			listener = this.bound;
			this.bound = null;
		}
		if (listener == null) {
			return CompletableFuture.completedFuture(null);
		}
		return listener.close().handle((nothing, failure) -> {
			listener.ended();
			return null;
		});
	}

	private synchronized boolean isClosed() {
		return this.closed;
	}

	/**
	 * Stops listening for good.
	 * @return completes when the socket is closed
	 */
	CompletionStage<Void> close() {
		BoundListener listener;
		CompletionStage<Void> pending;
		synchronized (this) {
			this.closed = true;
			listener = this.bound;
			pending = this.changes;
		}
		CompletionStage<Void> unbound = (listener != null) ? listener.close() : CompletableFuture.completedFuture(null);
		return unbound.exceptionally((failure) -> null).thenCombine(pending, (one, other) -> one);
	}

	/** After {@link #close()}: the last stream is gone. */
	void ended() {
		BoundListener listener;
		synchronized (this) {
			listener = this.bound;
			this.bound = null;
		}
		if (listener != null) {
			listener.ended();
		}
	}

	/**
	 * Makes acceptors.
	 */
	@FunctionalInterface
	interface AcceptorSource {

		/**
		 * Makes what accepts the connections of a socket.
		 * @param origin the policy as a whole for which it is bound
		 * @param policy the streamtype's
		 */
		Acceptor acceptor(Policy origin, StreamPolicy policy);

	}

	/**
	 * What happens to an accepted stream whose client does not keep up with what it is
	 * sent; option {@code send_overflow} of a server streamtype.
	 */
	enum OverflowRule {

		/** The message that is too much is not sent. */
		DROP,

		/** The stream ends. */
		DISCONNECT;

		/**
		 * Reads a streamtype's rule.
		 * @param policy a server streamtype
		 * @return the rule; {@link #DROP} if it says nothing
		 * @throws SecureStreamsException if it says something else
		 */
		static OverflowRule of(StreamPolicy policy) {
			String value = policy.features()
				.options()
				.getOrDefault(Features.SEND_OVERFLOW, Features.SEND_OVERFLOW_DROP);
			return switch (value) {
				case Features.SEND_OVERFLOW_DROP -> DROP;
				case Features.SEND_OVERFLOW_DISCONNECT -> DISCONNECT;
				default -> throw new SecureStreamsException("streamtype \"" + policy.name() + "\": option "
						+ Features.SEND_OVERFLOW + ": \"" + value + "\" (expected: \"drop\" or \"disconnect\")");
			};
		}

	}

}
