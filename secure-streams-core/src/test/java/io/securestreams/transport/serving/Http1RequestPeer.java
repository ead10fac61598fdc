package io.securestreams.transport.serving;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Does one request after the other.
 */
final class Http1RequestPeer extends RequestPeer {

	private final Socket socket;

	private final InputStream in;

	private final List<String> methods = new ArrayList<>();

	private boolean chunked;

	/** How the answer is framed whose head has been read last. */
	private Map<String, String> fields = Map.of();

	private int status;

	Http1RequestPeer(Socket socket) throws IOException {
		super(socket);
		this.socket = socket;
		this.in = socket.getInputStream();
	}

	private void write(String text) throws IOException {
		this.socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	@Override
	int ask(String method, String path, int length, String... more) throws IOException {
		StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: a\r\n");
		this.chunked = length == UNKNOWN;
		if (this.chunked) {
			head.append("Transfer-Encoding: chunked\r\n");
		}
		else if (length != NO_BODY) {
			head.append("Content-Length: " + length + "\r\n");
		}
		for (int i = 0; i < more.length; i += 2) {
			head.append(more[i] + ": " + more[i + 1] + "\r\n");
		}
		write(head.append("\r\n").toString());
		this.methods.add(method);
		return this.methods.size() - 1;
	}

	@Override
	void body(int request, String piece, boolean last) throws IOException {
		if (!this.chunked) {
			write(piece);
			return;
		}
		String chunk = piece.isEmpty() ? "" : Integer.toHexString(piece.length()) + "\r\n" + piece + "\r\n";
		write(last ? chunk + "0\r\n\r\n" : chunk);
	}

	@Override
	String head(int request) throws IOException {
		this.status = 0;
		try {
			String line = line();
			this.status = Integer.parseInt(line.substring(9, 12));
			this.fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
			for (line = line(); !line.isEmpty(); line = line()) {
				int colon = line.indexOf(':');
				this.fields.put(line.substring(0, colon), line.substring(colon + 1).trim());
			}
			return this.status + " " + this.fields.getOrDefault("x-tag", "") + " "
					+ this.fields.getOrDefault("content-length", "");
		}
		catch (EOFException | SocketException ex) {
			return "no answer";
		}
	}

	@Override
	String rest(int request) throws IOException {
		if (this.methods.get(request).equals("HEAD") || this.status == 204 || this.status == 304 || this.status == 0) {
			return "";
		}
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		try {
			if (this.fields.containsKey("transfer-encoding")) {
				for (int size = size(); size > 0; size = size()) {
					exactly(size, body);
					line();
				}
				line();
			}
			else {
				exactly(Integer.parseInt(this.fields.getOrDefault("content-length", "0")), body);
			}
			return body.toString(StandardCharsets.ISO_8859_1);
		}
		catch (EOFException | SocketException ex) {
			return body.toString(StandardCharsets.ISO_8859_1) + "cut off";
		}
	}

	private int size() throws IOException {
		return Integer.parseInt(line(), 16);
	}

	private void exactly(int length, ByteArrayOutputStream body) throws IOException {
		for (int i = 0; i < length; i++) {
			body.write(read());
		}
	}

	private int read() throws IOException {
		int next = this.in.read();
		if (next < 0) {
			throw new EOFException();
		}
		return next;
	}

	private String line() throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = read(); next != '\n'; next = read()) {
			line.append((char) next);
		}
		return line.substring(0, line.length() - 1);
	}

	@Override
	void giveUp(int request) throws IOException {
		leave();
	}

}
