package io.securestreams.transport.websocket;

import io.securestreams.limits.WebSocketLimits;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http1.client.Http1TransportFactory;
import io.securestreams.transport.http2.client.Http2TransportFactory;
import io.securestreams.transport.websocket.client.WebSocketTransportFactory;

/**
 * Transport factories as an engine has them.
 *
 * @param http2 makes HTTP/2 streams
 * @param webSocket makes WebSocket streams, which may share connections with them
 */
record Factories(Http2TransportFactory http2, WebSocketTransportFactory webSocket) {

	static Factories of(TestRuntime runtime, WebSocketLimits limits) {
		HttpServices services = HttpServices.of(runtime.runtime().blobs());
		Http1TransportFactory http1 = new Http1TransportFactory(runtime.runtime(), services);
		Http2TransportFactory http2 = new Http2TransportFactory(runtime.runtime(), http1, services);
		return new Factories(http2, new WebSocketTransportFactory(runtime.runtime(), http2, services, limits));
	}

}
