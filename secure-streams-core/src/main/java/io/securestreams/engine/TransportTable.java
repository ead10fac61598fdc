package io.securestreams.engine;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;

/**
 * Which transport serves which protocol. Where several do, the first one counts.
 */
final class TransportTable {

	private final Map<Protocol, StreamTransportFactory> factories = new EnumMap<>(Protocol.class);

	private final String kind;

	private TransportTable(String kind) {
		this.kind = kind;
	}

	static TransportTable ofClients(List<StreamTransportFactory> transports) {
		return new TransportTable("client").fill(transports, StreamTransportFactory::clientProtocols);
	}

	static TransportTable ofServers(List<StreamTransportFactory> transports) {
		return new TransportTable("server").fill(transports, StreamTransportFactory::serverProtocols);
	}

	private TransportTable fill(List<StreamTransportFactory> transports,
			Function<StreamTransportFactory, Set<Protocol>> protocols) {
		for (StreamTransportFactory transport : transports) {
			for (Protocol protocol : protocols.apply(transport)) {
				this.factories.putIfAbsent(protocol, transport);
			}
		}
		return this;
	}

	@Nullable StreamTransportFactory find(StreamPolicy policy) {
		return this.factories.get(policy.protocol().protocol());
	}

	String notAvailable(StreamPolicy policy) {
		List<String> names = this.factories.keySet().stream().map(Protocol::policyName).toList();
		return "streamtype \"" + policy.name() + "\": protocol \"" + policy.protocol().protocol().policyName()
				+ "\" is not available for a " + this.kind + " (available: "
				+ (names.isEmpty() ? "none" : String.join(", ", names)) + ")";
	}

}
