package io.securestreams.transport.http;

import java.time.Duration;
import java.util.Date;

import io.netty.handler.codec.DateFormatter;
import io.securestreams.policy.HttpPolicy;
import org.jspecify.annotations.Nullable;

/**
 * What a client does with a response, by its status.
 */
public final class ResponseRules {

	private static final int MAX_SECONDS_LENGTH = 8;

	/** Longer texts are no dates, and Netty throws on them. */
	private static final int MAX_DATE = 64;

	private static final Duration MAX_RETRY_AFTER = Duration.ofDays(1);

	private ResponseRules() {
	}

	/**
	 * What is done with a response.
	 */
	public enum Action {

		/** The application sees it. */
		DELIVER,

		/** The attempt fails: the peer wants to be left alone for a while. */
		BUSY,

		/** The attempt goes on at another place. */
		FOLLOW,

		/** The attempt fails: a redirect that is not followed. */
		REFUSE_REDIRECT

	}

	/**
	 * Decides what is done with a final response. A redirect that {@code http_expect}
	 * names is what the application waits for, and is delivered.
	 * @param status status code
	 * @param policy the streamtype's policy
	 * @return what to do
	 */
	public static Action action(int status, HttpPolicy policy) {
		return switch (status) {
			case 503, 429 -> Action.BUSY;
			case 301, 302, 303, 307, 308 -> {
				if (policy.redirects().captivePortal()) {
					yield Action.REFUSE_REDIRECT;
				}
				if (policy.redirects().follow()) {
					yield Action.FOLLOW;
				}
				yield (policy.outcome().expect() == status) ? Action.DELIVER : Action.REFUSE_REDIRECT;
			}
			default -> Action.DELIVER;
		};
	}

	/**
	 * Returns the user state that a status is mapped to.
	 * @param status status code
	 * @param policy the streamtype's policy
	 * @return the user state, or -1 if there is none
	 */
	public static int userState(int status, HttpPolicy policy) {
		if (policy.outcome().userStates().isEmpty()) {
			return -1;
		}
		Integer state = policy.outcome().userStates().get(status);
		return (state != null) ? state : -1;
	}

	/**
	 * Whether a response to a request has content at all (RFC 9110 section 6.4.1).
	 * @param method request method
	 * @param status status code
	 * @return {@code false} for HEAD, 1xx, 204 and 304
	 */
	public static boolean hasContent(String method, int status) {
		return status >= 200 && status != 204 && status != 304 && !method.equals("HEAD");
	}

	/**
	 * Reads {@code Retry-After} (RFC 9110 section 10.2.3): seconds, or a date that is
	 * compared with the peer's own {@code Date}.
	 * @param retryAfter value of {@code Retry-After}, or {@code null}
	 * @param date value of {@code Date}, or {@code null}
	 * @param epochMillis current time, for peers without a clock
	 * @return how long to wait, one day at most, or {@code null} if it does not say
	 */
	public static @Nullable Duration retryAfter(@Nullable String retryAfter, @Nullable String date, long epochMillis) {
		if (retryAfter == null || retryAfter.isEmpty()) {
			return null;
		}
		if (retryAfter.chars().allMatch((character) -> character >= '0' && character <= '9')) {
			return (retryAfter.length() <= MAX_SECONDS_LENGTH)
					? min(Duration.ofSeconds(Integer.parseInt(retryAfter)), MAX_RETRY_AFTER) : MAX_RETRY_AFTER;
		}
		Date until = date(retryAfter);
		if (until == null) {
			return null;
		}
		Date peer = (date != null) ? date(date) : null;
		long wait = until.getTime() - ((peer != null) ? peer.getTime() : epochMillis);
		return min(Duration.ofMillis(Math.max(0, wait)), MAX_RETRY_AFTER);
	}

	private static @Nullable Date date(String text) {
		return (text.length() <= MAX_DATE) ? DateFormatter.parseHttpDate(text) : null;
	}

	private static Duration min(Duration a, Duration b) {
		return (a.compareTo(b) <= 0) ? a : b;
	}

}
