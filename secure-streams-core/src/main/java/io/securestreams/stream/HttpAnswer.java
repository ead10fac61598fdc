package io.securestreams.stream;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The head of an answer of HTTP, and of one that was refused the start of its body. All
 * of it is from the peer, so not to be trusted. May be used from any thread.
 */
public final class HttpAnswer {

	private static final byte[] NOTHING = {};

	private final int status;

	private final boolean success;

	private final Supplier<Map<String, List<String>>> source;

	private final byte[] body;

	private volatile @Nullable Map<String, List<String>> headers;

	private HttpAnswer(int status, boolean success, Supplier<Map<String, List<String>>> source, byte[] body) {
		this.status = status;
		this.success = success;
		this.source = source;
		this.body = body;
	}

	/**
	 * Makes an answer.
	 * @param status status code, 100 to 999
	 * @param success whether the policy takes it for a success
	 * @param headers gives the header fields, names in lower case; asked once, when
	 * somebody wants to know, from any thread
	 * @return the answer
	 */
	public static HttpAnswer of(int status, boolean success, Supplier<Map<String, List<String>>> headers) {
		return new HttpAnswer(status, success, headers, NOTHING);
	}

	/**
	 * Returns this answer with the start of its body.
	 * @param start the bytes, not copied
	 * @return a copy
	 */
	public HttpAnswer withBody(byte[] start) {
		return new HttpAnswer(this.status, this.success, this.source, start);
	}

	/**
	 * Returns the status code.
	 * @return 100 to 999, for example 404
	 */
	public int status() {
		return this.status;
	}

	/**
	 * Whether the policy takes the status for a success: {@code http_expect}, else 200 to
	 * 299. {@code QOS_ACK_REMOTE} follows it, or {@code QOS_NACK_REMOTE} if it is none,
	 * when the answer is complete.
	 * @return {@code false} of an error page
	 */
	public boolean isSuccess() {
		return this.success;
	}

	/**
	 * Returns the header fields.
	 * @return by name in lower case, in the order received; unmodifiable
	 */
	public Map<String, List<String>> headers() {
		Map<String, List<String>> known = this.headers;
		if (known == null) {
			known = this.source.get();
			this.headers = known;
		}
		return known;
	}

	/**
	 * Returns the first value of a header field.
	 * @param name its name, in any case
	 * @return the value, or {@code null} if there is no such field
	 */
	public @Nullable String header(String name) {
		List<String> values = headers().get(name.toLowerCase(Locale.ROOT));
		return (values != null && !values.isEmpty()) ? values.get(0) : null;
	}

	/**
	 * Returns the start of the body, if the answer was refused and its body has gone to
	 * nobody else: of an answer that ends an attempt (503, 429, a redirect that is not
	 * followed, a WebSocket that is refused) the first 4 KiB, of one that a template has
	 * rejected the first 16 KiB.
	 * @return a copy, empty where there is none
	 */
	public byte[] body() {
		return this.body.clone();
	}

	/**
	 * Decodes {@link #body()}.
	 * @return the body as UTF-8
	 */
	public String text() {
		return new String(this.body, StandardCharsets.UTF_8);
	}

	/** Without what is the peer's, which may be long, or secret. */
	@Override
	public String toString() {
		return "status " + this.status;
	}

}
