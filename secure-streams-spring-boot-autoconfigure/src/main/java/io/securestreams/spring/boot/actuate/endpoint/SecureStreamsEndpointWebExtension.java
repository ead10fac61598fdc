package io.securestreams.spring.boot.actuate.endpoint;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * Answers over HTTP: 204 when it is done, 404 for an unknown stream, and 400 with an
 * explanation in the body for an unknown action.
 */
@EndpointWebExtension(endpoint = SecureStreamsEndpoint.class)
public class SecureStreamsEndpointWebExtension {

	private final SecureStreamsEndpoint endpoint;

	/**
	 * Makes an extension.
	 * @param endpoint the endpoint
	 */
	public SecureStreamsEndpointWebExtension(SecureStreamsEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Connects, disconnects or destroys a stream.
	 * @param id its id
	 * @param action {@code connect}, {@code disconnect} or {@code destroy}
	 * @return nothing, or what is wrong
	 */
	@WriteOperation
	public WebEndpointResponse<Map<String, String>> act(@Selector String id, @Nullable String action) {
		try {
			return new WebEndpointResponse<>(this.endpoint.tryAct(id, action) ? WebEndpointResponse.STATUS_NO_CONTENT
					: WebEndpointResponse.STATUS_NOT_FOUND);
		}
		catch (InvalidEndpointRequestException ex) {
			return new WebEndpointResponse<>(Map.of("error", String.valueOf(ex.getReason())),
					WebEndpointResponse.STATUS_BAD_REQUEST);
		}
	}

}
