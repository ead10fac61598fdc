package io.securestreams.transport.serving;

import java.io.IOException;
import java.net.Socket;

/**
 * A client that does a request in steps, on one connection of either version of HTTP, and
 * may leave in between. What it sees is told in the same words.
 */
abstract class RequestPeer implements AutoCloseable {

	/** A request without a body. */
	static final int NO_BODY = -1;

	/** A body whose length is not told. */
	static final int UNKNOWN = -2;

	private final Socket socket;

	RequestPeer(Socket socket) {
		this.socket = socket;
	}

	static RequestPeer connect(boolean http2, int port) throws IOException {
		Socket socket = new Socket("127.0.0.1", port);
		socket.setSoTimeout(20_000);
		socket.setTcpNoDelay(true);
		return http2 ? new Http2RequestPeer(socket) : new Http1RequestPeer(socket);
	}

	/**
	 * Sends the head of a request.
	 * @param method request method
	 * @param path path
	 * @param length of the body, {@link #NO_BODY} or {@link #UNKNOWN}
	 * @param fields further names and values
	 * @return number of the request, for the other methods
	 */
	abstract int ask(String method, String path, int length, String... fields) throws Exception;

	/** Sends some of the body. */
	abstract void body(int request, String piece, boolean last) throws Exception;

	/** The next head of the answer: status, value of the field x-tag, and length. */
	abstract String head(int request) throws Exception;

	/** The body of the answer, which ends with "cut off" if it is not whole. */
	abstract String rest(int request) throws Exception;

	/** Does not want the answer any more: the stream is reset, or the connection. */
	abstract void giveUp(int request) throws Exception;

	/** All heads of the answer, and its body. */
	final String answer(int request) throws Exception {
		StringBuilder all = new StringBuilder();
		String head = head(request);
		while (head.startsWith("1")) {
			all.append(head).append(", ");
			head = head(request);
		}
		return all.append(head).append(' ').append(rest(request)).toString();
	}

	/** Is gone without a word. */
	final void leave() throws IOException {
		this.socket.setSoLinger(true, 0);
		this.socket.close();
	}

	@Override
	public final void close() throws IOException {
		this.socket.close();
	}

}
