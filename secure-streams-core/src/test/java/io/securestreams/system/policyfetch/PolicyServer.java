package io.securestreams.system.policyfetch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;

/**
 * A web server that is not ours, with documents that tests exchange.
 */
final class PolicyServer implements AutoCloseable {

	/** Headers of the requests, names in lower case. */
	final List<Map<String, String>> requests = Collections.synchronizedList(new ArrayList<>());

	private final Map<String, Answer> answers = new ConcurrentHashMap<>();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final HttpServer server;

	PolicyServer() {
		this(0);
	}

	PolicyServer(int port) {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		this.server.createContext("/", this::handle);
		this.server.setExecutor(this.threads);
		this.server.start();
	}

	int port() {
		return this.server.getAddress().getPort();
	}

	/** A document with validators. */
	PolicyServer serve(String path, byte[] body, @Nullable String etag, @Nullable String lastModified) {
		this.answers.put(path, (exchange) -> {
			if (etag != null) {
				exchange.getResponseHeaders().set("ETag", etag);
			}
			if (lastModified != null) {
				exchange.getResponseHeaders().set("Last-Modified", lastModified);
			}
			boolean same = (etag != null && etag.equals(exchange.getRequestHeaders().getFirst("If-None-Match")))
					|| (etag == null && lastModified != null
							&& lastModified.equals(exchange.getRequestHeaders().getFirst("If-Modified-Since")));
			if (same) {
				exchange.sendResponseHeaders(304, -1);
			}
			else {
				send(exchange, 200, body);
			}
		});
		return this;
	}

	PolicyServer serve(String json) {
		return serve("/policy.json", json.getBytes(StandardCharsets.UTF_8), null, null);
	}

	PolicyServer fail(int status) {
		return answer("/policy.json", (exchange) -> send(exchange, status, new byte[] { 'x' }));
	}

	PolicyServer answer(String path, Answer answer) {
		this.answers.put(path, answer);
		return this;
	}

	static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
		exchange.sendResponseHeaders(status, (body.length == 0) ? -1 : body.length);
		exchange.getResponseBody().write(body);
	}

	private void handle(HttpExchange exchange) throws IOException {
		Map<String, String> headers = new HashMap<>();
		exchange.getRequestHeaders().forEach((name, values) -> headers.put(name.toLowerCase(), values.get(0)));
		this.requests.add(headers);
		try (exchange) {
			Answer answer = this.answers.get(exchange.getRequestURI().getPath());
			if (answer != null) {
				answer.to(exchange);
			}
			else {
				send(exchange, 404, new byte[] { 'x' });
			}
		}
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	interface Answer {

		void to(HttpExchange exchange) throws IOException;

	}

}
