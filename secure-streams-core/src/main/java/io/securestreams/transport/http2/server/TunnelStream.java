package io.securestreams.transport.http2.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http2.Http2Stream;
import io.securestreams.transport.http2.StreamEnd;
import io.securestreams.transport.http2.Tunnel;
import io.securestreams.transport.http2.frame.Http2Violation;

/**
 * The stream of a tunnel that a client has opened. It has no message, and no time limit:
 * that is the business of what is spoken in it.
 */
final class TunnelStream extends Http2Stream {

	private final Http2ServerConnection connection;

	private @Nullable Tunnel tunnel;

	/** Is told if there is no tunnel yet, and will never be. */
	private @Nullable Runnable lost;

	TunnelStream(Http2ServerConnection connection, int id) {
		super(connection, id, false, false);
		this.connection = connection;
	}

	void open(Tunnel tunnel) {
		this.tunnel = tunnel;
		this.lost = null;
	}

	/**
	 * Says whom to tell of the end of a stream that has no tunnel yet.
	 * @param lost is told
	 */
	void onLost(Runnable lost) {
		this.lost = lost;
	}

	/**
	 * There will be no tunnel.
	 * @param answer writes the answer, which ends our side
	 */
	void refuse(Runnable answer) {
		this.lost = null;
		answer.run();
		outgoing().endWithHead();
		end();
		unroute(Http2Error.NO_ERROR);
	}

	@Override
	protected void headers(Http2Headers headers, boolean endStream) throws Http2Violation {
		malformed("HEADERS in a tunnel");
	}

	@Override
	protected void malformed(String problem) throws Http2Violation {
		if (isRouted()) {
			abort(Http2Error.PROTOCOL_ERROR, StreamEnd.of(Phase.PROTOCOL, problem));
			this.connection.mistake(problem);
		}
	}

	@Override
	protected @Nullable String checkDataStart() throws Http2Violation {
		if (isRemoteEnded()) {
			throw new Http2Violation(Http2Error.STREAM_CLOSED,
					"DATA on stream " + id() + ", which the client has ended");
		}
		return null;
	}

	@Override
	protected @Nullable String checkData(int count) {
		return null;
	}

	@Override
	protected @Nullable String checkEnd() {
		return null;
	}

	@Override
	protected void received(ByteBuf data) {
		if (this.tunnel != null) {
			this.tunnel.receive(data);
		}
	}

	@Override
	protected void complete() {
		Tunnel ending = this.tunnel;
		this.tunnel = null;
		if (ending != null) {
			// What has been written still leaves, then our side ends as well
			ending.receiveEnd();
			write(Unpooled.EMPTY_BUFFER, true);
		}
	}

	@Override
	protected void outputEnded() {
		if (isRemoteEnded()) {
			unroute(Http2Error.NO_ERROR);
			this.connection.answered();
		}
	}

	@Override
	protected void remoteEnded() {
		if (isOutputEnded()) {
			unroute(Http2Error.NO_ERROR);
			this.connection.answered();
		}
	}

	@Override
	protected void writable(int capacity) {
		if (this.tunnel != null) {
			this.tunnel.offer();
		}
	}

	@Override
	protected void failed(StreamEnd reason) {
		Runnable waiting = this.lost;
		this.lost = null;
		if (this.tunnel != null) {
			this.tunnel.fail(reason);
		}
		else if (waiting != null) {
			waiting.run();
		}
	}

	@Override
	protected @Nullable StreamEnd overdue(long now) {
		return null;
	}

}
