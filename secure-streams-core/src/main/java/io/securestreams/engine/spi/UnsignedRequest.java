package io.securestreams.engine.spi;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A request whose sender is to be proved.
 *
 * @param method request method
 * @param tls whether it travels in TLS
 * @param authority host and port, as in {@code Host} or {@code :authority}
 * @param path path and query, as sent
 * @param fields the other header fields by name, in order
 * @param body SHA-256 of the body, or {@code null} if it is not known yet
 * @param metadata values of the stream's metadata
 * @param epochMillis the time, ms since the epoch
 */
public record UnsignedRequest(String method, boolean tls, String authority, String path,
		List<Map.Entry<String, String>> fields, byte @Nullable [] body, MetadataAccess metadata, long epochMillis) {

	/**
	 * Finds a header field.
	 * @param name name in lower case
	 * @return the value of the first one, or {@code null}
	 */
	public @Nullable String field(String name) {
		for (Map.Entry<String, String> field : this.fields) {
			if (field.getKey().toLowerCase(Locale.ROOT).equals(name)) {
				return field.getValue();
			}
		}
		return null;
	}

	/** Without values, which may be secret. */
	@Override
	public String toString() {
		return "UnsignedRequest[" + this.method + " " + this.authority + "]";
	}

}
