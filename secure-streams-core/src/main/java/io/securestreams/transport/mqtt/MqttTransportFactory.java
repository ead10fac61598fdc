package io.securestreams.transport.mqtt;

import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.limits.MqttLimits;
import io.securestreams.policy.MqttPolicy;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.transport.TransportRuntime;
import io.securestreams.transport.mqtt.settings.MqttServices;
import io.securestreams.transport.mqtt.wire.WebSocketWire;
import io.securestreams.transport.mqtt.wire.WireOpener;
import io.securestreams.transport.mqtt.wire.SocketWire;

/**
 * Makes MQTT client streams. Those of one event loop with equal settings share a
 * connection to their broker. May be used from any thread.
 */
public final class MqttTransportFactory implements StreamTransportFactory, AutoCloseable {

	private final MqttServices services;

	private final Map<StreamExecutor, BrokerSessions> sessions = new ConcurrentHashMap<>();

	/**
	 * Makes a factory.
	 * @param runtime what transports share
	 * @param webSockets makes the WebSockets that MQTT may travel in
	 * @param limits bounds and time limits
	 * @param random makes client ids up
	 */
	public MqttTransportFactory(TransportRuntime runtime, StreamTransportFactory webSockets, MqttLimits limits,
			RandomGenerator random) {
		this(new MqttServices(opener(SocketWire.opener(runtime.connector()), WebSocketWire.opener(webSockets)),
				runtime.blobs(), limits, random));
	}

	private static WireOpener opener(WireOpener sockets, WireOpener webSockets) {
		return (link, listener) -> {
			boolean carried = ((MqttPolicy) link.policy().protocol()).options().overWebSocket();
			return (carried ? webSockets : sockets).open(link, listener);
		};
	}

	MqttTransportFactory(MqttServices services) {
		this.services = services;
	}

	@Override
	public Set<Protocol> clientProtocols() {
		return Set.of(Protocol.MQTT);
	}

	@Override
	public OptionalInt affinity(StreamPolicy policy) {
		StreamPolicy.Endpoint endpoint = policy.endpoint();
		return OptionalInt.of(Objects.hash(endpoint.address(), endpoint.port()));
	}

	@Override
	public ClientTransport client(ClientLink link) {
		return new MqttClientTransport(link,
				this.sessions.computeIfAbsent(link.executor(), (key) -> new BrokerSessions(key, this.services)));
	}

	/**
	 * Closes all connections; streams on them fail.
	 */
	@Override
	public void close() {
		this.sessions.forEach((executor, all) -> executor.execute(all::close));
	}

}
