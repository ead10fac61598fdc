package io.securestreams.transport.http;

import io.securestreams.engine.spi.Acceptor;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.Template;
import io.securestreams.policy.WebSocketPolicy;
import io.securestreams.policy.http.WebSocketOptions;
import io.securestreams.stream.SecureStreamsException;
import org.jspecify.annotations.Nullable;

/**
 * One streamtype of an HTTP listener: which requests are for it, and who accepts its
 * streams. Immutable; may be shared by all connections.
 *
 * @param policy the server streamtype, of protocol h1, h2 or ws
 * @param prefix path that requests start with ({@code http_url}), with a leading slash
 * and without one at the end; empty for all paths
 * @param acceptor is told of each new stream
 * @param requests what the streamtype learns about a request
 */
public record ServerRoute(StreamPolicy policy, String prefix, Acceptor acceptor, RequestMetadata requests) {

	/**
	 * Makes the route of a streamtype.
	 * @param policy the server streamtype, of protocol h1, h2 or ws
	 * @param acceptor is told of each new stream
	 * @return the route
	 * @throws SecureStreamsException if {@code http_url} has metadata in it
	 */
	public static ServerRoute of(StreamPolicy policy, Acceptor acceptor) {
		Template url = http(policy).url();
		if (!url.isLiteral()) {
			throw new SecureStreamsException("streamtype \"" + policy.name() + "\": http_url \"" + url.text()
					+ "\" of a server (expected: the start of a path, without ${...})");
		}
		return new ServerRoute(policy, prefix(url.text()), acceptor, new RequestMetadata(policy));
	}

	private static HttpPolicy http(StreamPolicy policy) {
		if (policy.protocol() instanceof WebSocketPolicy webSocket) {
			return webSocket.handshake();
		}
		return (HttpPolicy) policy.protocol();
	}

	private static String prefix(String url) {
		int end = url.length();
		while (end > 0 && url.charAt(end - 1) == '/') {
			end--;
		}
		String path = url.substring(0, end);
		return (path.isEmpty() || path.startsWith("/")) ? path : "/" + path;
	}

	/**
	 * Returns the HTTP side of the policy.
	 * @return the {@code http_*} keys
	 */
	public HttpPolicy http() {
		return http(this.policy);
	}

	/**
	 * Whether it answers requests, in contrast to WebSocket handshakes only.
	 * @return {@code false} for protocol ws
	 */
	public boolean servesRequests() {
		return this.policy.protocol() instanceof HttpPolicy;
	}

	/**
	 * Returns how it serves WebSockets.
	 * @return the {@code ws_*} keys, or {@code null} if it does not
	 */
	public @Nullable WebSocketOptions webSocket() {
		if (this.policy.protocol() instanceof WebSocketPolicy ws) {
			return ws.options();
		}
		return http().upgrade();
	}

	/**
	 * Whether a request is for this streamtype, as far as its path tells. Prefixes end
	 * where path segments end: {@code /a} is one of {@code /a/b}, not of {@code /ab}.
	 * @param path path of the request, with or without a query
	 * @return {@code true} if the path starts with the prefix
	 */
	boolean covers(String path) {
		if (!path.startsWith(this.prefix)) {
			return false;
		}
		int end = this.prefix.length();
		return end == 0 || path.length() == end || path.charAt(end) == '/' || path.charAt(end) == '?';
	}

}
