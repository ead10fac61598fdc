package io.securestreams.transport.fault;

import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.policy.Faults;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;

/**
 * Adds faults on purpose to any protocol, where the application allows them and the
 * policy has them. Says in the log where they are on. May be used from any thread.
 */
public final class FaultyTransports implements StreamTransportFactory {

	private static final Logger log = LoggerFactory.getLogger(FaultyTransports.class);

	private static final int MAX_TOLD = 1000;

	private final StreamTransportFactory network;

	private final boolean allowed;

	/** What the log has been told, by streamtype. */
	private final Set<String> told = ConcurrentHashMap.newKeySet();

	/**
	 * Makes a factory.
	 * @param network makes the transports that work
	 * @param allowed whether faults are to be had
	 */
	public FaultyTransports(StreamTransportFactory network, boolean allowed) {
		this.network = network;
		this.allowed = allowed;
	}

	@Override
	public Set<Protocol> clientProtocols() {
		return this.network.clientProtocols();
	}

	@Override
	public OptionalInt affinity(StreamPolicy policy) {
		return this.network.affinity(policy);
	}

	@Override
	public ClientTransport client(ClientLink link) {
		Faults faults = link.policy().features().faults();
		if (faults.equals(Faults.NONE)) {
			return this.network.client(link);
		}
		String name = link.policy().name();
		boolean news = this.told.size() < MAX_TOLD && this.told.add(name + faults);
		if (!this.allowed) {
			if (news) {
				log.warn("Streamtype \"{}\": faults are not allowed here, there are none", name);
			}
			return this.network.client(link);
		}
		if (news) {
			log.warn("Streamtype \"{}\": faults on purpose are on: {}", name, faults);
		}
		return new FaultyTransport(link, faults, this.network);
	}

}
