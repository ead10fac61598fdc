package io.securestreams.transport.http.exchange;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * HTTP/1.1 by the JDK.
 */
final class JdkExchangePeer extends ExchangePeer {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final CountDownLatch closed = new CountDownLatch(1);

	private final HttpServer server;

	JdkExchangePeer() {
		System.setProperty("sun.net.httpserver.nodelay", "true");
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.setExecutor(this.threads);
		this.server.createContext("/", this::serve);
		this.server.start();
	}

	private void serve(HttpExchange exchange) throws IOException {
		String path = exchange.getRequestURI().toString();
		if (isTurnedAway(path)) {
			throw new IOException("turned away");
		}
		if (isReset(path)) {
			exchange.getRequestBody().readNBytes(3);
			throw new IOException("reset");
		}
		byte[] body = isEarly(path) ? new byte[0] : exchange.getRequestBody().readAllBytes();
		Map<String, String> fields = new TreeMap<>();
		exchange.getRequestHeaders()
			.forEach((name, values) -> fields.put(name.toLowerCase(Locale.ROOT), values.get(0)));
		Answer answer = answer(exchange.getRequestMethod(), path, fields, body);
		answer.fields().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
		byte[] content = answer.bytes();
		exchange.sendResponseHeaders(answer.status(), answer.cut() ? content.length + 5 : content.length);
		exchange.getResponseBody().write(content);
		exchange.getResponseBody().flush();
		if (isStuck(path)) {
			awaitClose();
		}
		if (answer.cut()) {
			throw new IOException("cut");
		}
		if (isEarly(path)) {
			// Closing with bytes unread would destroy the answer on its way
			exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
		}
		exchange.close();
	}

	private void awaitClose() {
		try {
			this.closed.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	int port() {
		return this.server.getAddress().getPort();
	}

	@Override
	public void close() {
		this.closed.countDown();
		this.server.stop(0);
		this.threads.shutdownNow();
	}

}
