package io.securestreams.transport.http1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;

import io.securestreams.transport.contract.EchoService;
import io.securestreams.transport.contract.Subject;

/**
 * The JDK's server, sending bodies back.
 */
final class Http1EchoService {

	static final Subject SUBJECT = new Subject(
			"\"protocol\": \"h1\", \"http_method\": \"PUT\", \"http_url\": \"/echo\"", Subject.HANG_UP,
			List.of("http/1.1"), false, (directory) -> start());

	private static final byte[] END = new byte[0];

	private Http1EchoService() {
	}

	private static EchoService start() throws IOException {
		HttpServer server = JdkHttpServer.plain();
		ExecutorService threads = Executors.newCachedThreadPool();
		server.setExecutor(threads);
		server.createContext("/echo", (exchange) -> {
			BlockingQueue<byte[]> pieces = new LinkedBlockingQueue<>();
			threads.execute(() -> read(exchange.getRequestBody(), pieces));
			answer(exchange, pieces);
		});
		server.start();
		return EchoService.of(server.getAddress().getPort(), () -> {
			server.stop(0);
			threads.shutdownNow();
		});
	}

	private static void read(InputStream in, BlockingQueue<byte[]> pieces) {
		try {
			byte[] buffer = new byte[16384];
			for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
				pieces.add(Arrays.copyOf(buffer, length));
			}
		}
		catch (IOException ex) {
			// The end, as well
		}
		pieces.add(END);
	}

	/** An early answer ends a request, so it waits until nothing more seems to come. */
	private static void answer(HttpExchange exchange, BlockingQueue<byte[]> pieces) throws IOException {
		ByteArrayOutputStream first = new ByteArrayOutputStream();
		byte[] piece = next(pieces, 2);
		while (piece != null && piece != END) {
			first.write(piece);
			piece = next(pieces, 2);
		}
		exchange.sendResponseHeaders(200, 0);
		try (OutputStream out = exchange.getResponseBody()) {
			first.writeTo(out);
			out.flush();
			while (piece != END) {
				piece = next(pieces, Integer.MAX_VALUE);
				if (piece != null) {
					out.write(piece);
					out.flush();
				}
			}
		}
	}

	private static byte @Nullable [] next(BlockingQueue<byte[]> pieces, int seconds) {
		try {
			return pieces.poll(seconds, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			return END;
		}
	}

}
