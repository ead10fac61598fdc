package io.securestreams.policy;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Everything the policy says about one streamtype, an entry of the section {@code s}.
 * Names it refers to are resolved.
 *
 * @param name the streamtype
 * @param role client, server or local sink
 * @param endpoint where to connect, or what to bind
 * @param protocol the wire protocol with its own settings
 * @param tls TLS settings
 * @param persistence connection and retry behaviour
 * @param trafficClass packet marking
 * @param metadata declared metadata, in the order of the policy
 * @param features what does not depend on the protocol
 * @param proxyBuffers buffering where the stream is fulfilled by a proxy
 */
public record StreamPolicy(String name, Role role, Endpoint endpoint, ProtocolPolicy protocol, TlsPolicy tls,
		Persistence persistence, TrafficClass trafficClass, List<MetadataDeclaration> metadata, Features features,
		ProxyBuffers proxyBuffers) {

	public StreamPolicy {
		metadata = List.copyOf(metadata);
	}

	/**
	 * What a streamtype is.
	 */
	public enum Role {

		/** Connects to a peer. */
		CLIENT,
		/** Accepts connections ({@code server}). */
		SERVER,
		/** Is joined by sources in the same process ({@code local_sink}). */
		LOCAL_SINK

	}

	/**
	 * Where a client connects, or what a server binds.
	 *
	 * @param address host name, address, URL, {@code +path} or {@code +@abstract} unix
	 * socket; for a server interface, address or {@code !vhost} ({@code endpoint})
	 * @param port TCP port ({@code port}); for a server 0 means any free port
	 * @param socks5 SOCKS5 proxy of this streamtype ({@code via-socks5}), or {@code null}
	 * for the policy's
	 */
	public record Endpoint(Template address, int port, @Nullable Socks5Proxy socks5) {

		public Endpoint {
			if (port < 0 || port > 65535) {
				throw new IllegalArgumentException("port: " + port + " (expected: 0..65535)");
			}
		}

	}

	/**
	 * Settings that do not depend on the protocol.
	 *
	 * @param perf whether connection timings are reported ({@code perf})
	 * @param directHeaders whether metadata may name headers directly
	 * ({@code direct_proto_str})
	 * @param urgentTx {@code urgent_tx}
	 * @param urgentRx {@code urgent_rx}
	 * @param payloadFormat opaque text handed to the application ({@code payload_fmt})
	 * @param rideshare streamtype whose payload follows in one transaction
	 * ({@code rideshare}), or empty
	 * @param auth authentication scheme, or {@code null}
	 * @param options free name and value pairs ({@code options})
	 * @param faults what goes wrong on purpose ({@code faults})
	 */
	public record Features(boolean perf, boolean directHeaders, boolean urgentTx, boolean urgentRx,
			String payloadFormat, String rideshare, @Nullable AuthUse auth, Map<String, String> options,
			Faults faults) {

		/**
		 * Option of a server streamtype: what happens to an accepted stream whose client
		 * does not keep up with what it is sent.
		 */
		public static final String SEND_OVERFLOW = "send_overflow";

		/** The message that is too much is not sent; the default. */
		public static final String SEND_OVERFLOW_DROP = "drop";

		/** The accepted stream ends. */
		public static final String SEND_OVERFLOW_DISCONNECT = "disconnect";

		/** Nothing set. */
		public static final Features NONE = new Features(false, false, false, false, "", "", null, Map.of());

		public Features {
			options = Map.copyOf(options);
		}

		/**
		 * Makes features without faults.
		 * @param perf whether connection timings are reported
		 * @param directHeaders whether metadata may name headers directly
		 * @param urgentTx {@code urgent_tx}
		 * @param urgentRx {@code urgent_rx}
		 * @param payloadFormat opaque text handed to the application
		 * @param rideshare streamtype whose payload follows in one transaction, or empty
		 * @param auth authentication scheme, or {@code null}
		 * @param options free name and value pairs
		 */
		public Features(boolean perf, boolean directHeaders, boolean urgentTx, boolean urgentRx, String payloadFormat,
				String rideshare, @Nullable AuthUse auth, Map<String, String> options) {
			this(perf, directHeaders, urgentTx, urgentRx, payloadFormat, rideshare, auth, options, Faults.NONE);
		}

	}

}
