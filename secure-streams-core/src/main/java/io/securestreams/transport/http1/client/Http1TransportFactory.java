package io.securestreams.transport.http1.client;

import java.util.Set;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.policy.Protocol;
import io.securestreams.transport.TransportRuntime;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.exchange.ClientExchange;
import io.securestreams.transport.http.exchange.RequestConnector;
import io.securestreams.transport.http.exchange.RequestConnectors;

/**
 * HTTP/1.1 (RFC 9112), policy protocol {@code h1}, clients. May be used from any thread.
 */
public final class Http1TransportFactory implements StreamTransportFactory, RequestConnectors {

	private final ClientRuntime client;

	/**
	 * Makes a factory with the usual limits and cookies of its own.
	 * @param runtime what transports share
	 */
	public Http1TransportFactory(TransportRuntime runtime) {
		this(runtime, HttpServices.of(runtime.blobs()));
	}

	/**
	 * Makes a factory.
	 * @param runtime what transports share
	 * @param services what HTTP transports share
	 */
	public Http1TransportFactory(TransportRuntime runtime, HttpServices services) {
		this.client = new ClientRuntime(runtime.connector()::connect, services);
	}

	@Override
	public Set<Protocol> clientProtocols() {
		return Set.of(Protocol.H1);
	}

	@Override
	public ClientTransport client(ClientLink link) {
		return new ClientExchange(link, this.client.services(), connector(link));
	}

	@Override
	public RequestConnector connector(ClientLink link) {
		return new Http1Connector(link, this.client);
	}

}
