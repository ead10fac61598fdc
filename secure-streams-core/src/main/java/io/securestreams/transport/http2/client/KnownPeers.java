package io.securestreams.transport.http2.client;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.securestreams.engine.spi.Address;

/**
 * Peers that something has been said about already. Bounded: beyond that many it is
 * silent. May be used from any thread.
 */
final class KnownPeers {

	private static final int MAX_PEERS = 1000;

	private final Set<Address> peers = ConcurrentHashMap.newKeySet();

	/**
	 * Takes note of a peer.
	 * @param peer the peer
	 * @return whether it has not been known
	 */
	boolean add(Address peer) {
		return this.peers.size() < MAX_PEERS && this.peers.add(peer);
	}

}
