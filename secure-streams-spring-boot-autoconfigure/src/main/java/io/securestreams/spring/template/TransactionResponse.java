package io.securestreams.spring.template;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.HttpAnswer;

/**
 * What came back in a transaction that the peer acknowledged.
 */
public final class TransactionResponse {

	private final byte[] body;

	private final Map<String, String> metadata;

	private final @Nullable HttpAnswer answer;

	/**
	 * Makes a response.
	 * @param body the payload, complete, not copied
	 * @param metadata the stream's metadata at the end, by name
	 * @param answer status and header fields, or {@code null} if it was not HTTP
	 */
	public TransactionResponse(byte[] body, Map<String, String> metadata, @Nullable HttpAnswer answer) {
		this.body = body;
		this.metadata = Map.copyOf(metadata);
		this.answer = answer;
	}

	/**
	 * Returns the payload.
	 * @return all of it, not copied
	 */
	public byte[] body() {
		return this.body;
	}

	/**
	 * Returns the stream's metadata at the end.
	 * @return by name, what the request set included
	 */
	public Map<String, String> metadata() {
		return this.metadata;
	}

	/**
	 * Returns the head of the peer's answer.
	 * @return status and header fields, or {@code null} if it was not HTTP
	 */
	public @Nullable HttpAnswer answer() {
		return this.answer;
	}

	/**
	 * Decodes the payload.
	 * @return the payload as UTF-8
	 */
	public String text() {
		return new String(this.body, StandardCharsets.UTF_8);
	}

	/** Not the values: they may be secret. */
	@Override
	public String toString() {
		return "TransactionResponse[body=" + this.body.length + " bytes, metadata=" + this.metadata.keySet() + "]";
	}

}
