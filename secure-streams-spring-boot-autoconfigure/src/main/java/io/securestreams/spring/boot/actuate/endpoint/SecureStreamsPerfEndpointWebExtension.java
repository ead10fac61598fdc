package io.securestreams.spring.boot.actuate.endpoint;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * Answers over HTTP: 200 with what has been measured, and 400 with an explanation in the
 * body for what cannot be done.
 */
@EndpointWebExtension(endpoint = SecureStreamsPerfEndpoint.class)
public class SecureStreamsPerfEndpointWebExtension {

	private final SecureStreamsPerfEndpoint endpoint;

	/**
	 * Makes an extension.
	 * @param endpoint the endpoint
	 */
	public SecureStreamsPerfEndpointWebExtension(SecureStreamsPerfEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Returns percentiles by streamtype, and the last connections of streams.
	 * @param streamtype shows only this one; all, if {@code null}
	 * @param offset how many streams to leave out, 0 if {@code null}
	 * @param limit how many streams to show, 100 if {@code null}
	 * @return what has been measured, or what is wrong
	 */
	@ReadOperation
	public WebEndpointResponse<Object> perf(@Nullable String streamtype, @Nullable String offset,
			@Nullable String limit) {
		return SecureStreamsPolicyEndpointWebExtension
			.answer(() -> this.endpoint.perf(streamtype, Page.number("offset", offset), Page.number("limit", limit)));
	}

}
