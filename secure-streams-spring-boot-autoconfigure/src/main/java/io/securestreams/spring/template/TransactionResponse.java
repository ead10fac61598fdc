package io.securestreams.spring.template;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What came back in a transaction that the peer acknowledged.
 *
 * @param body the payload, complete
 * @param metadata the stream's metadata at the end, by name, what the request set
 * included
 */
public record TransactionResponse(byte[] body, Map<String, String> metadata) {

	public TransactionResponse {
		metadata = Map.copyOf(metadata);
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
