package io.securestreams.proxy.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import io.securestreams.transport.JdkPeer;

/**
 * The HTTP server that the captures were made with, as far as its answers show.
 */
final class CapturedPeer implements JdkPeer.Script {

	@Override
	public void run(Socket socket) throws Exception {
		InputStream in = socket.getInputStream();
		OutputStream out = socket.getOutputStream();
		String head = head(in);
		while (!head.isEmpty()) {
			String path = head.split(" ")[1].substring(1);
			int question = path.indexOf('?');
			String[] words = ((question < 0) ? path : path.substring(0, question)).split("/");
			String argument = (words.length > 1) ? words[1] : "0";
			switch (words[0]) {
				case "small" -> answer(out, 200, text("hello from the test server"), true);
				case "post" -> answer(out, 200, text("got " + body(head, in) + " bytes"), true);
				case "bytes" -> answer(out, 200, pattern(Integer.parseInt(argument)), true);
				case "chunked" -> chunked(out, pattern(Integer.parseInt(argument)));
				case "status" -> answer(out, Integer.parseInt(argument), text("status body"), true);
				case "status0" -> answer(out, Integer.parseInt(argument), new byte[0], false);
				case "bighdr" -> answer(out, 200, text("x"), true);
				case "delay" -> {
					Thread.sleep((long) (Double.parseDouble(argument) * 1000));
					answer(out, 200, text("late"), true);
				}
				case "half" -> {
					start(out, 200, 2 * Integer.parseInt(argument));
					out.write(pattern(Integer.parseInt(argument)));
					return;
				}
				case "drip" -> {
					start(out, 200, Integer.parseInt(argument));
					out.write(pattern(1000));
					in.read();
					return;
				}
				default -> {
					return;
				}
			}
			head = head(in);
		}
	}

	private static byte[] text(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static byte[] pattern(int length) {
		byte[] bytes = new byte[length];
		for (int i = 0; i < length; i++) {
			bytes[i] = (byte) (i % 251);
		}
		return bytes;
	}

	private static String head(InputStream in) throws IOException {
		StringBuilder head = new StringBuilder();
		while (head.indexOf("\r\n\r\n") < 0) {
			int next = in.read();
			if (next < 0) {
				return "";
			}
			head.append((char) next);
		}
		return head.toString();
	}

	private static int body(String head, InputStream in) throws IOException {
		int at = head.toLowerCase(java.util.Locale.ROOT).indexOf("content-length:");
		if (at < 0) {
			return 0;
		}
		int length = Integer.parseInt(head.substring(at + 15, head.indexOf('\r', at)).strip());
		return in.readNBytes(length).length;
	}

	private static void start(OutputStream out, int status, int length) throws IOException {
		out.write(text("HTTP/1.1 " + status + " X\r\nserver: sss-test\r\nx-test: metavalue\r\n"
				+ ((length >= 0) ? "content-length: " + length : "transfer-encoding: chunked") + "\r\n\r\n"));
	}

	private static void answer(OutputStream out, int status, byte[] body, boolean length) throws IOException {
		if (length) {
			start(out, status, body.length);
			out.write(body);
		}
		else {
			out.write(text("HTTP/1.1 " + status + " X\r\nserver: sss-test\r\nx-test: metavalue\r\n\r\n"));
		}
	}

	private static void chunked(OutputStream out, byte[] body) throws IOException {
		start(out, 200, -1);
		for (int at = 0; at < body.length; at += 1000) {
			int length = Math.min(1000, body.length - at);
			out.write(text(Integer.toHexString(length) + "\r\n"));
			out.write(body, at, length);
			out.write(text("\r\n"));
		}
		out.write(text("0\r\n\r\n"));
	}

}
