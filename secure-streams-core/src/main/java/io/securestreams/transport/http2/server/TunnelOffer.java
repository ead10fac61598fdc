package io.securestreams.transport.http2.server;

import java.util.function.Consumer;

import io.securestreams.transport.http.HeaderSink;
import io.securestreams.transport.http.ProtocolRequest;
import io.securestreams.transport.http2.Tunnel;

/**
 * A client asks for a tunnel, with extended CONNECT (RFC 8441).
 */
public interface TunnelOffer extends ProtocolRequest {

	/**
	 * Opens the tunnel: answers with 200. What the client has sent already is delivered
	 * later than that.
	 * @param fields writes further header fields of the response, checked ones
	 * @return the tunnel, to be taken over ({@link Tunnel#accept}) at once
	 */
	Tunnel accept(Consumer<HeaderSink> fields);

}
