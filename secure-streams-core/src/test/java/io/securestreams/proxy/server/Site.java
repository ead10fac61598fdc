package io.securestreams.proxy.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;

/**
 * What the policy's streamtypes connect to: pages, and echoes.
 */
final class Site implements AutoCloseable {

	private final HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final SecureStreams echoes;

	private final int ws;

	private final int raw;

	/** The page {@code slow} waits for it in the middle. */
	final CountDownLatch slow = new CountDownLatch(1);

	Site() throws IOException {
		this.http.setExecutor(this.threads);
		this.http.createContext("/page", (exchange) -> answer(exchange, 200, "hello from the test server"));
		this.http.createContext("/post", (exchange) -> {
			int length = exchange.getRequestBody().readAllBytes().length;
			answer(exchange, 200, "got " + length + " bytes");
		});
		this.http.createContext("/gone", (exchange) -> answer(exchange, 404, "no"));
		this.http.createContext("/large", (exchange) -> answer(exchange, 200, "0123456789".repeat(500_000)));
		this.http.createContext("/slow", (exchange) -> {
			exchange.sendResponseHeaders(200, 0);
			exchange.getResponseBody().write(new byte[1000]);
			exchange.getResponseBody().flush();
			try {
				this.slow.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			exchange.close();
		});
		this.http.start();
		this.echoes = SecureStreams.builder()
			.eventLoopThreads(1)
			.policy(read(
					"""
							{ "s": [ { "ws": { "server": true, "endpoint": "127.0.0.1", "port": 0, "protocol": "ws", "ws_binary": true } },
							  { "raw": { "server": true, "endpoint": "127.0.0.1", "port": 0, "protocol": "raw" } } ] }
							"""))
			.build();
		this.ws = port(this.echoes.listen("ws", Echo::new).address());
		this.raw = port(this.echoes.listen("raw", Echo::new).address());
	}

	private static int port(java.net.SocketAddress address) {
		return ((InetSocketAddress) address).getPort();
	}

	private static Policy read(String text) {
		return PolicyJson.read(text, "test").policy();
	}

	private static void answer(HttpExchange exchange, int status, String body) throws IOException {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		exchange.getRequestBody().readAllBytes();
		exchange.getResponseHeaders().add("test", "metavalue");
		exchange.getResponseHeaders().add("server", "sss-test");
		exchange.getResponseHeaders().add("asked", String.valueOf(exchange.getRequestHeaders().getFirst("x-ask")));
		exchange.sendResponseHeaders(status, bytes.length);
		exchange.getResponseBody().write(bytes);
		exchange.close();
	}

	/** A policy with streamtypes for all there is. */
	Policy policy() {
		return read(
				"""
						{ "retry": [ { "quick": { "backoff": [ 20, 20 ], "conceal": 2, "jitterpc": 1 },
						  "slow": { "backoff": [ 600000 ], "conceal": 2 } } ], "s": [
						  { "get": { "endpoint": "127.0.0.1", "port": $http, "protocol": "h1", "http_url": "page", "retry": "quick",
						     "opportunistic": true,
						     "metadata": [ { "srv": "server:" }, { "test": "test:" }, { "ask": "x-ask:" }, { "echoed": "asked:" },
						       { "m23456789012345678901234567890": "" } ] } },
						  { "post": { "endpoint": "127.0.0.1", "port": $http, "protocol": "h1", "http_method": "POST",
						     "http_url": "post", "retry": "quick", "opportunistic": true,
						     "metadata": [ { "srv": "server:" }, { "test": "test:" }, { "ctype": "content-type:" } ] } },
						  { "gone": { "endpoint": "127.0.0.1", "port": $http, "protocol": "h1", "http_url": "gone",
						     "http_resp_map": [ { "404": 1404 } ], "opportunistic": true } },
						  { "large": { "endpoint": "127.0.0.1", "port": $http, "protocol": "h1", "http_url": "large",
						     "opportunistic": true } },
						  { "least": { "endpoint": "127.0.0.1", "port": $http, "protocol": "h1", "http_url": "page",
						     "opportunistic": true, "proxy_buflen": 1, "client_buflen": 1 } },
						  { "slow": { "endpoint": "127.0.0.1", "port": $http, "protocol": "h1", "http_url": "slow", "perf": true,
						     "opportunistic": true, "timeout_ms": 50 } },
						  { "ws": { "endpoint": "127.0.0.1", "port": $ws, "protocol": "ws", "ws_binary": true,
						     "opportunistic": true } },
						  { "nailed": { "endpoint": "127.0.0.1", "port": $ws, "protocol": "ws", "ws_binary": true,
						     "nailed_up": true, "retry": "quick" } },
						  { "raw": { "endpoint": "127.0.0.1", "port": $raw, "protocol": "raw", "opportunistic": true } },
						  { "part1": { "endpoint": "127.0.0.1", "port": $http, "protocol": "h1", "http_method": "POST",
						     "http_url": "post", "http_multipart_name": "one", "rideshare": "part2", "opportunistic": true } },
						  { "part2": { "endpoint": "127.0.0.1", "port": $http, "protocol": "h1", "http_method": "POST",
						     "http_url": "post", "http_multipart_name": "two", "opportunistic": true } },
						  { "unreach": { "endpoint": "127.0.0.1", "port": 1, "protocol": "h1", "retry": "quick" } },
						  { "stuck": { "endpoint": "127.0.0.1", "port": 1, "protocol": "raw", "retry": "slow" } },
						{ "server": { "server": true, "endpoint": "127.0.0.1", "port": 0, "protocol": "raw" } }
						] }
						"""
					.replace("$http", String.valueOf(this.http.getAddress().getPort()))
					.replace("$ws", String.valueOf(this.ws))
					.replace("$raw", String.valueOf(this.raw)));
	}

	int webSocketPort() {
		return this.ws;
	}

	/** Connections of the echoes. */
	int connections() {
		return this.echoes.servers().stream().mapToInt((server) -> List.copyOf(server.clients()).size()).sum();
	}

	@Override
	public void close() {
		this.slow.countDown();
		this.http.stop(0);
		this.threads.shutdownNow();
		this.echoes.close();
	}

	private static final class Echo implements StreamHandler {

		private final java.io.ByteArrayOutputStream message = new java.io.ByteArrayOutputStream();

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.message.writeBytes(payload.toByteArray());
			if (payload.isEnd() || stream.streamType().equals("raw")) {
				stream.send(this.message.toByteArray());
				this.message.reset();
			}
		}

	}

}
