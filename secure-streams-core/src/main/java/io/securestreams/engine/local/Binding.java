package io.securestreams.engine.local;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.GivenTransport;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.engine.stream.ManagedStream;
import io.securestreams.engine.stream.MetadataStore;
import io.securestreams.engine.stream.StreamCore;
import io.securestreams.engine.stream.StreamName;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.Policy;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.StreamRole;
import org.jspecify.annotations.Nullable;

/**
 * What a stream stands on: the policy it goes by. Streams whose connection exists may
 * share it; a {@link ClientBinding} is one stream's, and takes newer policies. May be
 * used from any thread.
 */
sealed class Binding implements Function<StreamCore, PolicyFulfilment> permits Binding.ClientBinding {

	private final StreamEngine engine;

	/** Of the first policy, with the first stream. */
	private MetadataStore.@Nullable Names names;

	private volatile StreamPolicy policy;

	private volatile Policy origin;

	/**
	 * Makes a binding.
	 * @param engine gives policies and transports
	 * @param origin the policy as a whole
	 * @param policy the streamtype's
	 */
	Binding(StreamEngine engine, Policy origin, StreamPolicy policy) {
		this.engine = engine;
		this.origin = origin;
		this.policy = policy;
	}

	/**
	 * Makes a stream that stands on this.
	 * @param given its connection, or {@code null} of one that connects
	 * @param ended called with its name when it has ended
	 */
	final ManagedStream<PolicyFulfilment> stream(@Nullable GivenTransport given, StreamExecutor executor,
			StreamHandler handler, StreamRole role, Consumer<StreamName> ended) {
		ManagedStream<PolicyFulfilment> stream = new ManagedStream<>(this.policy.name(), role, executor, handler,
				new ManagedStream.Parts<>(this.engine.common(), new MetadataStore(names()), this, ended));
		if (given != null) {
			stream.fulfilment().give(given);
		}
		return stream;
	}

	/** Several threads may make them, the same each. */
	private MetadataStore.Names names() {
		MetadataStore.Names known = this.names;
		if (known == null) {
			known = MetadataStore.Names.of(this.policy);
			this.names = known;
		}
		return known;
	}

	@Override
	public final PolicyFulfilment apply(StreamCore core) {
		return new PolicyFulfilment(core, this);
	}

	final StreamEngine engine() {
		return this.engine;
	}

	/** What the application has said of a stream that connects. */
	StreamOptions options() {
		return StreamOptions.DEFAULTS;
	}

	/** From any thread. */
	final StreamPolicy policy() {
		return this.policy;
	}

	/** The policy as a whole. */
	final Policy origin() {
		return this.origin;
	}

	/** There is a newer policy. */
	final void bind(Policy whole, StreamPolicy fresh) {
		this.origin = whole;
		this.policy = fresh;
	}

	/**
	 * Finds whom a part of a multipart message is for.
	 * @param part name of the part, or {@code null} if it has none
	 * @return the streamtype of the {@code rideshare} chain, our own if there is no other
	 */
	final String owner(@Nullable String part) {
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

	final @Nullable Socks5Proxy socks5() {
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
		return null;
	}

	/**
	 * Whether the streamtype has left the policy, or has become something else.
	 * @return why the stream has to end, or {@code null} if all is well
	 */
	final @Nullable StreamFailure removed() {
		StreamPolicy fresh = this.engine.policy().streamTypes().get(this.policy.name());
		return (fresh == null || fresh.role() != this.policy.role()) ? noMore() : null;
	}

	final StreamFailure noMore() {
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
		throw new IllegalStateException("not a stream that connects");
	}

	/** Whether what is under way never ends by itself. */
	final boolean isEndless() {
		return this.policy.protocol() instanceof HttpPolicy http && http.http2().longPoll();
	}

	/** Lets go of what the idle transport keeps. */
	void release() {
	}

	/**
	 * What a client stream stands on: the policy it goes by, a newer one between
	 * connections, and the transport made for it.
	 */
	static final class ClientBinding extends Binding {

		private final StreamOptions options;

		private @Nullable ClientTransport transport;

		/** What the transport was made for. */
		private @Nullable StreamPolicy transportPolicy;

		/**
		 * Makes the binding of a stream that connects.
		 * @param engine gives policies and transports
		 * @param origin the policy as a whole
		 * @param policy the streamtype's
		 * @param options the application's
		 */
		ClientBinding(StreamEngine engine, Policy origin, StreamPolicy policy, StreamOptions options) {
			super(engine, origin, policy);
			this.options = options;
		}

		@Override
		StreamOptions options() {
			return this.options;
		}

		@Override
		@Nullable StreamFailure refresh() {
			Policy current = engine().policy();
			String name = policy().name();
			StreamPolicy fresh = policy();
			if (current != origin()) {
				fresh = current.streamTypes().get(name);
				if (fresh == null || fresh.role() != StreamPolicy.Role.CLIENT) {
					return noMore();
				}
				bind(current, fresh);
			}
			if (engine().clientFactory(fresh) == null) {
				return StreamFailure.unsent(StreamFailure.Phase.POLICY, engine().notAvailable(fresh), "", null);
			}
			return null;
		}

		@Override
		ClientTransport activate(ClientLink link) {
			ClientTransport current = this.transport;
			StreamPolicy policy = policy();
			if (current == null || this.transportPolicy != policy) {
				StreamTransportFactory factory = engine().clientFactory(policy);
				if (factory == null) {
					throw new IllegalStateException(engine().notAvailable(policy));
				}
				release();
				current = factory.client(link);
				this.transport = current;
				this.transportPolicy = policy;
			}
			return current;
		}

		@Override
		void release() {
			ClientTransport current = this.transport;
			this.transport = null;
			if (current != null) {
				current.release();
			}
		}

	}

}
