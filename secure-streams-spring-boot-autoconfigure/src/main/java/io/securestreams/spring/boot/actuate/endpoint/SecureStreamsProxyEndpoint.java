package io.securestreams.spring.boot.actuate.endpoint;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

import io.securestreams.proxy.server.ProxyLinkSnapshot;
import io.securestreams.proxy.server.ProxyServer;
import io.securestreams.spring.proxy.SecureStreamsProxy;

/**
 * Actuator endpoint that shows who uses the proxy.
 */
@Endpoint(id = "securestreamsproxy", defaultAccess = Access.READ_ONLY)
public class SecureStreamsProxyEndpoint {

	private final SecureStreamsProxy proxy;

	/**
	 * Makes an endpoint.
	 * @param proxy the proxy
	 */
	public SecureStreamsProxyEndpoint(SecureStreamsProxy proxy) {
		this.proxy = proxy;
	}

	/**
	 * Returns the links of all clients.
	 * @return what there is now; nothing if the proxy does not run
	 */
	@ReadOperation
	public ProxyDescriptor proxy() {
		return this.proxy.server()
			.map(ProxyDescriptor::of)
			.orElseGet(() -> new ProxyDescriptor(List.of(), 0, Map.of(), List.of()));
	}

	/**
	 * A proxy and its clients.
	 *
	 * @param addresses where it listens
	 * @param accepted how many links there have been
	 * @param refused what has been refused, by cause; causes without any are left out
	 * @param links the links there are
	 */
	public record ProxyDescriptor(List<String> addresses, long accepted, Map<String, Long> refused,
			List<LinkDescriptor> links) implements OperationResponseBody {

		static ProxyDescriptor of(ProxyServer server) {
			Map<String, Long> refused = new TreeMap<>();
			server.refused().forEach((refusal, count) -> {
				if (count > 0) {
					refused.put(refusal.name().toLowerCase(Locale.ROOT), count);
				}
			});
			return new ProxyDescriptor(server.addresses().stream().map(Object::toString).toList(),
					server.acceptedCount(), refused, server.links().stream().map(LinkDescriptor::of).toList());
		}

	}

	/**
	 * A link, which is a stream of a client.
	 *
	 * @param client user, certificate subject or address
	 * @param pid what the client says its process id is; 0 if it has none
	 * @param streamtype what it has asked for
	 * @param stream id of the stream in this process, see {@code /securestreams}
	 * @param address where it was accepted
	 * @param version of the protocol
	 * @param since when it was accepted
	 * @param queuedBytes from the client, and not sent onward yet
	 * @param unreadBytes to the client, and not taken by its socket yet
	 * @param clientHeldBack whether the client is kept from sending more
	 * @param peerHeldBack whether the onward peer is kept from sending more
	 */
	public record LinkDescriptor(String client, long pid, String streamtype, @Nullable String stream, String address,
			int version, Instant since, long queuedBytes, long unreadBytes, boolean clientHeldBack,
			boolean peerHeldBack) {

		static LinkDescriptor of(ProxyLinkSnapshot link) {
			return new LinkDescriptor(link.client(), link.pid(), link.streamType(), link.streamId(), link.address(),
					link.version(), link.since(), link.queuedBytes(), link.unreadBytes(), !link.reading(),
					link.paused());
		}

	}

}
