package io.securestreams.transport.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.securestreams.policy.http.WebSocketOptions;
import io.securestreams.stream.SecureStreamsException;
import org.jspecify.annotations.Nullable;

/**
 * The streamtypes that share a listener, and which of them a request is for: the one with
 * the longest {@code http_url} that the path starts with. Immutable: streamtypes that
 * come and go make new routes.
 */
public final class ServerRoutes {

	/** No streamtype. */
	public static final ServerRoutes NONE = new ServerRoutes(List.of());

	/** Longest prefix first. */
	private final List<ServerRoute> routes;

	private ServerRoutes(List<ServerRoute> routes) {
		this.routes = routes;
	}

	/**
	 * Adds a streamtype.
	 * @param route the streamtype's route
	 * @return these routes and that one
	 * @throws SecureStreamsException if another streamtype claims the same requests
	 */
	public ServerRoutes with(ServerRoute route) {
		for (ServerRoute other : this.routes) {
			if (isSame(route, other)) {
				throw new SecureStreamsException("streamtypes \"" + other.policy().name() + "\" and \""
						+ route.policy().name() + "\" share a listener and both serve \"" + route.prefix()
						+ "/\" (expected: different http_url or, for WebSocket, different ws_subprotocol)");
			}
		}
		List<ServerRoute> all = new ArrayList<>(this.routes);
		all.add(route);
		// Stable: equal prefixes stay in the order they came
		all.sort(Comparator.comparingInt((ServerRoute each) -> each.prefix().length()).reversed());
		return new ServerRoutes(List.copyOf(all));
	}

	private static boolean isSame(ServerRoute one, ServerRoute other) {
		if (!one.prefix().equals(other.prefix())) {
			return false;
		}
		if (one.servesRequests() && other.servesRequests()) {
			return true;
		}
		WebSocketOptions first = one.webSocket();
		WebSocketOptions second = other.webSocket();
		return first != null && second != null && first.subprotocol().equals(second.subprotocol());
	}

	/**
	 * Removes a streamtype.
	 * @param route a route that has been added
	 * @return these routes without that one
	 */
	public ServerRoutes without(ServerRoute route) {
		return new ServerRoutes(this.routes.stream().filter((other) -> other != route).toList());
	}

	/**
	 * Whether there is no streamtype any more.
	 * @return {@code true} if nothing is served
	 */
	public boolean isEmpty() {
		return this.routes.isEmpty();
	}

	/**
	 * Whether any streamtype serves WebSockets.
	 * @return {@code true} if upgrades make sense
	 */
	public boolean serveWebSocket() {
		return this.routes.stream().anyMatch((route) -> route.webSocket() != null);
	}

	/**
	 * Finds whom a request is for.
	 * @param path path of the request, with or without a query
	 * @return the streamtype's route, or {@code null} if nobody serves that path
	 */
	public @Nullable ServerRoute request(String path) {
		for (ServerRoute route : this.routes) {
			if (route.servesRequests() && route.covers(path)) {
				return route;
			}
		}
		return null;
	}

	/**
	 * Finds whom an opening handshake of WebSocket is for: of those with the longest
	 * prefix the one whose {@code ws_subprotocol} the client prefers, else one that asks
	 * for none.
	 * @param path path of the request, with or without a query
	 * @param offered subprotocols of the client, most wanted first; may be empty
	 * @return the streamtype's route, or {@code null} if nobody serves that path with one
	 * of these subprotocols; {@link #coversWebSocket} tells which of both it is
	 */
	public @Nullable ServerRoute webSocket(String path, List<String> offered) {
		ServerRoute best = null;
		int bestRank = Integer.MAX_VALUE;
		for (ServerRoute route : this.routes) {
			WebSocketOptions options = route.webSocket();
			if (options == null || !route.covers(path)
					|| (best != null && route.prefix().length() < best.prefix().length())) {
				continue;
			}
			int rank = rank(options.subprotocol(), offered);
			if (rank < bestRank) {
				best = route;
				bestRank = rank;
			}
		}
		return best;
	}

	/**
	 * Whether WebSockets are served at a path, with whatever subprotocol.
	 * @param path path of the request, with or without a query
	 * @return {@code true} if some streamtype does
	 */
	public boolean coversWebSocket(String path) {
		return this.routes.stream().anyMatch((route) -> route.webSocket() != null && route.covers(path));
	}

	private static int rank(String subprotocol, List<String> offered) {
		if (subprotocol.isEmpty()) {
			return offered.size();
		}
		int index = offered.indexOf(subprotocol);
		return (index < 0) ? Integer.MAX_VALUE : index;
	}

}
