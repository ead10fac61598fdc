package io.securestreams.spring.template;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

import io.securestreams.stream.Payload;

/**
 * The start of an answer that is no success: what it says, and not what was asked for.
 */
final class RejectedBody {

	static final int MAX_SIZE = 16 * 1024;

	private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(0);

	void add(Payload payload) throws IOException {
		int length = Math.min(payload.length(), MAX_SIZE - this.bytes.size());
		payload.content().getBytes(payload.content().readerIndex(), this.bytes, length);
	}

	byte[] toByteArray() {
		return this.bytes.toByteArray();
	}

}
