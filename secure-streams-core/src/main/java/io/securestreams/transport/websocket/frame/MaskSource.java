package io.securestreams.transport.websocket.frame;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;

import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import io.netty.util.concurrent.FastThreadLocal;

/**
 * Masking keys. RFC 6455 section 10.3 wants them unpredictable for whoever chooses the
 * payload, which rules out the usual fast generators: a few keys on the wire give away
 * their state. They are the key stream of AES in counter mode (NIST SP 800-38A), with a
 * key and a counter of each thread's own from a {@link SecureRandom}, which would itself
 * take a quarter of what sending a small message takes.
 */
final class MaskSource {

	private static final int BLOCK = 2048;

	private static final int KEY_LENGTH = 16;

	private static final byte[] ZEROS = new byte[BLOCK];

	private static final FastThreadLocal<MaskSource> CURRENT = new FastThreadLocal<>() {
		@Override
		protected MaskSource initialValue() {
			return new MaskSource();
		}
	};

	private final byte[] block = new byte[BLOCK];

	private final ByteBuffer keys = ByteBuffer.wrap(this.block).position(BLOCK);

	private final Cipher stream;

	private MaskSource() {
		SecureRandom random = new SecureRandom();
		try {
			this.stream = Cipher.getInstance("AES/CTR/NoPadding");
			this.stream.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(bytes(random), "AES"),
					new IvParameterSpec(bytes(random)));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("no AES in counter mode (expected: a JDK with the provider SunJCE)", ex);
		}
	}

	/** The calling thread's source; to be used on that thread only. */
	static MaskSource current() {
		return CURRENT.get();
	}

	int next() {
		if (!this.keys.hasRemaining()) {
			refill();
		}
		return this.keys.getInt();
	}

	private static byte[] bytes(SecureRandom random) {
		byte[] bytes = new byte[KEY_LENGTH];
		random.nextBytes(bytes);
		return bytes;
	}

	private void refill() {
		try {
			this.stream.update(ZEROS, 0, BLOCK, this.block, 0);
		}
		catch (ShortBufferException ex) {
			throw new IllegalStateException(ex);
		}
		this.keys.clear();
	}

}
