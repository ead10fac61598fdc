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
import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.StreamPolicy.Role;

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
		return wantsSignature(policy) ? null : this.factories.get(policy.protocol().protocol());
	}

	/** Requests cannot be signed, and do not go out unsigned. */
	private static boolean wantsSignature(StreamPolicy policy) {
		return policy.role() == Role.CLIENT && policy.features().auth() != null;
	}

	String notAvailable(StreamPolicy policy) {
		if (wantsSignature(policy)) {
			return "streamtype \"" + policy.name() + "\": \"use_auth\" is not available: requests cannot be signed";
		}
		List<String> names = this.factories.keySet().stream().map(Protocol::policyName).toList();
		return "streamtype \"" + policy.name() + "\": protocol \"" + policy.protocol().protocol().policyName()
				+ "\" is not available for a " + this.kind + " (available: "
				+ (names.isEmpty() ? "none" : String.join(", ", names)) + ")";
	}

}
