package io.securestreams.transport.mqtt.wire;

import io.netty.buffer.ByteBuf;

import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamFailure;

/**
 * What a {@link Wire} tells, on the connection's executor.
 */
public interface WireListener {

	/**
	 * The wire stands; nothing is read before {@link Wire#read}.
	 * @param wire the wire
	 * @param timings how long connecting took
	 */
	void opened(Wire wire, ConnectionTimings timings);

	/**
	 * There is no wire. Never before the opener has returned.
	 * @param failure why
	 * @param timings how long it took
	 */
	void failed(StreamFailure failure, ConnectionTimings timings);

	/**
	 * Bytes have arrived.
	 * @param bytes borrowed
	 */
	void received(ByteBuf bytes);

	/** Nothing more has arrived for now. */
	void receivedAll();

	/** The wire takes more. */
	void writable();

	/** Everything has left that was written when this was asked for. */
	void flushed();

	/**
	 * The wire has ended by itself, or broken.
	 * @param failure why
	 */
	void lost(StreamFailure failure);

	/** The wire has ended after {@link Wire#finish()}. */
	void finished();

}
