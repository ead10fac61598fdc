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

	/**
	 * Status code, negative if it is no success: every answer is kept, so it is small.
	 */
	private final int code;

	private final byte[] body;

	/** Gives the fields, at once or when somebody wants to know. */
	private volatile Supplier<Map<String, List<String>>> headers;

	private HttpAnswer(int code, Supplier<Map<String, List<String>>> headers, byte[] body) {
		this.code = code;
		this.headers = headers;
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
		return new HttpAnswer(success ? status : -status, headers, NOTHING);
	}

	/**
	 * Returns this answer with the start of its body.
	 * @param start the bytes, not copied
	 * @return a copy
	 */
	public HttpAnswer withBody(byte[] start) {
		return new HttpAnswer(this.code, this.headers, start);
	}

	/**
	 * Returns the status code.
	 * @return 100 to 999, for example 404
	 */
	public int status() {
		return Math.abs(this.code);
	}

	/**
	 * Whether the policy takes the status for a success: {@code http_expect}, else 200 to
	 * 299. {@code QOS_ACK_REMOTE} follows it, or {@code QOS_NACK_REMOTE} if it is none,
	 * when the answer is complete.
	 * @return {@code false} of an error page
	 */
	public boolean isSuccess() {
		return this.code > 0;
	}

	/**
	 * Returns the header fields.
	 * @return by name in lower case, in the order received; unmodifiable
	 */
	public Map<String, List<String>> headers() {
		Supplier<Map<String, List<String>>> source = this.headers;
		Map<String, List<String>> fields = source.get();
		if (!(source instanceof Known)) {
			this.headers = new Known(fields);
		}
		return fields;
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
		return "status " + status();
	}

	private record Known(Map<String, List<String>> fields) implements Supplier<Map<String, List<String>>> {

		@Override
		public Map<String, List<String>> get() {
			return this.fields;
		}

	}

}
