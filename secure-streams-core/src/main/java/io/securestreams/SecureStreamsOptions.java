package io.securestreams;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.securestreams.limits.HttpClientLimits;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.limits.ListenerLimits;
import io.securestreams.limits.MqttLimits;
import io.securestreams.limits.NetworkLimits;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.policy.Policy;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.proxy.client.ProxyClientSettings;
import io.securestreams.stream.observe.StreamObserver;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.stream.platform.VirtualHost;
import io.securestreams.stream.platform.WakeLock;
import io.securestreams.system.auth.AwsKeySources;
import io.securestreams.transport.loop.EventLoops;

/**
 * What an engine is made with: all of it may be left as it is.
 *
 * @param <B> the builder that is set
 */
public abstract sealed class SecureStreamsOptions<B extends SecureStreamsOptions<B>> permits SecureStreams.Builder {

	Policy policy = Policy.EMPTY;

	SystemBlobs blobs = new SystemBlobs();

	@Nullable AwsKeySources awsKeys;

	boolean faults;

	TlsIdentities tlsIdentities = TlsIdentities.NONE;

	boolean legacyCertificates;

	@Nullable Socks5Proxy socks5;

	boolean socks5FromEnvironment = true;

	NetworkLimits network = NetworkLimits.DEFAULTS;

	WakeLock wakeLock = WakeLock.NONE;

	int eventLoopThreads;

	Duration blockedAfter = EventLoops.BLOCKED_AFTER;

	Transport transport = Transport.AUTO;

	HttpClientLimits httpClient = HttpClientLimits.DEFAULTS;

	HttpServerLimits httpServer = HttpServerLimits.DEFAULTS;

	WebSocketLimits webSocket = WebSocketLimits.DEFAULTS;

	MqttLimits mqtt = MqttLimits.DEFAULTS;

	ListenerLimits listener = ListenerLimits.DEFAULTS;

	@Nullable ProxyClientSettings proxy;

	final List<VirtualHost> virtualHosts = new ArrayList<>();

	final List<StreamObserver> observers = new ArrayList<>();

	SecureStreamsOptions() {
	}

	abstract B self();

	/**
	 * Sets the policy.
	 * @param policy the policy; default: one without streamtypes
	 * @return this builder
	 */
	public B policy(Policy policy) {
		this.policy = policy;
		return self();
	}

	/**
	 * Sets the number of event loop threads.
	 * @param threads 0 (the default) means one per core
	 * @return this builder
	 */
	public B eventLoopThreads(int threads) {
		this.eventLoopThreads = threads;
		return self();
	}

	/**
	 * Sets how long an event loop may do one thing, as a handler that does not return,
	 * before that is logged and {@link SecureStreams#eventLoops()} says so.
	 * @param blockedAfter default: 5 s; zero for as long as it likes
	 * @return this builder
	 */
	public B eventLoopBlockedAfter(Duration blockedAfter) {
		this.blockedAfter = blockedAfter;
		return self();
	}

	/**
	 * Sets how sockets are driven.
	 * @param transport default: {@link Transport#AUTO}; another one fails if it is not
	 * available
	 * @return this builder
	 */
	public B transport(Transport transport) {
		this.transport = transport;
		return self();
	}

	/**
	 * Sets the system blobs.
	 * @param blobs shared with the caller, who may change them later
	 * @return this builder
	 */
	public B blobs(SystemBlobs blobs) {
		this.blobs = blobs;
		return self();
	}

	/**
	 * Sets where access keys of AWS are looked for when the blobs have none.
	 * @param sources default: the environment and the shared credentials file, as
	 * {@link AwsKeySources#of} says; looked at only for streamtypes whose
	 * {@code use_auth} is of type {@code sigv4}
	 * @return this builder
	 */
	public B awsKeys(AwsKeySources sources) {
		this.awsKeys = sources;
		return self();
	}

	/**
	 * Sets whether the policy may have faults on purpose, to rehearse outages.
	 * @param allowed {@code true} for policy key {@code faults} to have an effect;
	 * default: {@code false}
	 * @return this builder
	 */
	public B faults(boolean allowed) {
		this.faults = allowed;
		return self();
	}

	/**
	 * Sets keys and trust from outside the policy.
	 * @param identities the source; default: none, and the JDK's trust
	 * @return this builder
	 */
	public B tlsIdentities(TlsIdentities identities) {
		this.tlsIdentities = identities;
		return self();
	}

	/**
	 * Sets whether peers may have certificates that RFC 9325 section 4.5 forbids.
	 * @param allow {@code true} to put up with signatures with SHA-1 and RSA keys of less
	 * than 2048 bits; default: {@code false}
	 * @return this builder
	 */
	public B legacyCertificates(boolean allow) {
		this.legacyCertificates = allow;
		return self();
	}

	/**
	 * Sets the SOCKS5 proxy for client streams whose policy names none. Unless this is
	 * called, it is what the environment variable {@code socks_proxy} says, see
	 * {@link Socks5Proxy#fromEnvironment}.
	 * @param socks5 the proxy, or {@code null} for none
	 * @return this builder
	 */
	public B socks5(@Nullable Socks5Proxy socks5) {
		this.socks5 = socks5;
		this.socks5FromEnvironment = false;
		return self();
	}

	/**
	 * Sets the limits of connecting. How many connections are accepted is
	 * {@link #listener}'s.
	 * @param settings time limits, name servers; default: {@link NetworkLimits#DEFAULTS}
	 * @return this builder
	 */
	public B network(NetworkLimits settings) {
		this.network = settings;
		return self();
	}

	/**
	 * Sets what keeps the system awake for streamtypes with {@code swake_validity}.
	 * @param wakeLock the lock; default: one without effect
	 * @return this builder
	 */
	public B wakeLock(WakeLock wakeLock) {
		this.wakeLock = wakeLock;
		return self();
	}

	/**
	 * Sets the limits of HTTP client streams, {@code h1} and {@code h2}.
	 * @param limits default: {@link HttpClientLimits#DEFAULTS}
	 * @return this builder
	 */
	public B httpClient(HttpClientLimits limits) {
		this.httpClient = limits;
		return self();
	}

	/**
	 * Sets the limits of HTTP listeners.
	 * @param limits default: {@link HttpServerLimits#DEFAULTS}
	 * @return this builder
	 */
	public B httpServer(HttpServerLimits limits) {
		this.httpServer = limits;
		return self();
	}

	/**
	 * Sets the limits of WebSocket streams.
	 * @param limits default: {@link WebSocketLimits#DEFAULTS}
	 * @return this builder
	 */
	public B webSocket(WebSocketLimits limits) {
		this.webSocket = limits;
		return self();
	}

	/**
	 * Sets the limits of MQTT streams.
	 * @param limits default: {@link MqttLimits#DEFAULTS}
	 * @return this builder
	 */
	public B mqtt(MqttLimits limits) {
		this.mqtt = limits;
		return self();
	}

	/**
	 * Sets how many connections listeners accept, whatever their protocol.
	 * @param limits default: {@link ListenerLimits#DEFAULTS}
	 * @return this builder
	 */
	public B listener(ListenerLimits limits) {
		this.listener = limits;
		return self();
	}

	/**
	 * Has a proxy fulfil all client streams, which need no policy here then; a policy
	 * that is set nevertheless counts for servers and local sinks.
	 * @param settings how the proxy is reached, or {@code null} for no proxy (the
	 * default)
	 * @return this builder
	 */
	public B proxy(@Nullable ProxyClientSettings settings) {
		this.proxy = settings;
		return self();
	}

	/**
	 * Adds a listener that server streamtypes join with endpoint {@code !name}.
	 * @param host the listener
	 * @return this builder
	 */
	public B virtualHost(VirtualHost host) {
		this.virtualHosts.add(host);
		return self();
	}

	/**
	 * Adds an observer of all streams.
	 * @param observer the observer
	 * @return this builder
	 */
	public B observer(StreamObserver observer) {
		this.observers.add(observer);
		return self();
	}

}
