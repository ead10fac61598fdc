package io.securestreams.spring.boot.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.securestreams.Transport;
import io.securestreams.limits.ListenerLimits;
import io.securestreams.spring.boot.policy.PolicyLoader;
import io.securestreams.stream.platform.VirtualHost;
import io.securestreams.system.auth.AwsKeySources;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.util.unit.DataSize;

/**
 * Properties of the engine and of handler beans. What a stream does is the policy's.
 *
 * @param policy Where the policy is.
 * @param blobs Values of this installation that policies refer to by role.
 * @param aws Where keys for "sigv4" are looked for when the blobs have none.
 * @param faults Outages that are rehearsed.
 * @param clientCerts What "client_cert" of the policy stands for, by index.
 * @param sslBundle Name of the SSL bundle whose trust store streams use that name none in
 * the policy; default is the trust of the JVM.
 * @param engine Threads and sockets.
 * @param tls What certificates of peers have to be like.
 * @param http Limits of HTTP streams.
 * @param webSocket Limits of WebSocket streams.
 * @param mqtt Limits of MQTT streams.
 * @param listener How many connections listeners accept.
 * @param vhosts Listeners that server streamtypes join with endpoint "!name", by name.
 * @param network Making connections.
 * @param proxy Links between processes that want streams and one that fulfils them.
 * @param handlers Handler beans.
 * @param template Transactions of SecureStreamTemplate.
 * @param events Events of the application.
 * @param shutdown End of the application.
 * @param captivePortal Captive portal detection.
 */
@ConfigurationProperties("secure-streams")
public record SecureStreamsProperties(@DefaultValue PolicySource policy, @DefaultValue Blobs blobs,
		@DefaultValue Aws aws, @DefaultValue FaultsOnPurpose faults, @DefaultValue Map<Integer, ClientCert> clientCerts,
		@Nullable String sslBundle, @DefaultValue Engine engine, @DefaultValue Tls tls, @DefaultValue Network network,
		@NestedConfigurationProperty @DefaultValue HttpProperties http,
		@NestedConfigurationProperty @DefaultValue WebSocketProperties webSocket,
		@NestedConfigurationProperty @DefaultValue MqttProperties mqtt, @DefaultValue Listener listener,
		@DefaultValue Map<String, Vhost> vhosts, @NestedConfigurationProperty @DefaultValue ProxyProperties proxy,
		@DefaultValue Handlers handlers, @DefaultValue Template template, @DefaultValue Events events,
		@DefaultValue Shutdown shutdown, @DefaultValue CaptivePortal captivePortal) {

	/**
	 * Where the policy is.
	 *
	 * @param location Resource location of the policy; without meaning if there is a
	 * Policy bean.
	 * @param overlays Resource locations of overlays, applied in order to the policy.
	 * @param staticClass Class that has the policy instead of the location, made from it
	 * by policy2java or when the application is built ahead of time.
	 * @param fetch How the policy is fetched.
	 */
	public record PolicySource(@DefaultValue(PolicyLoader.DEFAULT_LOCATION) String location,
			@DefaultValue List<String> overlays, @Nullable String staticClass,
			@NestedConfigurationProperty @DefaultValue PolicyFetchProperties fetch) {

		public PolicySource {
			overlays = overlays.stream().filter((overlay) -> !overlay.isBlank()).toList();
		}

		PolicyLoader.Source source() {
			return new PolicyLoader.Source(this.location, this.overlays, this.staticClass);
		}

	}

	/**
	 * Values of this installation; none is ever printed.
	 *
	 * @param auth Auth token, index 0.
	 * @param auth1 Auth token, index 1: body of the request that refreshes index 0.
	 * @param auth2 Auth token, index 2.
	 * @param auth3 Auth token, index 3.
	 * @param dsn Serial number of the device.
	 * @param fwv Version of the firmware.
	 * @param devtype Kind of device.
	 * @param mqttClientId MQTT client id.
	 * @param mqttUsername MQTT user name.
	 * @param mqttPassword MQTT password.
	 */
	public record Blobs(@Nullable String auth, @Name("auth-1") @Nullable String auth1,
			@Name("auth-2") @Nullable String auth2, @Name("auth-3") @Nullable String auth3, @Nullable String dsn,
			@Nullable String fwv, @Nullable String devtype, @Nullable String mqttClientId,
			@Nullable String mqttUsername, @Nullable String mqttPassword) {

		@Override
		public String toString() {
			return "Blobs[***]";
		}

	}

	/**
	 * Where keys for "sigv4" are looked for when the blobs have none.
	 *
	 * @param environment Whether the environment and the shared credentials file are
	 * looked at.
	 * @param credentialsFile The shared credentials file; default is what the environment
	 * says, else "~/.aws/credentials".
	 * @param profile Profile of that file; default is what the environment says, else
	 * "default".
	 */
	public record Aws(@DefaultValue("true") boolean environment, @Nullable Path credentialsFile,
			@Nullable String profile) {

		AwsKeySources sources() {
			if (!this.environment) {
				return AwsKeySources.NONE;
			}
			AwsKeySources usual = AwsKeySources.of(System.getenv(), System.getProperty("user.home"));
			return new AwsKeySources(usual.environment(),
					(this.credentialsFile != null) ? this.credentialsFile : usual.file(),
					(this.profile != null) ? this.profile : usual.profile());
		}

	}

	/**
	 * Outages that are rehearsed.
	 *
	 * @param allowed Whether key "faults" of the policy has an effect.
	 */
	public record FaultsOnPurpose(@DefaultValue("false") boolean allowed) {

	}

	/**
	 * A client certificate.
	 *
	 * @param sslBundle Name of the SSL bundle with certificate and key.
	 */
	public record ClientCert(String sslBundle) {

	}

	/**
	 * Threads and sockets.
	 *
	 * @param eventLoopThreads Number of event loop threads; 0 means one per core.
	 * @param transport How sockets are driven.
	 * @param eventLoopBlockedAfter How long a thread may do one thing, such as a handler
	 * that does not return, before that is logged and shown in health and meters; 0 for
	 * as long as it likes.
	 */
	public record Engine(@DefaultValue("0") int eventLoopThreads, @DefaultValue("auto") Transport transport,
			@DefaultValue("5s") Duration eventLoopBlockedAfter) {

		public Engine {
			if (eventLoopThreads < 0) {
				throw new IllegalArgumentException(
						"event-loop-threads: " + eventLoopThreads + " (expected: 0 or more)");
			}
			if (eventLoopBlockedAfter.isNegative()) {
				throw new IllegalArgumentException(
						"event-loop-blocked-after: " + eventLoopBlockedAfter + " (expected: 0 or more)");
			}
		}

	}

	/**
	 * What certificates of peers have to be like.
	 *
	 * @param legacyCertificates Whether peers may have certificates signed with SHA-1, or
	 * with RSA keys of less than 2048 bits, which RFC 9325 forbids.
	 */
	public record Tls(@DefaultValue("false") boolean legacyCertificates) {

	}

	/**
	 * How many connections listeners accept, whatever their protocol.
	 *
	 * @param maxConnections Most connections of a listener; further ones wait in the
	 * system's queue.
	 * @param maxConnectionsPerAddress Most connections of a listener from one IPv4
	 * address or IPv6 network of 64 bits; further ones are closed.
	 * @param backlog Connections the system completes before they are accepted.
	 */
	public record Listener(@DefaultValue("10000") int maxConnections,
			@DefaultValue("2000") int maxConnectionsPerAddress, @DefaultValue("1024") int backlog) {

		public Listener {
			// What makes no sense is to fail here, where Boot knows the keys
			ListenerLimits.builder()
				.maxConnections(maxConnections)
				.maxConnectionsPerAddress(maxConnectionsPerAddress)
				.backlog(backlog)
				.build();
		}

		ListenerLimits limits() {
			return ListenerLimits.builder()
				.maxConnections(this.maxConnections)
				.maxConnectionsPerAddress(this.maxConnectionsPerAddress)
				.backlog(this.backlog)
				.build();
		}

	}

	/**
	 * A listener that server streamtypes join with endpoint "!name".
	 *
	 * @param address Interface, address, "+/path" or "+@name"; default is all interfaces.
	 * @param port TCP port; 0 means any free one.
	 * @param sslBundle Name of the SSL bundle with certificate and key, and with the
	 * issuers of client certificates where they are asked for; default is no TLS.
	 * @param clientAuth Whether clients present a certificate.
	 */
	public record Vhost(@DefaultValue("") String address, @DefaultValue("0") int port, @Nullable String sslBundle,
			@DefaultValue("none") VirtualHost.ClientAuth clientAuth) {

		public Vhost {
			host("vhost", address, port, sslBundle, clientAuth);
		}

		/**
		 * Makes the engine's value; an SSL bundle goes by the name of its vhost.
		 * @param name the vhost's name
		 * @return the vhost
		 */
		VirtualHost host(String name) {
			return host(name, this.address, this.port, this.sslBundle, this.clientAuth);
		}

		private static VirtualHost host(String name, String address, int port, @Nullable String sslBundle,
				VirtualHost.ClientAuth clientAuth) {
			return new VirtualHost(name, address, port, (sslBundle != null) ? name : null, clientAuth);
		}

	}

	/**
	 * Making connections. None of these are the policy's.
	 *
	 * @param connectTimeout Most time for the look-up of a host and the connection to one
	 * of its addresses.
	 * @param tlsHandshakeTimeout Most time for a TLS handshake.
	 * @param socks5Timeout Most time until a SOCKS5 proxy that has been reached is
	 * connected to the peer.
	 * @param attemptDelay How long an address may leave a connection attempt unanswered
	 * before the next address of the host is tried beside it.
	 * @param nameServers Name servers to ask instead of the system's, as address or
	 * address:port.
	 * @param nameServerTimeout Most time for a query to a name server.
	 * @param socks5 SOCKS5 proxy for streams whose policy names none, as
	 * "[user:password@]host:port"; empty means none. Default is the environment variable
	 * "socks_proxy".
	 */
	public record Network(@DefaultValue("20s") Duration connectTimeout,
			@DefaultValue("20s") Duration tlsHandshakeTimeout, @DefaultValue("20s") Duration socks5Timeout,
			@DefaultValue("250ms") Duration attemptDelay, @DefaultValue List<String> nameServers,
			@DefaultValue("5s") Duration nameServerTimeout, @Nullable String socks5) {

		public Network {
			requirePositive("connect-timeout", connectTimeout);
			requirePositive("tls-handshake-timeout", tlsHandshakeTimeout);
			requirePositive("socks5-timeout", socks5Timeout);
			requirePositive("attempt-delay", attemptDelay);
			requirePositive("name-server-timeout", nameServerTimeout);
			nameServers = List.copyOf(nameServers);
			nameServers.forEach(NetworkSettings::nameServer);
			if (socks5 != null) {
				NetworkSettings.socks5(socks5);
			}
		}

		private static void requirePositive(String name, Duration value) {
			if (value.toMillis() < 1) {
				throw new IllegalArgumentException(name + ": " + value + " (expected: 1ms or more)");
			}
		}

		@Override
		public String toString() {
			// Without the proxy, whose password would be in it
			return "Network[connectTimeout=" + this.connectTimeout + ", tlsHandshakeTimeout=" + this.tlsHandshakeTimeout
					+ ", socks5Timeout=" + this.socks5Timeout + ", attemptDelay=" + this.attemptDelay + ", nameServers="
					+ this.nameServers + ", nameServerTimeout=" + this.nameServerTimeout + "]";
		}

	}

	/**
	 * Handler beans.
	 *
	 * @param dispatch Where handler beans run that do not say so in their annotation.
	 */
	public record Handlers(@DefaultValue("auto") Dispatch dispatch) {

	}

	/**
	 * Transactions of SecureStreamTemplate.
	 *
	 * @param timeout Most time for a transaction, retries included, where neither request
	 * nor policy says.
	 * @param maxResponseSize Most bytes of a response that is kept in memory.
	 */
	public record Template(@DefaultValue("60s") Duration timeout, @DefaultValue("16MB") DataSize maxResponseSize) {

		public Template {
			if (timeout.toMillis() < 1) {
				throw new IllegalArgumentException("timeout: " + timeout + " (expected: 1ms or more)");
			}
			if (maxResponseSize.isNegative()) {
				throw new IllegalArgumentException("max-response-size: " + maxResponseSize + " (expected: 0 or more)");
			}
		}

	}

	/**
	 * Events of the application.
	 *
	 * @param enabled Whether states of streams and changes of the policy are published as
	 * application events.
	 */
	public record Events(@DefaultValue("true") boolean enabled) {

	}

	/**
	 * End of the application.
	 *
	 * @param drainTimeout How long transactions in flight may go on; default is
	 * "spring.lifecycle.timeout-per-shutdown-phase".
	 */
	public record Shutdown(@Nullable Duration drainTimeout) {

		public Shutdown {
			if (drainTimeout != null && drainTimeout.isNegative()) {
				throw new IllegalArgumentException("drain-timeout: " + drainTimeout + " (expected: 0 or more)");
			}
		}

	}

	/**
	 * Captive portal detection.
	 *
	 * @param enabled Whether captive portals are detected, if the policy has a streamtype
	 * "captive_portal_detect".
	 */
	public record CaptivePortal(@DefaultValue("true") boolean enabled) {

	}

	/**
	 * Where handler beans run.
	 */
	public enum Dispatch {

		/**
		 * Annotated methods on the executor, a StreamHandler on the event loop, unless
		 * their annotation says otherwise.
		 */
		AUTO,
		/** On the event loop, unless their annotation says otherwise. */
		EVENT_LOOP,
		/** On the executor, unless their annotation says otherwise. */
		EXECUTOR

	}

}
