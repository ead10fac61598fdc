package io.securestreams.policy;

import io.securestreams.policy.http.Http2Policy;
import io.securestreams.policy.http.HttpBody;
import io.securestreams.policy.http.HttpOutcome;
import io.securestreams.policy.http.IdentityHeaders;
import io.securestreams.policy.http.RedirectPolicy;
import io.securestreams.policy.http.WebSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * A streamtype over HTTP; README section "http transport".
 *
 * @param protocol HTTP version: h1, h2 or h3
 * @param method request method ({@code http_method}), {@code GET} where the policy gives
 * none
 * @param url request path, with or without a leading slash ({@code http_url})
 * @param outcome what counts as success
 * @param redirects what is done with a redirect
 * @param headers headers filled from system blobs
 * @param body how bodies are framed
 * @param cookies whether cookies are kept and sent (RFC 6265, {@code http_cookies})
 * @param http2 settings that matter on HTTP/2 only
 * @param upgrade what an upgrade to WebSocket of a server streamtype uses, or
 * {@code null} if there is no {@code ws_*} key
 */
public record HttpPolicy(Protocol protocol, String method, Template url, HttpOutcome outcome, RedirectPolicy redirects,
		IdentityHeaders headers, HttpBody body, boolean cookies, Http2Policy http2,
		@Nullable WebSocketOptions upgrade) implements ProtocolPolicy {

	/** Method where the policy gives none. */
	public static final String DEFAULT_METHOD = "GET";

	public HttpPolicy {
		if (!protocol.isHttp()) {
			throw new IllegalArgumentException("protocol: " + protocol.policyName() + " (expected: h1, h2 or h3)");
		}
	}

}
