package io.securestreams.transport.http.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.http.HttpBody.Multipart;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.multipart.MultipartFraming;

/**
 * The parts of a multipart body (RFC 7578), one message of each of the streamtypes that
 * share the ride. Lives on the stream's event loop.
 */
final class RequestParts {

	private final MultipartFraming framing;

	private final HttpServices services;

	private StreamPolicy part;

	private boolean open;

	RequestParts(MultipartFraming framing, StreamPolicy first, HttpServices services) {
		this.framing = framing;
		this.part = first;
		this.services = services;
	}

	/** Which streamtype's turn it is. */
	String current() {
		return this.part.name();
	}

	/**
	 * Writes what goes into the part.
	 * @param channel takes it
	 * @param payload released by the channel
	 * @param end whether it is the last of the part
	 * @return whether that was all; {@link #end()} follows
	 */
	boolean write(RequestChannel channel, ByteBuf payload, boolean end) {
		if (!this.open) {
			this.open = true;
			channel.write(Unpooled.wrappedBuffer(this.framing.start(multipartOf(this.part))), false);
		}
		channel.write(payload, false);
		if (!end) {
			return false;
		}
		String rideshare = this.part.features().rideshare();
		StreamPolicy next = rideshare.isEmpty() ? null : this.services.streamTypes().apply(rideshare);
		if (next == null) {
			return true;
		}
		this.part = next;
		this.open = false;
		return false;
	}

	/** What comes after the last part. */
	ByteBuf end() {
		return Unpooled.wrappedBuffer(this.framing.end());
	}

	private static Multipart multipartOf(StreamPolicy policy) {
		return (policy.protocol() instanceof HttpPolicy http) ? http.body().multipart() : Multipart.NONE;
	}

}
