package io.securestreams.transport.http.exchange;

import java.util.function.Consumer;

import io.securestreams.transport.http.HeaderSink;
import io.securestreams.transport.http.ServerRoutes;

/**
 * The answer to a request that no stream is made for.
 *
 * @param status status code
 * @param fields writes further header fields
 */
public record ServerRefusal(int status, Consumer<HeaderSink> fields) {

	/** Writes no fields. */
	public static final Consumer<HeaderSink> NO_FIELDS = (sink) -> {
	};

	/** No streamtype serves the path. */
	private static final ServerRefusal NOT_FOUND = new ServerRefusal(404, NO_FIELDS);

	private static final ServerRefusal METHOD_NOT_ALLOWED = new ServerRefusal(405,
			(sink) -> sink.field("allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));

	private static final ServerRefusal UPGRADE_REQUIRED = new ServerRefusal(426, (sink) -> {
		sink.field("upgrade", "websocket");
		sink.field("connection", "upgrade");
	});

	/**
	 * Whether requests with a method are served at all. Those with TRACE are not: what a
	 * client's proxy has added, such as credentials, is not to be sent back.
	 * @param method request method
	 * @return {@code false} for TRACE
	 */
	public static boolean isServed(String method) {
		return !method.equals("TRACE");
	}

	/**
	 * Returns why nobody serves a request.
	 * @param routes the streamtypes
	 * @param method request method
	 * @param path path of the request
	 * @param upgrades whether the connection could go over to another protocol
	 * @return the answer
	 */
	public static ServerRefusal of(ServerRoutes routes, String method, String path, boolean upgrades) {
		if (!isServed(method)) {
			return METHOD_NOT_ALLOWED;
		}
		return (upgrades && routes.coversWebSocket(path)) ? UPGRADE_REQUIRED : NOT_FOUND;
	}

}
