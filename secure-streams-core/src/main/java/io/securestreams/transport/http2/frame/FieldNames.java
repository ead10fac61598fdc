package io.securestreams.transport.http2.frame;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.securestreams.transport.http.FieldRules;

/**
 * Names of response fields, each encoded once. They come from policies and applications,
 * not from peers. May be used from any thread.
 */
public final class FieldNames {

	private static final int MAX = 1024;

	/** RFC 9113 section 8.2.2; the length is written from what is known better. */
	private static final Set<String> NOT_SENT = Set.of("connection", "keep-alive", "proxy-connection",
			"transfer-encoding", "upgrade", "content-length");

	private static final byte[] NONE = {};

	private final Map<String, byte[]> encoded = new ConcurrentHashMap<>();

	/**
	 * Encodes a name.
	 * @param name the name, in any case
	 * @return what a field with that name starts with, or {@code null} if it is not sent
	 */
	public byte @Nullable [] encode(String name) {
		byte[] known = this.encoded.get(name);
		if (known == null) {
			known = make(name.toLowerCase(Locale.ROOT));
			if (this.encoded.size() < MAX) {
				this.encoded.put(name, known);
			}
		}
		return (known.length > 0) ? known : null;
	}

	private static byte[] make(String name) {
		if (NOT_SENT.contains(name)) {
			return NONE;
		}
		return HeaderBlock.name(name, FieldRules.isCredential(name) || name.equals("set-cookie"));
	}

}
