package io.securestreams.transport.websocket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The client's half of a connection on a blocking socket, written without any of our code
 * so that it may also do what must not be done. Masks are zero.
 */
public final class ClientScript implements AutoCloseable {

	static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

	/** From RFC 6455 section 1.3. */
	static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

	final Socket socket;

	private final ServerScript answers;

	private ClientScript(Socket socket) throws IOException {
		this.socket = socket;
		this.answers = new ServerScript(socket);
	}

	public static ClientScript connect(ServerSite site) throws IOException {
		Socket socket = new Socket(ServerSite.HOST, site.port);
		socket.setSoTimeout(30_000);
		return new ClientScript(socket);
	}

	/** Opens a WebSocket. */
	public static ClientScript open(ServerSite site, String path, String... headers) throws IOException {
		ClientScript client = connect(site);
		client.write(request(path, headers)).readHead();
		assertThat(client.answers.requestLine()).isEqualTo("HTTP/1.1 101 Switching Protocols");
		assertThat(client.header("upgrade")).isEqualTo("websocket");
		assertThat(client.header("connection")).isEqualTo("upgrade");
		assertThat(client.header("sec-websocket-accept")).isEqualTo(ACCEPT);
		return client;
	}

	public static String request(String path, String... headers) {
		return "GET " + path + " HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
				+ "Sec-WebSocket-Key: " + KEY + "\r\nSec-WebSocket-Version: 13\r\n"
				+ ((headers.length > 0) ? String.join("\r\n", headers) + "\r\n" : "") + "\r\n";
	}

	public ClientScript write(String text) throws IOException {
		return write(text.getBytes(StandardCharsets.UTF_8));
	}

	public ClientScript write(byte[] bytes) throws IOException {
		this.socket.getOutputStream().write(bytes);
		return this;
	}

	/** Sends frames that have been made without masks. */
	public ClientScript frames(byte[]... frames) throws IOException {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (byte[] frame : frames) {
			all.writeBytes(masked(frame));
		}
		return write(all.toByteArray());
	}

	public ClientScript text(String message) throws IOException {
		return frames(ServerScript.text(message));
	}

	/** Marks frames as masked, as far as they make sense. */
	static byte[] masked(byte[] frames) {
		ByteBuffer in = ByteBuffer.wrap(frames);
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		while (in.remaining() >= 2) {
			out.write(in.get());
			int second = in.get() & 0xFF;
			out.write(second | 0x80);
			int extended = ((second & 0x7F) == 126) ? 2 : ((second & 0x7F) == 127) ? 8 : 0;
			long length = second & 0x7F;
			if (extended > 0) {
				length = 0;
				for (int i = 0; i < extended; i++) {
					byte octet = in.get();
					out.write(octet);
					length = length << 8 | (octet & 0xFF);
				}
			}
			out.write(0);
			out.write(0);
			out.write(0);
			out.write(0);
			for (long i = 0; i < length && in.hasRemaining(); i++) {
				out.write(in.get());
			}
		}
		return out.toByteArray();
	}

	/**
	 * Reads the head of a response.
	 * @return the status
	 */
	public int readHead() throws IOException {
		this.answers.readRequest();
		return Integer.parseInt(this.answers.requestLine().split(" ")[1]);
	}

	public String header(String name) {
		return this.answers.header(name);
	}

	/** Reads a body. */
	public String readBody(int length) throws IOException {
		return this.answers.text(length);
	}

	public ServerScript.Frame read() throws IOException {
		ServerScript.Frame frame = this.answers.read();
		assertThat(frame.masked()).as("servers do not mask").isFalse();
		return frame;
	}

	public String readText() throws IOException {
		ServerScript.Frame frame = read();
		assertThat(frame.first()).isEqualTo(0x81);
		return frame.text();
	}

	/** Whether nothing comes for a while. */
	public boolean isQuiet() throws IOException {
		this.socket.setSoTimeout(200);
		try {
			this.socket.getInputStream().read();
			return false;
		}
		catch (SocketTimeoutException ex) {
			return true;
		}
		finally {
			this.socket.setSoTimeout(30_000);
		}
	}

	/** Reads to the end of the connection. */
	public void drain() throws IOException {
		this.answers.drain();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
