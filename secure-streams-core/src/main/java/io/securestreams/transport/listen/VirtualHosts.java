package io.securestreams.transport.listen;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.platform.UnknownVirtualHostException;
import io.securestreams.stream.platform.VirtualHost;

/**
 * The listeners that are configured outside the policy, and who has joined them. May be
 * used from any thread.
 */
public final class VirtualHosts {

	private static final String PREFIX = "!";

	private final Map<String, VirtualHost> hosts = new LinkedHashMap<>();

	/** By vhost; guarded by itself. */
	private final Map<String, List<Member>> members = new HashMap<>();

	/**
	 * Collects listeners.
	 * @param hosts the listeners, each with a name of its own
	 */
	public VirtualHosts(Collection<VirtualHost> hosts) {
		for (VirtualHost host : hosts) {
			if (this.hosts.put(host.name(), host) != null) {
				throw new IllegalArgumentException("vhost \"" + host.name() + "\" is there twice");
			}
		}
	}

	/**
	 * Whether a streamtype names a vhost.
	 * @param policy a server streamtype
	 * @return {@code true} for endpoint {@code !name}
	 */
	public static boolean isNamedBy(StreamPolicy policy) {
		return policy.endpoint().address().text().startsWith(PREFIX);
	}

	/**
	 * Finds the vhost that a streamtype names.
	 * @param policy a server streamtype with endpoint {@code !name}
	 * @return the vhost
	 * @throws UnknownVirtualHostException if there is none
	 * @throws SecureStreamsException if the streamtype says otherwise than the vhost
	 */
	public VirtualHost find(StreamPolicy policy) {
		String name = policy.endpoint().address().text().substring(PREFIX.length());
		VirtualHost host = this.hosts.get(name);
		if (host == null) {
			throw new UnknownVirtualHostException(policy.name(), name, List.copyOf(this.hosts.keySet()));
		}
		TlsPolicy tls = policy.tls();
		if (tls.enabled() && host.identity() == null) {
			throw refused(policy, host, "has no TLS, which the streamtype wants");
		}
		if (tls.serverCertificate() != null || tls.serverKey() != null) {
			throw refused(policy, host,
					"has its own certificate (expected: no server_cert and server_key in the streamtype)");
		}
		int port = policy.endpoint().port();
		if (port != 0 && port != host.port()) {
			throw refused(policy, host, "listens on port " + host.port() + ", not " + port);
		}
		return host;
	}

	/**
	 * Takes part in a vhost.
	 * @param policy the streamtype
	 * @param host the vhost it names
	 * @param alone whether it has to be the only one
	 * @return ends it, once
	 * @throws SecureStreamsException if others do not leave room
	 */
	public Runnable join(StreamPolicy policy, VirtualHost host, boolean alone) {
		Member member = new Member(policy.name(), alone);
		synchronized (this.members) {
			List<Member> present = this.members.computeIfAbsent(host.name(), (name) -> new ArrayList<>());
			for (Member other : present) {
				if (alone || other.alone()) {
					throw refused(policy, host, "is used by streamtype \"" + other.streamType()
							+ "\" (expected: a raw streamtype has a vhost for itself)");
				}
			}
			present.add(member);
		}
		return () -> {
			synchronized (this.members) {
				this.members.getOrDefault(host.name(), List.of()).remove(member);
			}
		};
	}

	private static SecureStreamsException refused(StreamPolicy policy, VirtualHost host, String reason) {
		return new SecureStreamsException(
				"streamtype \"" + policy.name() + "\" cannot join vhost \"" + host.name() + "\", which " + reason);
	}

	/**
	 * A streamtype on a vhost.
	 *
	 * @param streamType its name
	 * @param alone whether others must keep away
	 */
	private record Member(String streamType, boolean alone) {
	}

}
