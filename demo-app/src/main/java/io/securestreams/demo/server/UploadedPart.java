package io.securestreams.demo.server;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import io.securestreams.stream.MessagePart;
import org.jspecify.annotations.Nullable;

/**
 * Measures a body, or a part of a form, while it arrives.
 */
final class UploadedPart {

	private final @Nullable MessagePart part;

	private final MessageDigest digest = sha256();

	private long length;

	/**
	 * Starts with nothing.
	 * @param part the part, or {@code null} for a body that is no form
	 */
	UploadedPart(@Nullable MessagePart part) {
		this.part = part;
	}

	/**
	 * Takes the next bytes.
	 * @param bytes all of them are read
	 */
	void add(ByteBuffer bytes) {
		this.length += bytes.remaining();
		this.digest.update(bytes);
	}

	/** What there is to say once the part is complete. */
	@Override
	public String toString() {
		return title() + this.length + " bytes, SHA-256 " + HexFormat.of().formatHex(this.digest.digest());
	}

	private String title() {
		if (this.part == null) {
			return "";
		}
		if (this.part.fileName() != null) {
			return "file " + this.part.name() + " (" + this.part.fileName() + "): ";
		}
		return (this.part.name() != null) ? "field " + this.part.name() + ": " : "";
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
