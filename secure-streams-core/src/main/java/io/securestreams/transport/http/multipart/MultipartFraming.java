package io.securestreams.transport.http.multipart;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

import io.securestreams.policy.http.HttpBody.Multipart;
import io.securestreams.transport.http.FieldRules;

/**
 * Frames an outgoing multipart/form-data body (RFC 7578): what goes before, between and
 * after the payloads of its parts.
 */
public final class MultipartFraming {

	private static final int BOUNDARY_LENGTH = 24;

	private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

	private static final SecureRandom RANDOM = new SecureRandom();

	private final String boundary;

	private boolean first = true;

	/**
	 * Starts a body with a random boundary.
	 */
	public MultipartFraming() {
		StringBuilder random = new StringBuilder(BOUNDARY_LENGTH);
		for (int i = 0; i < BOUNDARY_LENGTH; i++) {
			random.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
		}
		this.boundary = random.toString();
	}

	/**
	 * Returns the value of the request's {@code content-type}.
	 * @return media type with boundary
	 */
	public String contentType() {
		return "multipart/form-data; boundary=\"" + this.boundary + "\"";
	}

	/**
	 * Returns what goes before the payload of the next part.
	 * @param part name and type of the part
	 * @return delimiter and part header
	 */
	public byte[] start(Multipart part) {
		StringBuilder header = new StringBuilder(160);
		header.append(this.first ? "--" : "\r\n--").append(this.boundary).append("\r\n");
		header.append("Content-Disposition: form-data; name=\"").append(quoted(part.name())).append('"');
		if (!part.filename().isEmpty()) {
			header.append("; filename=\"").append(quoted(part.filename())).append('"');
		}
		header.append("\r\n");
		if (!part.contentType().isEmpty()) {
			FieldRules.check("content-type", part.contentType());
			header.append("Content-Type: ").append(part.contentType()).append("\r\n");
		}
		this.first = false;
		return header.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Returns what goes after the payload of the last part.
	 * @return the closing delimiter
	 */
	public byte[] end() {
		return ("\r\n--" + this.boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII);
	}

	/** As browsers do (WHATWG HTML, multipart/form-data encoding). */
	private static String quoted(String text) {
		return text.replace("\r", "%0D").replace("\n", "%0A").replace("\"", "%22");
	}

}
