package io.securestreams.transport;

import java.util.Collection;

import io.securestreams.limits.ListenerLimits;
import io.securestreams.limits.NetworkLimits;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.stream.platform.VirtualHost;
import io.securestreams.transport.connect.Connector;
import io.securestreams.transport.listen.Listener;
import io.securestreams.transport.listen.VirtualHosts;
import io.securestreams.transport.loop.EventLoops;
import io.securestreams.transport.tls.TlsContexts;

/**
 * What the transports of one engine share. May be used from any thread.
 */
public final class TransportRuntime {

	private final EventLoops loops;

	private final SystemBlobs blobs;

	private final NetworkLimits settings;

	private final TlsContexts tls;

	private final Connector connector;

	private final VirtualHosts virtualHosts;

	private final Listener listener;

	/**
	 * Makes what transports share; nothing is opened yet.
	 * @param loops the threads; stay the caller's to shut down
	 * @param identities keys and trust from outside the policy
	 * @param blobs system blobs, whose client certificates count where {@code identities}
	 * has none
	 * @param settings limits of connecting and listening
	 * @param accepting how many connections are accepted
	 * @param hosts listeners that are configured outside the policy
	 */
	public TransportRuntime(EventLoops loops, TlsIdentities identities, SystemBlobs blobs, NetworkLimits settings,
			ListenerLimits accepting, Collection<VirtualHost> hosts) {
		this(loops, new TlsContexts(identities, blobs), blobs, settings, accepting, hosts);
	}

	/**
	 * Makes what transports share; nothing is opened yet.
	 * @param loops the threads; stay the caller's to shut down
	 * @param tls the contexts of connections with TLS
	 * @param blobs system blobs
	 * @param settings limits
	 * @param accepting how many connections listeners accept
	 * @param hosts listeners that are configured outside the policy
	 */
	public TransportRuntime(EventLoops loops, TlsContexts tls, SystemBlobs blobs, NetworkLimits settings,
			ListenerLimits accepting, Collection<VirtualHost> hosts) {
		this.loops = loops;
		this.blobs = blobs;
		this.settings = settings;
		this.tls = tls;
		this.connector = new Connector(loops, this.tls, settings);
		this.virtualHosts = new VirtualHosts(hosts);
		this.listener = new Listener(loops, this.tls, settings, accepting, this.virtualHosts);
	}

	/**
	 * Returns the threads.
	 * @return the event loops
	 */
	public EventLoops loops() {
		return this.loops;
	}

	/**
	 * Returns what makes client connections.
	 * @return the connector
	 */
	public Connector connector() {
		return this.connector;
	}

	/**
	 * Returns what binds listeners.
	 * @return the listener
	 */
	public Listener listener() {
		return this.listener;
	}

	/**
	 * Returns the listeners that are configured outside the policy.
	 * @return the vhosts
	 */
	public VirtualHosts virtualHosts() {
		return this.virtualHosts;
	}

	/**
	 * Returns the TLS contexts.
	 * @return the contexts
	 */
	public TlsContexts tls() {
		return this.tls;
	}

	/**
	 * Returns the system blobs.
	 * @return live
	 */
	public SystemBlobs blobs() {
		return this.blobs;
	}

	/**
	 * Returns the limits.
	 * @return the settings
	 */
	public NetworkLimits settings() {
		return this.settings;
	}

	/**
	 * Lets go of name resolvers and cached contexts. Connections and listeners belong to
	 * those who opened them; the loops are shut down separately.
	 */
	public void close() {
		this.connector.close();
		this.tls.close();
	}

}
