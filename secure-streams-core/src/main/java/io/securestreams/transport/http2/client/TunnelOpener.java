package io.securestreams.transport.http2.client;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.StreamFailure;
import io.securestreams.transport.connect.ConnectReport;
import io.securestreams.transport.http.ReceivedHeaders;

/**
 * Is told how opening a tunnel goes: {@link #connected} at most once, then one of the
 * others, possibly before {@link ClientTunnel#open} returns. Called on the event loop.
 */
public interface TunnelOpener {

	/**
	 * There is a connection; the peer is yet to agree.
	 * @param report what happened while it was made, or {@code null} if it is shared
	 * @param peer numeric address, or socket path, of the peer
	 */
	void connected(@Nullable ConnectReport report, String peer);

	/**
	 * The peer, or the connection there is, does not do this; nothing has been opened.
	 */
	void unavailable();

	/**
	 * The peer has answered. Of a status 200 to 299 the tunnel is open: it is to be
	 * accepted before this returns, or else cancelled. Otherwise it is over.
	 * @param status status code, 200 to 999
	 * @param fields the answer's fields, to be used during this call only
	 */
	void answered(int status, ReceivedHeaders fields);

	/**
	 * There is no connection.
	 * @param failure why
	 * @param report what happened, or {@code null} if nothing did
	 */
	void failed(StreamFailure failure, @Nullable ConnectReport report);

}
