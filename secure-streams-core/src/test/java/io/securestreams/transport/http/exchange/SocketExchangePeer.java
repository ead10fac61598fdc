package io.securestreams.transport.http.exchange;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.securestreams.testing.AcceptThread;

/**
 * HTTP/1.1 on sockets, for what servers say beside their answers.
 */
final class SocketExchangePeer extends ExchangePeer {

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	private final ServerSocket server;

	private final AcceptThread acceptor;

	SocketExchangePeer() {
		try {
			this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.acceptor = new AcceptThread("exchange-peer", this::accept);
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "exchange-peer");
		thread.setDaemon(true);
		thread.start();
	}

	private void accept() {
		try {
			while (true) {
				Socket socket = this.server.accept();
				socket.setTcpNoDelay(true);
				this.sockets.add(socket);
				start(() -> serve(socket));
			}
		}
		catch (IOException ex) {
			// Closed
		}
	}

	private void serve(Socket socket) {
		try (socket) {
			InputStream in = socket.getInputStream();
			while (serve(socket, in)) {
				// The next request
			}
		}
		catch (IOException ex) {
			// The client is gone
		}
	}

	private boolean serve(Socket socket, InputStream in) throws IOException {
		String[] line = line(in).split(" ");
		String path = line[1];
		Map<String, String> fields = new TreeMap<>();
		for (String field = line(in); !field.isEmpty(); field = line(in)) {
			int colon = field.indexOf(':');
			fields.put(field.substring(0, colon).toLowerCase(Locale.ROOT), field.substring(colon + 1).trim());
		}
		if (isTurnedAway(path)) {
			return false;
		}
		write(socket, "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".repeat(hints(path)));
		Answer answer = answer(line[0], path, fields, body(in, fields));
		boolean last = isLeaving(path);
		StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.status() + " x\r\n");
		answer.fields().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
		head.append("content-length: " + answer.bytes().length + "\r\n");
		write(socket, head + (last ? "connection: close\r\n\r\n" : "\r\n") + answer.body());
		return !last;
	}

	private static void write(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	private static byte[] body(InputStream in, Map<String, String> fields) throws IOException {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		if (fields.containsKey("transfer-encoding")) {
			for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
				body.writeBytes(in.readNBytes(size));
				line(in);
			}
			line(in);
		}
		else {
			body.writeBytes(in.readNBytes(Integer.parseInt(fields.getOrDefault("content-length", "0"))));
		}
		return body.toByteArray();
	}

	private static String line(InputStream in) throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = in.read(); next != '\n'; next = in.read()) {
			if (next < 0) {
				throw new EOFException();
			}
			line.append((char) next);
		}
		return line.substring(0, line.length() - 1);
	}

	@Override
	int port() {
		return this.server.getLocalPort();
	}

	@Override
	public void close() {
		try {
			this.server.close();
			this.acceptor.join();
			for (Socket socket : this.sockets) {
				socket.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
