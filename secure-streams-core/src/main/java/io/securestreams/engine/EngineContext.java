package io.securestreams.engine;

import java.util.List;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.policy.Policy;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.stream.StreamObserver;

/**
 * What every stream of an engine shares.
 */
interface EngineContext {

	/** The policy that new connections are made with. */
	Policy policy();

	/** The process' SOCKS5 proxy, where the policy has none. */
	@Nullable Socks5Proxy defaultSocks5();

	/**
	 * The factory of a protocol's client transports, or {@code null} if there is none.
	 */
	@Nullable StreamTransportFactory clientTransports(Protocol protocol);

	/** Randomness for jitter. */
	RandomGenerator random();

	/** Who sees all events. */
	List<StreamObserver> observers();

	/** Whether the engine is shutting down: no new attempts. */
	boolean isStopping();

	/** A stream is gone. */
	void gone(ManagedStream stream);

	/**
	 * How an accepted stream got its transport; {@code null} on client streams.
	 */
	record Accepted(StreamTransport transport, String peer) {

	}

}
