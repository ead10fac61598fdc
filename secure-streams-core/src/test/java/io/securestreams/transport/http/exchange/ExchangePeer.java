package io.securestreams.transport.http.exchange;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server of one version of HTTP. What it answers depends on the path, and is the same
 * for all versions.
 */
abstract class ExchangePeer implements AutoCloseable {

	/** Method, path, fields of interest and size of the body of each request. */
	final List<String> requests = new CopyOnWriteArrayList<>();

	private final AtomicInteger turns = new AtomicInteger();

	/** Where {@code /away} redirects to. */
	volatile String away = "";

	abstract int port();

	@Override
	public abstract void close();

	/** Whether a request is answered before its body has come. */
	static boolean isEarly(String path) {
		return path.startsWith("/early");
	}

	/**
	 * Whether a request is given up as soon as some of its body has come.
	 */
	static boolean isReset(String path) {
		return path.startsWith("/reset");
	}

	/**
	 * Whether a request is turned away without having been looked at: the second one, on
	 * a connection that has served one before.
	 */
	boolean isTurnedAway(String path) {
		return path.startsWith("/turned-away") && this.turns.incrementAndGet() == 2;
	}

	/** Number of signs that precede an answer: {@code /hints} and {@code /hints/N}. */
	static int hints(String path) {
		if (!path.startsWith("/hints")) {
			return 0;
		}
		return path.startsWith("/hints/") ? Integer.parseInt(path.substring(7)) : 1;
	}

	/** Whether the peer says with its answer that it is about to leave. */
	static boolean isLeaving(String path) {
		return path.startsWith("/leaving");
	}

	/** Whether the peer leaves, and says that it has not looked at the request. */
	static boolean isLeft(String path) {
		return path.startsWith("/turned-away/left");
	}

	Answer answer(String method, String path, Map<String, String> fields, byte[] body) {
		Map<String, String> shown = new TreeMap<>(fields);
		shown.keySet()
			.removeIf((name) -> !name.startsWith("x-") && !name.startsWith("accept-lang")
					&& !name.equals("authorization") && !name.equals("cookie"));
		// Who is flooded may be gone before this, and what is taken back at once is seen
		// only where a read ends between the two
		if (hints(path) < 100 && !path.startsWith("/taken-back")) {
			this.requests.add(method + " " + path + " " + shown + " "
					+ ((body.length < 100) ? new String(body, StandardCharsets.UTF_8) : "" + body.length));
		}
		if (path.startsWith("/hints")) {
			return new Answer(200, Map.of("x-answer", "42"), "answer", false);
		}
		if (path.startsWith("/cut")) {
			return new Answer(status(path), Map.of("x-answer", "42"), "half", true);
		}
		if (path.startsWith("/long")) {
			return new Answer(status(path), Map.of(), "x".repeat(10_000), false);
		}
		if (path.equals("/away")) {
			return new Answer(302, Map.of("location", this.away), "", false);
		}
		if (path.startsWith("/to/")) {
			return new Answer(Integer.parseInt(path.substring(4, 7)), Map.of("location", path.substring(7)), "moved",
					false);
		}
		if (path.startsWith("/raw")) {
			return new Answer(302, Map.of("location", "/syn\u00f8ve"), "", false);
		}
		return new Answer(status(path), Map.of("retry-after", "7", "x-answer", "42"),
				path.startsWith("/echo") ? new String(body, StandardCharsets.UTF_8) : "answer", false);
	}

	private static int status(String path) {
		return path.matches("/[a-z/]+/\\d+") ? Integer.parseInt(path.substring(path.length() - 3)) : 200;
	}

	/** Whether an answer that is cut off is never known to be. */
	static boolean isStuck(String path) {
		return path.startsWith("/cut/stuck");
	}

	/**
	 * An answer.
	 *
	 * @param status status code
	 * @param fields header fields, a character for each octet
	 * @param body content
	 * @param cut whether it breaks off before its end
	 */
	record Answer(int status, Map<String, String> fields, String body, boolean cut) {

		byte[] bytes() {
			return this.body.getBytes(StandardCharsets.UTF_8);
		}

	}

	static ExchangePeer start(boolean http2) {
		return http2 ? new NettyExchangePeer() : new JdkExchangePeer();
	}

}
