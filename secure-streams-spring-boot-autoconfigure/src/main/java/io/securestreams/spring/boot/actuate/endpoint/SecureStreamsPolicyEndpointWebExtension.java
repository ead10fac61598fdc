package io.securestreams.spring.boot.actuate.endpoint;

import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * Answers over HTTP: 200 with what came of it, and 400 with an explanation in the body
 * for what cannot be done.
 */
@EndpointWebExtension(endpoint = SecureStreamsPolicyEndpoint.class)
public class SecureStreamsPolicyEndpointWebExtension {

	private final SecureStreamsPolicyEndpoint endpoint;

	/**
	 * Makes an extension.
	 * @param endpoint the endpoint
	 */
	public SecureStreamsPolicyEndpointWebExtension(SecureStreamsPolicyEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Returns the policy.
	 * @param offset how many streamtypes to leave out, 0 if {@code null}
	 * @param limit how many streamtypes to show, 100 if {@code null}
	 * @return the policy in force, or what is wrong
	 */
	@ReadOperation
	public WebEndpointResponse<Object> policy(@Nullable String offset, @Nullable String limit) {
		return answer(() -> this.endpoint.policy(Page.number("offset", offset), Page.number("limit", limit)));
	}

	/**
	 * Lays an overlay on the policy, in the place of one of the same name.
	 * @param name the overlay's name
	 * @param overlay the overlay, as JSON text
	 * @return what has changed, or what is wrong
	 */
	@WriteOperation
	public WebEndpointResponse<Object> addOverlay(@Selector String name, @Nullable String overlay) {
		return answer(() -> {
			if (overlay == null) {
				String reason = "no overlay (expected: {\"overlay\": \"...\"}, the overlay as text)";
				throw new InvalidEndpointRequestException(reason, reason);
			}
			return this.endpoint.addOverlay(name, overlay);
		});
	}

	/**
	 * Takes an overlay off the policy.
	 * @param name the overlay's name
	 * @return what has changed, or what is wrong
	 */
	@DeleteOperation
	public WebEndpointResponse<Object> removeOverlay(@Selector String name) {
		return answer(() -> this.endpoint.removeOverlay(name));
	}

	static WebEndpointResponse<Object> answer(Supplier<?> change) {
		try {
			return new WebEndpointResponse<>(change.get());
		}
		catch (InvalidEndpointRequestException ex) {
			return new WebEndpointResponse<>(Map.of("error", String.valueOf(ex.getReason())),
					WebEndpointResponse.STATUS_BAD_REQUEST);
		}
	}

}
