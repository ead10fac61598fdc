package io.securestreams.spring.boot.actuate.endpoint;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/**
 * A part of a list.
 *
 * @param offset how many to leave out
 * @param limit how many to show at most
 */
record Page(int offset, int limit) {

	private static final int DEFAULT_LIMIT = 100;

	private static final int MAX_LIMIT = 1000;

	static Page of(@Nullable Integer offset, @Nullable Integer limit) {
		int from = (offset != null) ? offset : 0;
		int most = (limit != null) ? limit : DEFAULT_LIMIT;
		if (from < 0) {
			throw refusal("offset: " + from + " (expected: 0 or more)");
		}
		if (most < 1 || most > MAX_LIMIT) {
			throw refusal("limit: " + most + " (expected: 1.." + MAX_LIMIT + ")");
		}
		return new Page(from, most);
	}

	/**
	 * Reads a query parameter.
	 * @param name its name
	 * @param text its value, {@code null} if it is not there
	 */
	static @Nullable Integer number(String name, @Nullable String text) {
		try {
			return (text != null) ? Integer.valueOf(text) : null;
		}
		catch (NumberFormatException ex) {
			throw refusal(name + ": not a number");
		}
	}

	private static InvalidEndpointRequestException refusal(String reason) {
		return new InvalidEndpointRequestException(reason, reason);
	}

	<T> List<T> of(List<T> all) {
		return all.stream().skip(this.offset).limit(this.limit).toList();
	}

}
