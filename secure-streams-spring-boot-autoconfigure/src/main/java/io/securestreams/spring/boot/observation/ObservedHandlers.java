package io.securestreams.spring.boot.observation;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.securestreams.spring.handler.HandlerObserver;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.observe.StreamObserver;

/**
 * Observes each request to a server, as a child of what its client is in the middle of,
 * where the policy maps the header of the trace to metadata; its handler runs in the
 * scope of that, on whatever thread. Elsewhere each call of an annotated method is
 * observed. May be used from any thread.
 */
public final class ObservedHandlers implements HandlerObserver, StreamObserver {

	private final ServerTransactionObservationConvention transactions;

	private final HandlerObservationConvention handlers;

	/** Requests in progress, by their streams. */
	private final Map<SecureStream, Observation> requests = new ConcurrentHashMap<>();

	private volatile ObservationRegistry registry = ObservationRegistry.NOOP;

	/**
	 * Makes an observer that observes nothing until it has a registry.
	 * @param transactions names the observations of requests
	 * @param handlers names those of calls
	 */
	public ObservedHandlers(ServerTransactionObservationConvention transactions,
			HandlerObservationConvention handlers) {
		this.transactions = transactions;
		this.handlers = handlers;
	}

	/**
	 * Begins to observe. Not before everything else that the registry needs is there, for
	 * the engine, which that may need, has its observers from the beginning.
	 * @param registry takes the observations
	 */
	public void begin(ObservationRegistry registry) {
		this.registry = registry;
	}

	@Override
	public boolean isObserving() {
		return this.registry != ObservationRegistry.NOOP;
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		if (stream.role() != StreamRole.ACCEPTED) {
			return;
		}
		if (state == StreamState.SERVER_TXN) {
			begin(stream);
		}
		else if (state == StreamState.DESTROYING) {
			end(stream);
		}
	}

	private void begin(SecureStream stream) {
		if (this.registry.isNoop()) {
			return;
		}
		Observation observation = Observation.start(this.transactions, () -> new ServerTransactionContext(stream),
				this.registry);
		if (!observation.isNoop()) {
			this.requests.put(stream, observation);
		}
	}

	private void end(SecureStream stream) {
		Observation observation = this.requests.remove(stream);
		if (observation != null) {
			if (observation.getContext() instanceof ServerTransactionContext context) {
				context.ended(stream);
			}
			observation.stop();
		}
	}

	@Override
	public void callMethod(SecureStream stream, String event, Runnable call) {
		Observation request = this.requests.get(stream);
		if (request != null) {
			within(request, call);
		}
		else if (this.registry.isNoop()) {
			call.run();
		}
		else {
			Observation observation = Observation.start(this.handlers, () -> new HandlerContext(stream, event),
					this.registry);
			try {
				within(observation, call);
			}
			finally {
				observation.stop();
			}
		}
	}

	@Override
	public void callHandler(SecureStream stream, Runnable call) {
		Observation request = this.requests.get(stream);
		if (request != null) {
			within(request, call);
		}
		else {
			call.run();
		}
	}

	private static void within(Observation observation, Runnable call) {
		Observation.Scope scope = observation.openScope();
		try {
			call.run();
		}
		catch (Throwable ex) {
			observation.error(ex);
			throw ex;
		}
		finally {
			scope.close();
		}
	}

}
