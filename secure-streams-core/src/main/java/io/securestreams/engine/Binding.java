package io.securestreams.engine;

import java.util.HashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.engine.spi.StreamTransportFactory;
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
final class Binding {

	private final StreamEngine engine;

	private final StreamOptions options;

	/** There is one connection, and the stream ends with it. */
	private final boolean given;

	private volatile StreamPolicy policy;

	private volatile Policy origin;

	private @Nullable StreamTransport transport;

	/** What the transport was made for. */
	private @Nullable StreamPolicy transportPolicy;

	/** The transport has been told to connect and has not reported the end yet. */
	private boolean active;

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
	Binding(StreamEngine engine, Policy origin, StreamPolicy policy, StreamTransport given) {
		this(engine, origin, policy, StreamOptions.DEFAULTS, given);
	}

	private Binding(StreamEngine engine, Policy origin, StreamPolicy policy, StreamOptions options,
			@Nullable StreamTransport given) {
		this.engine = engine;
		this.origin = origin;
		this.policy = policy;
		this.options = options;
		this.transport = given;
		this.transportPolicy = (given != null) ? policy : null;
		this.given = given != null;
		this.active = this.given;
	}

	boolean isGiven() {
		return this.given;
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
				return StreamFailure.unsent(StreamFailure.Phase.POLICY,
						"the policy has no client streamtype \"" + name + "\" any more", "", null);
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
	 * Returns the transport for the next attempt, made anew if the policy has changed.
	 * @param link the stream
	 * @return an idle transport
	 */
	StreamTransport activate(StreamLink link) {
		StreamTransport current = this.transport;
		if (current == null || this.transportPolicy != this.policy) {
			StreamTransportFactory factory = this.engine.clientFactory(this.policy);
			if (factory == null) {
				throw new IllegalStateException(this.engine.notAvailable(this.policy));
			}
			current = factory.client(link);
			this.transport = current;
			this.transportPolicy = this.policy;
		}
		this.active = true;
		return current;
	}

	/** The transport if it is doing something. */
	@Nullable StreamTransport active() {
		return this.active ? this.transport : null;
	}

	/** The transport has reported that it is idle. */
	void idle() {
		this.active = false;
	}

	/** Ends what the transport is doing. */
	void close() {
		StreamTransport current = active();
		this.active = false;
		if (current != null) {
			current.close();
		}
	}

}
