package io.securestreams.transport.http2.client;

import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

import io.securestreams.policy.RetryPolicy;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http.exchange.ResponseListener;
import io.securestreams.transport.http2.ConnectionClock;
import io.securestreams.transport.http2.Http2Connection;
import io.securestreams.transport.http2.Http2Limits;
import io.securestreams.transport.http2.Http2Stream;
import io.securestreams.transport.http2.MessageFields;
import io.securestreams.transport.http2.StreamEnd;
import io.securestreams.transport.http2.frame.Http2FrameWriter;
import io.securestreams.transport.http2.frame.Http2Violation;
import io.securestreams.transport.http2.frame.PeerSettings;

/**
 * The client's side of a connection: opens streams, one for each request.
 */
final class Http2ClientConnection extends Http2Connection {

	/** A violator may go on sending this long, so that it can read why it is dropped. */
	private static final long LINGER_MILLIS = 250;

	private final ConnectionOwner owner;

	/** Of the head that is being delivered. */
	private final MessageFields fields = new MessageFields();

	/** Id of the next stream; negative when all are used up. */
	private int nextStreamId = 1;

	/**
	 * Makes a connection that starts when it is added to the channel's pipeline.
	 * @param owner keeps it
	 * @param channel the network connection
	 * @param peerName numeric address of the peer, if known
	 * @param limits bounds and times
	 * @param validity when silence of the peer matters
	 * @param expectedStreams concurrent streams the peer is taken to allow until it says
	 * so
	 * @param manualCredit whether streams start without receive window
	 */
	Http2ClientConnection(ConnectionOwner owner, Channel channel, @Nullable String peerName, Http2Limits limits,
			RetryPolicy validity, int expectedStreams, boolean manualCredit) {
		super(channel, (peerName != null) ? peerName : String.valueOf(channel.remoteAddress()), limits,
				manualCredit ? 0 : limits.streamWindow(), PeerSettings.ofServer(expectedStreams),
				new ConnectionClock(validity, limits));
		this.owner = owner;
	}

	/**
	 * Whether one more stream can be opened.
	 * @return {@code false} also when the connection is being left
	 */
	boolean hasRoom() {
		return isOpen() && this.nextStreamId > 0
				&& openStreams() < Math.min(peer().maxStreams(), limits().maxStreams());
	}

	/**
	 * Sends a request.
	 * @param request the request
	 * @param listener is told how it goes
	 * @return its stream
	 */
	Http2ClientStream open(Http2Request request, ResponseListener listener) {
		int id = this.nextStreamId;
		// Becomes negative after the last one
		this.nextStreamId += 2;
		Http2ClientStream stream = new Http2ClientStream(this, listener, id, request);
		add(stream);
		writer().headers(id, request.block(), request.block().length, request.endStream(), peer().maxFrameSize());
		if (request.credit() > 0) {
			stream.grantCredit(request.credit());
		}
		return stream;
	}

	/** Lends the fields of a message, until the next one. */
	MessageFields fields(Http2Headers headers) {
		return this.fields.of(headers);
	}

	@Override
	public void preface(Http2FrameWriter writer) {
		writer.clientPreface(streamWindow(), limits().connectionWindow(), limits().maxHeaderListSize());
	}

	@Override
	public boolean readPreface(ByteBuf in) {
		return true;
	}

	/** Streams of even number never are. */
	@Override
	public boolean isIdle(int streamId) {
		return (streamId & 1) == 0 || (this.nextStreamId > 0 && streamId >= this.nextStreamId);
	}

	/** There is no push. */
	@Override
	public boolean isOpening(int streamId) {
		return false;
	}

	@Override
	public void opening(int streamId, Http2Headers headers, boolean endStream) throws Http2Violation {
		throw new Http2Violation(Http2Error.PROTOCOL_ERROR, "stream " + streamId + " opened by the server");
	}

	@Override
	public void opening(int streamId, String reason, boolean tooLarge, boolean endStream) throws Http2Violation {
		throw new Http2Violation(Http2Error.PROTOCOL_ERROR, "stream " + streamId + " opened by the server");
	}

	/** It may have been on its way when we closed the stream. */
	@Override
	public void closedStream(int streamId, String frame) {
	}

	@Override
	public void reset(Http2Stream stream, long code) {
		boolean refused = code == Http2Error.REFUSED_STREAM.code();
		stream.fail(new StreamEnd(Phase.CONNECTION, "stream reset by the peer: " + Http2Violation.nameOf(code), null,
				refused));
	}

	@Override
	public void windowOverflow(Http2Stream stream) throws Http2Violation {
		throw new Http2Violation(Http2Error.FLOW_CONTROL_ERROR, "window of stream " + stream.id() + " overflows");
	}

	@Override
	public void peerLeaves(int lastStreamId, String reason) {
		failAbove(lastStreamId, reason);
	}

	@Override
	public void overdue(Http2Stream stream, StreamEnd reason) {
		// Whatever the peer is busy with, new requests shall not wait for it
		retire(reason.message(), Http2Error.NO_ERROR);
		stream.abort(Http2Error.CANCEL, reason);
	}

	/** A client accepts no streams. */
	@Override
	public int lastPeerStream() {
		return 0;
	}

	@Override
	public void roomMade() {
		this.owner.roomMade(this);
	}

	@Override
	public void retired() {
		this.owner.retired(this);
	}

	@Override
	public void closed() {
		this.owner.closed(this);
	}

	@Override
	public void idle() {
		retire("idle", Http2Error.NO_ERROR);
	}

	@Override
	public Level faultLevel() {
		return Level.WARN;
	}

	@Override
	public void closeChannel(Http2Error error) {
		if (error == Http2Error.NO_ERROR) {
			channel().close();
		}
		else {
			// With unread bytes around, closing would destroy the GOAWAY on its way
			channel().eventLoop().schedule(() -> channel().close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
		}
	}

}
