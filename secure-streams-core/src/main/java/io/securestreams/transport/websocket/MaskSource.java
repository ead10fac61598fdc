package io.securestreams.transport.websocket;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

import io.netty.util.concurrent.FastThreadLocal;

/**
 * Masking keys. RFC 6455 section 10.3 wants them unpredictable for whoever chooses the
 * payload, which rules out the usual fast generators: a few keys on the wire give away
 * their state. Bytes of a {@link SecureRandom} are cheap enough when they are taken in
 * blocks, one per thread.
 */
final class MaskSource {

	private static final int BLOCK = 2048;

	private static final SecureRandom RANDOM = new SecureRandom();

	private static final FastThreadLocal<MaskSource> CURRENT = new FastThreadLocal<>() {
		@Override
		protected MaskSource initialValue() {
			return new MaskSource();
		}
	};

	private final byte[] block = new byte[BLOCK];

	private final ByteBuffer keys = ByteBuffer.wrap(this.block).position(BLOCK);

	private MaskSource() {
	}

	/** The calling thread's source; to be used on that thread only. */
	static MaskSource current() {
		return CURRENT.get();
	}

	int next() {
		if (!this.keys.hasRemaining()) {
			RANDOM.nextBytes(this.block);
			this.keys.clear();
		}
		return this.keys.getInt();
	}

}
