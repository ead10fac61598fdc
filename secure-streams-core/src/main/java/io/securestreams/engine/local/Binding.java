package io.securestreams.engine.local;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.GivenTransport;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.engine.stream.StreamCore;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.Policy;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamOptions;

/**
 * What a stream stands on: the policy it goes by, and the transport made for it. A client
 * stream takes a newer policy between connections.
 */
final class Binding implements Function<StreamCore, PolicyFulfilment> {

	private final StreamEngine engine;

	private final StreamOptions options;

	/** The one connection of a stream that ends with it. */
	private final @Nullable GivenTransport given;

	private volatile StreamPolicy policy;

	private volatile Policy origin;

	private @Nullable ClientTransport client;

	/** What the client's transport was made for. */
	private @Nullable StreamPolicy clientPolicy;

	/** What is doing something: it has not reported the end yet. */
	private @Nullable StreamTransport active;

	/**
	 * Makes the binding of a stream that connects.
	 * @param engine gives policies and transports
	 * @param origin the policy as a whole
	 * @param policy the streamtype's
	 * @param options the application's
	 */
	Binding(StreamEngine engine, Policy origin, StreamPolicy policy, StreamOptions options) {
		this(engine, origin, policy, options, null);
	}

	/**
	 * Makes the binding of a stream whose connection exists.
	 * @param engine gives policies and transports
	 * @param origin the policy as a whole
	 * @param policy the streamtype's
	 * @param given the connection of an accepted stream, or another one
	 */
	Binding(StreamEngine engine, Policy origin, StreamPolicy policy, GivenTransport given) {
		this(engine, origin, policy, StreamOptions.DEFAULTS, given);
	}

	private Binding(StreamEngine engine, Policy origin, StreamPolicy policy, StreamOptions options,
			@Nullable GivenTransport given) {
		this.engine = engine;
		this.origin = origin;
		this.policy = policy;
		this.options = options;
		this.given = given;
		this.active = given;
	}

	/** Makes what fulfils the stream, which is bound like this. */
	@Override
	public PolicyFulfilment apply(StreamCore core) {
		return new PolicyFulfilment(core, this.engine, this);
	}

	StreamEngine engine() {
		return this.engine;
	}

	boolean isGiven() {
		return this.given != null;
	}

	StreamOptions options() {
		return this.options;
	}

	/** From any thread. */
	StreamPolicy policy() {
		return this.policy;
	}

	/**
	 * Finds whom a part of a multipart message is for.
	 * @param part name of the part, or {@code null} if it has none
	 * @return the streamtype of the {@code rideshare} chain, our own if there is no other
	 */
	String owner(@Nullable String part) {
		Set<String> seen = new HashSet<>();
		StreamPolicy next = this.policy;
		while (part != null && next != null && seen.add(next.name())) {
			if (next.protocol() instanceof HttpPolicy http && http.body().multipart().name().equals(part)) {
				return next.name();
			}
			next = this.origin.streamTypes().get(next.features().rideshare());
		}
		return this.policy.name();
	}

	@Nullable Socks5Proxy socks5() {
		Socks5Proxy own = this.policy.endpoint().socks5();
		if (own != null) {
			return own;
		}
		Socks5Proxy common = this.origin.socks5();
		return (common != null) ? common : this.engine.settings().socks5();
	}

	/**
	 * Takes the current policy.
	 * @return why there is none for this stream any more, or {@code null} if all is well
	 */
	@Nullable StreamFailure refresh() {
		Policy current = this.engine.policy();
		String name = this.policy.name();
		StreamPolicy fresh = this.policy;
		if (current != this.origin) {
			fresh = current.streamTypes().get(name);
			if (fresh == null || fresh.role() != StreamPolicy.Role.CLIENT) {
				return noMore();
			}
			this.origin = current;
			this.policy = fresh;
		}
		if (this.engine.clientFactory(fresh) == null) {
			return StreamFailure.unsent(StreamFailure.Phase.POLICY, this.engine.notAvailable(fresh), "", null);
		}
		return null;
	}

	/**
	 * Whether the streamtype has left the policy, or has become something else.
	 * @return why the stream has to end, or {@code null} if all is well
	 */
	@Nullable StreamFailure removed() {
		StreamPolicy fresh = this.engine.policy().streamTypes().get(this.policy.name());
		return (fresh == null || fresh.role() != this.policy.role()) ? noMore() : null;
	}

	private StreamFailure noMore() {
		String kind = (this.policy.role() == StreamPolicy.Role.LOCAL_SINK) ? "local sink" : "client";
		return StreamFailure.unsent(StreamFailure.Phase.POLICY,
				"the policy has no " + kind + " streamtype \"" + this.policy.name() + "\" any more", "", null);
	}

	/**
	 * Returns the transport for the next attempt, made anew if the policy has changed.
	 * @param link the stream
	 * @return an idle transport
	 */
	ClientTransport activate(ClientLink link) {
		ClientTransport current = this.client;
		if (current == null || this.clientPolicy != this.policy) {
			StreamTransportFactory factory = this.engine.clientFactory(this.policy);
			if (factory == null) {
				throw new IllegalStateException(this.engine.notAvailable(this.policy));
			}
			release();
			current = factory.client(link);
			this.client = current;
			this.clientPolicy = this.policy;
		}
		this.active = current;
		return current;
	}

	/** The transport if it is doing something. */
	@Nullable StreamTransport active() {
		return this.active;
	}

	/** Whether something is under way that a drained stream waits for. */
	boolean isInFlight() {
		StreamTransport current = this.active;
		return current != null && current.isInFlight();
	}

	/** Whether what is under way never ends by itself. */
	boolean isEndless() {
		return this.policy.protocol() instanceof HttpPolicy http && http.http2().longPoll();
	}

	/** Whether another attempt does no harm if this one has reached the peer. */
	boolean isRepeatable() {
		return !(this.active instanceof ClientTransport current) || current.isRepeatable();
	}

	/** The connection that the stream came with, as long as there is one. */
	@Nullable GivenTransport given() {
		return (this.active != null) ? this.given : null;
	}

	/** The transport has reported that it is idle. */
	void idle() {
		this.active = null;
	}

	/** The handler has failed; {@link #close()} follows. */
	void undelivered() {
		if (this.active != null) {
			this.active.undelivered();
		}
	}

	/** Ends what the transport is doing. */
	void close() {
		StreamTransport current = this.active;
		this.active = null;
		if (current != null) {
			current.close();
		}
	}

	/** Lets go of what the idle transport keeps. */
	void release() {
		ClientTransport current = this.client;
		this.client = null;
		if (current != null) {
			current.release();
		}
	}

}
