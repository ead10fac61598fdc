package io.securestreams.proxy.client.link;

import io.netty.buffer.ByteBuf;

import io.securestreams.stream.StreamFailure;

/**
 * Is told what becomes of an attempt to connect to a proxy, and of the connection. On the
 * event loop of the stream, never before the call that led to it has returned.
 */
public interface LinkEvents {

	/**
	 * There is a connection.
	 * @param connection the connection
	 * @param peer where it goes
	 */
	void opened(LinkConnection connection, String peer);

	/** There is none. */
	void failed(StreamFailure failure);

	/**
	 * Something has arrived.
	 * @param bytes borrowed
	 */
	void received(ByteBuf bytes);

	/** Nothing more has arrived for now. */
	void readComplete();

	/** The proxy keeps up again. */
	void writable();

	/** The connection has ended by itself. */
	void closed(StreamFailure failure);

}
