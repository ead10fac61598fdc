package io.securestreams.transport.contract;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.securestreams.testing.AcceptThread;

/**
 * A server of one protocol on JDK sockets, whose first connection goes as far as it is
 * told and no further; all others are served. Writes down what has arrived as whole
 * messages.
 */
final class CuttingPeer implements AutoCloseable {

	/** How far the first connection gets. */
	enum Point {

		/** Nothing is read. */
		ACCEPTED,
		/** The head of the request has been read. */
		HEAD,
		/** Half of the message has been read. */
		MIDDLE,
		/** All of the message has been read, and is not answered. */
		WHOLE,
		/** Half of the answer has been sent. */
		ANSWER

	}

	/** Messages that have arrived as such, in whichever connection. */
	final List<byte[]> messages = new CopyOnWriteArrayList<>();

	/** How many requests have been answered in full. */
	final List<String> answered = new CopyOnWriteArrayList<>();

	/** How many connections have had a request, or anything else of a message. */
	final List<Integer> asked = new CopyOnWriteArrayList<>();

	/** The first connection has got as far as it is to. */
	final CountDownLatch reached = new CountDownLatch(1);

	/** The application has done what it does then. */
	final CountDownLatch done = new CountDownLatch(1);

	private final String protocol;

	private final Point until;

	private final boolean cuts;

	private final int length;

	private final ServerSocket server;

	private final AcceptThread acceptor;

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	/**
	 * Starts a server.
	 * @param protocol h1, h2, ws, mqtt or raw
	 * @param until how far the first connection gets, or {@code null} for all the way
	 * @param cuts whether it is closed there by the server
	 * @param length of the message that is to be expected, bytes
	 */
	CuttingPeer(String protocol, Point until, boolean cuts, int length) throws IOException {
		this.protocol = protocol;
		this.until = until;
		this.cuts = cuts;
		this.length = length;
		this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		this.acceptor = new AcceptThread("cutting-peer", this::accept);
	}

	int port() {
		return this.server.getLocalPort();
	}

	int connections() {
		return this.sockets.size();
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "cutting-peer");
		thread.setDaemon(true);
		thread.start();
	}

	private void accept() {
		try {
			while (true) {
				Socket socket = this.server.accept();
				this.sockets.add(socket);
				Connection connection = new Connection(socket, this.sockets.size());
				start(connection::run);
			}
		}
		catch (IOException ex) {
			// Closed
		}
	}

	@Override
	public void close() throws IOException {
		this.done.countDown();
		this.server.close();
		this.acceptor.join();
		for (Socket socket : this.sockets) {
			socket.close();
		}
	}

	/** The first connection goes no further. */
	private static final class CutException extends IOException {

	}

	private final class Connection {

		private final Socket socket;

		private final int number;

		private final DataInputStream in;

		private final OutputStream out;

		Connection(Socket socket, int number) throws IOException {
			this.socket = socket;
			this.number = number;
			this.in = new DataInputStream(socket.getInputStream());
			this.out = socket.getOutputStream();
		}

		void run() {
			try (this.socket) {
				this.socket.setTcpNoDelay(true);
				at(Point.ACCEPTED);
				switch (CuttingPeer.this.protocol) {
					case "h1" -> http1();
					case "h2" -> http2();
					case "ws" -> webSocket();
					case "mqtt" -> mqtt();
					default -> raw();
				}
			}
			catch (CutException ex) {
				// As told
			}
			catch (Exception ex) {
				// The client has gone
			}
		}

		private void at(Point point) throws IOException {
			if (this.number != 1 || point != CuttingPeer.this.until || CuttingPeer.this.reached.getCount() == 0) {
				return;
			}
			CuttingPeer.this.reached.countDown();
			if (!CuttingPeer.this.cuts) {
				try {
					CuttingPeer.this.done.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}
			throw new CutException();
		}

		private int half(int size) {
			return (CuttingPeer.this.until == Point.MIDDLE && this.number == 1) ? size / 2 : size;
		}

		private String head() throws IOException {
			StringBuilder head = new StringBuilder();
			while (head.indexOf("\r\n\r\n") < 0) {
				head.append((char) this.in.readUnsignedByte());
			}
			return head.toString();
		}

		private void http1() throws IOException {
			while (true) {
				Matcher length = Pattern.compile("(?i)content-length: *(\\d+)").matcher(head());
				CuttingPeer.this.asked.add(this.number);
				at(Point.HEAD);
				byte[] body = new byte[length.find() ? Integer.parseInt(length.group(1)) : 0];
				int first = half(body.length);
				this.in.readFully(body, 0, first);
				at(Point.MIDDLE);
				this.in.readFully(body, first, body.length - first);
				CuttingPeer.this.messages.add(body);
				at(Point.WHOLE);
				ascii("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nan");
				at(Point.ANSWER);
				ascii("sw");
				CuttingPeer.this.answered.add("200");
			}
		}

		private void ascii(String text) throws IOException {
			this.out.write(text.getBytes(StandardCharsets.US_ASCII));
			this.out.flush();
		}

		private void http2() throws IOException {
			this.in.readFully(new byte[24]);
			frame(4, 0, 0);
			frame(8, 0, 0, ByteBuffer.allocate(4).putInt(1 << 30).array());
			while (true) {
				try {
					serveStream();
				}
				catch (CutException ex) {
					if (CuttingPeer.this.cuts) {
						throw ex;
					}
					// The client leaves the request; others may follow on the connection
				}
			}
		}

		private void serveStream() throws IOException {
			ByteArrayOutputStream body = new ByteArrayOutputStream();
			int current = 0;
			while (true) {
				int length = this.in.readUnsignedByte() << 16 | this.in.readUnsignedShort();
				int type = this.in.readUnsignedByte();
				int flags = this.in.readUnsignedByte();
				int id = this.in.readInt();
				byte[] payload = new byte[length];
				this.in.readFully(payload);
				if (type == 4 && flags == 0) {
					frame(4, 1, 0);
				}
				else if (type == 1) {
					current = id;
					body.reset();
					CuttingPeer.this.asked.add(this.number);
					at(Point.HEAD);
				}
				else if (type == 0 && id == current) {
					body.write(payload);
					if (body.size() >= half(CuttingPeer.this.length)) {
						at(Point.MIDDLE);
					}
					if (length > 0) {
						frame(8, 0, id, ByteBuffer.allocate(4).putInt(length).array());
					}
				}
				if (type <= 1 && id == current && (flags & 1) != 0) {
					CuttingPeer.this.messages.add(body.toByteArray());
					at(Point.WHOLE);
					frame(1, 4, id, (byte) 0x88);
					frame(0, 0, id, (byte) 'a', (byte) 'n');
					at(Point.ANSWER);
					CuttingPeer.this.answered.add("200");
					frame(0, 1, id, (byte) 's', (byte) 'w');
				}
			}
		}

		private void frame(int type, int flags, int id, byte... payload) throws IOException {
			this.out.write(ByteBuffer.allocate(9 + payload.length)
				.put((byte) 0)
				.putShort((short) payload.length)
				.put((byte) type)
				.put((byte) flags)
				.putInt(id)
				.put(payload)
				.array());
			this.out.flush();
		}

		private void webSocket() throws Exception {
			Matcher key = Pattern.compile("(?i)sec-websocket-key: *(\\S+)").matcher(head());
			at(Point.HEAD);
			if (!key.find()) {
				throw new EOFException("no handshake");
			}
			MessageDigest digest = MessageDigest.getInstance("SHA-1");
			byte[] proof = digest
				.digest((key.group(1) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
			ascii("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
					+ Base64.getEncoder().encodeToString(proof) + "\r\n\r\n");
			ByteArrayOutputStream message = new ByteArrayOutputStream();
			while (true) {
				int first = this.in.readUnsignedByte();
				int length = this.in.readUnsignedByte() & 0x7f;
				length = (length == 126) ? this.in.readUnsignedShort()
						: (length == 127) ? (int) this.in.readLong() : length;
				byte[] mask = new byte[4];
				this.in.readFully(mask);
				byte[] payload = new byte[length];
				this.in.readFully(payload);
				for (int i = 0; i < length; i++) {
					payload[i] ^= mask[i & 3];
				}
				if ((first & 0x08) != 0) {
					continue;
				}
				CuttingPeer.this.asked.add(this.number);
				message.write(payload);
				if (message.size() >= half(CuttingPeer.this.length)) {
					at(Point.MIDDLE);
				}
				if ((first & 0x80) != 0) {
					CuttingPeer.this.messages.add(message.toByteArray());
					message.reset();
					at(Point.WHOLE);
					at(Point.ANSWER);
				}
			}
		}

		private void raw() throws IOException {
			at(Point.HEAD);
			do {
				rawMessage();
			}
			while (CuttingPeer.this.until == null);
			this.in.read();
		}

		private void rawMessage() throws IOException {
			byte[] message = new byte[CuttingPeer.this.length];
			int first = half(message.length);
			this.in.readFully(message, 0, 1);
			CuttingPeer.this.asked.add(this.number);
			this.in.readFully(message, 1, first - 1);
			at(Point.MIDDLE);
			this.in.readFully(message, first, message.length - first);
			CuttingPeer.this.messages.add(message);
			at(Point.WHOLE);
			at(Point.ANSWER);
		}

		private void mqtt() throws IOException {
			while (true) {
				int type = this.in.readUnsignedByte() >> 4;
				int length = 0;
				int digit = 0x80;
				for (int shift = 0; (digit & 0x80) != 0; shift += 7) {
					digit = this.in.readUnsignedByte();
					length |= (digit & 0x7f) << shift;
				}
				byte[] packet = new byte[length];
				this.in.readFully(packet);
				if (type == 1) {
					this.out.write(new byte[] { 0x20, 2, 0, 0 });
				}
				else if (type == 3) {
					int id = 2 + packet[1];
					CuttingPeer.this.messages.add(Arrays.copyOfRange(packet, id + 2, length));
					this.out.write(new byte[] { 0x40, 2, packet[id], packet[id + 1] });
				}
				else if (type == 12) {
					this.out.write(new byte[] { (byte) 0xd0, 0 });
				}
			}
		}

	}

}
