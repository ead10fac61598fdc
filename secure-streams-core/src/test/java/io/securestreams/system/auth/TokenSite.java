package io.securestreams.system.auth;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;
import java.util.function.IntFunction;

import com.sun.net.httpserver.HttpServer;

/**
 * A token server that writes down what it is asked, and says what it is told to.
 */
final class TokenSite implements AutoCloseable {

	/** Method, content type, authorization and body of each request. */
	final List<String> requests = new CopyOnWriteArrayList<>();

	/** Status and body of the answer to a request, by its number from 1 on. */
	volatile IntFunction<String> answers = (number) -> "200 {\"access_token\":\"token-" + number
			+ "\",\"token_type\":\"bearer\",\"expires_in\":3600}";

	private final HttpServer server;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	TokenSite() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.threads);
		this.server.createContext("/", (exchange) -> {
			String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
			this.requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
					+ exchange.getRequestHeaders().getFirst("Content-Type") + " "
					+ exchange.getRequestHeaders().getFirst("Authorization") + " " + body);
			String answer = this.answers.apply(this.requests.size());
			byte[] bytes = answer.substring(4).getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(Integer.parseInt(answer.substring(0, 3)), bytes.length);
			exchange.getResponseBody().write(bytes);
			exchange.close();
		});
		this.server.start();
	}

	int port() {
		return this.server.getAddress().getPort();
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.threads.shutdownNow();
	}

}
