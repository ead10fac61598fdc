package io.securestreams.transport.http1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads responses byte by byte, so that nothing is read too far.
 */
public final class HttpResponseReader {

	private final InputStream in;

	public HttpResponseReader(InputStream in) {
		this.in = in;
	}

	public String head() throws IOException {
		StringBuilder head = new StringBuilder();
		String line = line();
		while (!line.isEmpty()) {
			head.append(line).append("\r\n");
			line = line();
		}
		return head.toString();
	}

	public byte[] chunkedBody() throws IOException {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		int size = Integer.parseInt(line(), 16);
		while (size > 0) {
			body.writeBytes(this.in.readNBytes(size));
			line();
			size = Integer.parseInt(line(), 16);
		}
		line();
		return body.toByteArray();
	}

	private String line() throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		int next = this.in.read();
		while (next != '\n') {
			if (next < 0) {
				throw new EOFException("after: " + line);
			}
			line.write(next);
			next = this.in.read();
		}
		String text = line.toString(StandardCharsets.ISO_8859_1);
		return text.substring(0, text.length() - 1);
	}

}
