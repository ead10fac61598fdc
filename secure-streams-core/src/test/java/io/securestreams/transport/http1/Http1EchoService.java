package io.securestreams.transport.http1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpServer;

import io.securestreams.transport.contract.EchoService;
import io.securestreams.transport.contract.Subject;

/**
 * The JDK's server, sending bodies back as they come.
 */
final class Http1EchoService {

	static final Subject SUBJECT = new Subject(
			"\"protocol\": \"h1\", \"http_method\": \"POST\", \"http_url\": \"/echo\"", Subject.HANG_UP,
			List.of("http/1.1"), false, (directory) -> start());

	private Http1EchoService() {
	}

	private static EchoService start() throws IOException {
		HttpServer server = JdkHttpServer.plain();
		ExecutorService threads = Executors.newCachedThreadPool();
		server.setExecutor(threads);
		server.createContext("/echo", (exchange) -> {
			exchange.sendResponseHeaders(200, 0);
			try (InputStream in = exchange.getRequestBody(); OutputStream out = exchange.getResponseBody()) {
				byte[] buffer = new byte[16384];
				for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
					out.write(buffer, 0, length);
					out.flush();
				}
			}
		});
		server.start();
		return EchoService.of(server.getAddress().getPort(), () -> {
			server.stop(0);
			threads.shutdownNow();
		});
	}

}
