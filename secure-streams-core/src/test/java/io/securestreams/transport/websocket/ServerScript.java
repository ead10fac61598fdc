package io.securestreams.transport.websocket;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The server's half of a connection on a blocking socket, frame by frame, written without
 * any of our code so that it may also do what must not be done.
 */
public final class ServerScript {

	private final Socket socket;

	private final DataInputStream in;

	private String requestLine = "";

	private final Map<String, String> headers = new LinkedHashMap<>();

	ServerScript(Socket socket) throws IOException {
		this.socket = socket;
		this.in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
	}

	/** A frame from the client, unmasked. */
	public record Frame(int first, boolean masked, byte[] payload) {

		public int opcode() {
			return this.first & 0x0F;
		}

		boolean fin() {
			return (this.first & 0x80) != 0;
		}

		String text() {
			return new String(this.payload, StandardCharsets.UTF_8);
		}

		public int closeCode() {
			return (this.payload[0] & 0xFF) << 8 | (this.payload[1] & 0xFF);
		}

	}

	static ServerScript open(Socket socket, String... extraHeaders) throws Exception {
		ServerScript script = new ServerScript(socket).readRequest();
		script.write(script.switching(extraHeaders));
		return script;
	}

	ServerScript readRequest() throws IOException {
		this.headers.clear();
		this.requestLine = line();
		for (String line = line(); !line.isEmpty(); line = line()) {
			int colon = line.indexOf(':');
			this.headers.merge(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip(),
					(a, b) -> a + ", " + b);
		}
		return this;
	}

	public String text(int length) throws IOException {
		byte[] bytes = new byte[length];
		this.in.readFully(bytes);
		return new String(bytes, StandardCharsets.UTF_8);
	}

	private String line() throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int b = this.in.read(); b != '\n'; b = this.in.read()) {
			if (b < 0) {
				throw new EOFException();
			}
			line.write(b);
		}
		return line.toString(StandardCharsets.UTF_8).stripTrailing();
	}

	String requestLine() {
		return this.requestLine;
	}

	String header(String name) {
		return this.headers.getOrDefault(name, "");
	}

	String accept() throws Exception {
		return Base64.getEncoder()
			.encodeToString(MessageDigest.getInstance("SHA-1")
				.digest((header("sec-websocket-key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
					.getBytes(StandardCharsets.US_ASCII)));
	}

	byte[] switching(String... extraHeaders) throws Exception {
		StringBuilder head = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
				+ "Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept() + "\r\n");
		for (String extra : extraHeaders) {
			head.append(extra).append("\r\n");
		}
		return head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
	}

	ServerScript write(byte[]... parts) throws IOException {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			all.writeBytes(part);
		}
		this.socket.getOutputStream().write(all.toByteArray());
		this.socket.getOutputStream().flush();
		return this;
	}

	ServerScript write(String text) throws IOException {
		return write(text.getBytes(StandardCharsets.UTF_8));
	}

	Frame read() throws IOException {
		int first = this.in.readUnsignedByte();
		int second = this.in.readUnsignedByte();
		long length = second & 0x7F;
		if (length == 126) {
			length = this.in.readUnsignedShort();
		}
		else if (length == 127) {
			length = this.in.readLong();
		}
		byte[] mask = new byte[4];
		if ((second & 0x80) != 0) {
			this.in.readFully(mask);
		}
		byte[] payload = new byte[(int) length];
		this.in.readFully(payload);
		for (int i = 0; i < payload.length; i++) {
			payload[i] ^= mask[i & 3];
		}
		return new Frame(first, (second & 0x80) != 0, payload);
	}

	/** Reads to the end of the connection. */
	void drain() throws IOException {
		try {
			this.in.transferTo(java.io.OutputStream.nullOutputStream());
		}
		catch (java.net.SocketException ex) {
			// Reset is an end too
		}
	}

	public static byte[] frame(int first, byte[] payload) {
		ByteArrayOutputStream frame = new ByteArrayOutputStream();
		frame.write(first);
		if (payload.length < 126) {
			frame.write(payload.length);
		}
		else if (payload.length < 65536) {
			frame.write(126);
			frame.write(payload.length >> 8);
			frame.write(payload.length);
		}
		else {
			frame.write(127);
			for (int shift = 56; shift >= 0; shift -= 8) {
				frame.write((int) ((long) payload.length >> shift));
			}
		}
		frame.writeBytes(payload);
		return frame.toByteArray();
	}

	public static byte[] frame(int first, String payload) {
		return frame(first, payload.getBytes(StandardCharsets.UTF_8));
	}

	public static byte[] text(String payload) {
		return frame(0x81, payload);
	}

	public static byte[] close(int code, String reason) {
		byte[] text = reason.getBytes(StandardCharsets.UTF_8);
		byte[] payload = new byte[2 + text.length];
		payload[0] = (byte) (code >> 8);
		payload[1] = (byte) code;
		System.arraycopy(text, 0, payload, 2, text.length);
		return frame(0x88, payload);
	}

}
