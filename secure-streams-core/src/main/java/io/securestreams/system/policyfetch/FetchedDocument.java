package io.securestreams.system.policyfetch;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * A policy document as it was received.
 *
 * @param bytes the document
 * @param etag what the server calls this version, or {@code null}
 * @param lastModified when the server says it was made, or {@code null}
 * @param signature its signature, or {@code null} if none was asked for
 */
record FetchedDocument(byte[] bytes, @Nullable String etag, @Nullable String lastModified,
		byte @Nullable [] signature) {

	FetchedDocument withSignature(byte[] signature) {
		return new FetchedDocument(this.bytes, this.etag, this.lastModified, signature);
	}

	FetchedDocument withValidators(FetchedDocument other) {
		return new FetchedDocument(this.bytes, other.etag, other.lastModified, this.signature);
	}

	/** Tells documents apart. */
	String digest() {
		return digest(this.bytes);
	}

	static String digest(byte[] bytes) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every JDK has SHA-256", ex);
		}
	}

	@Override
	public String toString() {
		return this.bytes.length + " bytes";
	}

}
