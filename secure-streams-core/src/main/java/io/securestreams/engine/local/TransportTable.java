package io.securestreams.engine.local;

import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ListenerFactory;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.policy.AuthUse;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.StreamPolicy.Role;
import io.securestreams.policy.WebSocketPolicy;

/**
 * Which factory serves which protocol. Where several do, the first one counts.
 *
 * @param <F> kind of the factories
 */
final class TransportTable<F> {

	private final Map<Protocol, F> factories = new EnumMap<>(Protocol.class);

	private final String kind;

	private TransportTable(String kind, List<F> factories, Function<F, Set<Protocol>> protocols) {
		this.kind = kind;
		for (F factory : factories) {
			for (Protocol protocol : protocols.apply(factory)) {
				this.factories.putIfAbsent(protocol, factory);
			}
		}
	}

	static TransportTable<StreamTransportFactory> ofClients(List<StreamTransportFactory> clients) {
		return new TransportTable<>("client", clients, StreamTransportFactory::clientProtocols);
	}

	static TransportTable<ListenerFactory> ofListeners(List<ListenerFactory> listeners) {
		return new TransportTable<>("server", listeners, ListenerFactory::serverProtocols);
	}

	/** Each factory once. */
	Set<F> all() {
		return new LinkedHashSet<>(this.factories.values());
	}

	@Nullable F find(StreamPolicy policy) {
		return !isAuthenticationKnown(policy) ? null : this.factories.get(policy.protocol().protocol());
	}

	/** What cannot be authenticated does not go out without it. */
	private static boolean isAuthenticationKnown(StreamPolicy policy) {
		AuthUse auth = policy.features().auth();
		return auth == null || policy.role() != Role.CLIENT || (auth.scheme().isKnown()
				&& (policy.protocol() instanceof HttpPolicy || policy.protocol() instanceof WebSocketPolicy));
	}

	String notAvailable(StreamPolicy policy) {
		AuthUse auth = policy.features().auth();
		if (auth != null && !isAuthenticationKnown(policy)) {
			return "streamtype \"" + policy.name() + "\": \"use_auth\" is not available with type \""
					+ auth.scheme().type() + "\" and protocol \"" + policy.protocol().protocol().policyName()
					+ "\" (expected: type sigv4, lwa or client_credentials, and protocol h1, h2 or ws)";
		}
		List<String> names = this.factories.keySet().stream().map(Protocol::policyName).toList();
		return "streamtype \"" + policy.name() + "\": protocol \"" + policy.protocol().protocol().policyName()
				+ "\" is not available for a " + this.kind + " (available: "
				+ (names.isEmpty() ? "none" : String.join(", ", names)) + ")";
	}

}
