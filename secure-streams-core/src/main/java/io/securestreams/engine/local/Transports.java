package io.securestreams.engine.local;

import java.util.List;

import io.securestreams.engine.spi.ListenerFactory;
import io.securestreams.engine.spi.StreamTransportFactory;

/**
 * The wire protocols there are. For a protocol that several of a kind speak the first one
 * counts.
 *
 * @param clients make the transports of client streams
 * @param listeners bind the listeners of server streams
 */
public record Transports(List<StreamTransportFactory> clients, List<ListenerFactory> listeners) {

	public Transports {
		clients = List.copyOf(clients);
		listeners = List.copyOf(listeners);
	}

}
