package io.securestreams.spring.template;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

import io.securestreams.stream.Payload;

/**
 * Keeps payload in memory.
 */
final class MemorySink implements PayloadSink<byte[]> {

	private final int maxSize;

	private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

	MemorySink(int maxSize) {
		this.maxSize = maxSize;
	}

	@Override
	public void add(Payload payload) throws IOException {
		if (payload.length() > this.maxSize - this.bytes.size()) {
			throw new IOException("more than " + this.maxSize
					+ " bytes (secure-streams.template.max-response-size; for large ones there is download())");
		}
		payload.content().getBytes(payload.content().readerIndex(), this.bytes, payload.length());
	}

	@Override
	public byte[] complete() {
		return this.bytes.toByteArray();
	}

	@Override
	public void discard() {
		this.bytes.reset();
	}

}
