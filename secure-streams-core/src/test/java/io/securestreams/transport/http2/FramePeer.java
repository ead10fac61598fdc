package io.securestreams.transport.http2;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

import io.securestreams.testing.AcceptThread;
import io.securestreams.transport.http2.frame.Http2FrameWriter;

/**
 * A server on a JDK socket that writes what a test tells it to, frame by frame. Each
 * connection is served by a script on a thread of its own; what the client sends is
 * collected by another.
 */
public final class FramePeer implements AutoCloseable {

	private final ServerSocket server;

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	public final AtomicInteger connections = new AtomicInteger();

	private final Script script;

	private final AcceptThread acceptor;

	volatile @Nullable Throwable failure;

	public FramePeer(Script script) {
		this.script = script;
		try {
			this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		this.acceptor = new AcceptThread("frame-peer", this::accept);
	}

	public int port() {
		return this.server.getLocalPort();
	}

	private void accept() {
		try {
			while (true) {
				Socket socket = this.server.accept();
				this.sockets.add(socket);
				int number = this.connections.incrementAndGet();
				start(() -> serve(socket, number));
			}
		}
		catch (IOException ex) {
			// Closed
		}
	}

	private void serve(Socket socket, int number) {
		try (socket) {
			socket.setTcpNoDelay(true);
			Connection connection = new Connection(socket, number);
			start(() -> connection.readAll(24));
			this.script.run(connection);
		}
		catch (IOException ex) {
			// The client has gone
		}
		catch (Throwable ex) {
			this.failure = ex;
		}
	}

	public static void start(Runnable task) {
		Thread thread = new Thread(task, "frame-peer");
		thread.setDaemon(true);
		thread.start();
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
			throw new IllegalStateException(ex);
		}
		Throwable failure = this.failure;
		if (failure != null) {
			throw new AssertionError(failure);
		}
	}

	/**
	 * What is done on a connection; the socket is closed afterwards.
	 */
	public interface Script {

		void run(Connection connection) throws Exception;

	}

	/**
	 * A frame of the client.
	 */
	public record Frame(int type, int flags, int streamId, byte[] payload) {

		public int errorCode() {
			int offset = (this.type == Http2FrameWriter.GOAWAY) ? 4 : 0;
			return Unpooled.wrappedBuffer(this.payload).getInt(offset);
		}

	}

	/**
	 * One connection.
	 */
	public static final class Connection {

		private static final Frame END = new Frame(-1, 0, 0, new byte[0]);

		public final int number;

		private final Socket socket;

		private final OutputStream out;

		private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();

		private boolean acknowledged;

		public Connection(Socket socket, int number) throws IOException {
			this.socket = socket;
			this.number = number;
			this.out = socket.getOutputStream();
		}

		public void readAll(int preface) {
			try {
				DataInputStream in = new DataInputStream(this.socket.getInputStream());
				in.readFully(new byte[preface]);
				while (true) {
					int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
					int type = in.readUnsignedByte();
					int flags = in.readUnsignedByte();
					int streamId = in.readInt();
					byte[] payload = new byte[length];
					in.readFully(payload);
					this.frames.add(new Frame(type, flags, streamId, payload));
				}
			}
			catch (EOFException | SocketException ex) {
				this.frames.add(END);
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		/** The next frame of a type, or of any (-3); others are skipped. */
		public Frame await(int type) throws Exception {
			while (true) {
				Frame frame = this.frames.poll(20, TimeUnit.SECONDS);
				if (frame == null) {
					throw new AssertionError("no frame of type " + type + " for 20 s");
				}
				if (frame.type() == type || (type == -3 && frame != END)) {
					return frame;
				}
				if (frame == END) {
					this.frames.add(END);
					throw new EOFException("peer has closed before a frame of type " + type);
				}
			}
		}

		/** SETTINGS, and the request. */
		public Frame awaitRequest() throws Exception {
			settings();
			return await(Http2FrameWriter.HEADERS);
		}

		/** Until the peer closes. */
		public void awaitClose() throws Exception {
			try {
				await(-2);
			}
			catch (EOFException ex) {
				// What is waited for
			}
		}

		public Connection settings(int... pairs) throws IOException {
			ByteBuf payload = Unpooled.buffer();
			for (int i = 0; i < pairs.length; i += 2) {
				payload.writeShort(pairs[i]).writeInt(pairs[i + 1]);
			}
			frame(Http2FrameWriter.SETTINGS, 0, 0, bytes(payload));
			if (!this.acknowledged) {
				// The other side has sent its own before it reads these
				this.acknowledged = true;
				frame(Http2FrameWriter.SETTINGS, Http2FrameWriter.ACK, 0);
			}
			return this;
		}

		public Connection frame(int type, int flags, int streamId, byte... payload) throws IOException {
			ByteBuf frame = Unpooled.buffer();
			frame.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(streamId).writeBytes(payload);
			return raw(bytes(frame));
		}

		public Connection raw(byte... bytes) throws IOException {
			this.out.write(bytes);
			return this;
		}

		public Connection headers(int streamId, boolean end, String... fields) throws IOException {
			return frame(Http2FrameWriter.HEADERS,
					Http2FrameWriter.END_HEADERS | (end ? Http2FrameWriter.END_STREAM : 0), streamId, block(fields));
		}

		public Connection data(int streamId, boolean end, String text) throws IOException {
			return frame(Http2FrameWriter.DATA, end ? Http2FrameWriter.END_STREAM : 0, streamId,
					text.getBytes(StandardCharsets.UTF_8));
		}

		public Connection reset(int streamId, long code) throws IOException {
			return frame(Http2FrameWriter.RST_STREAM, 0, streamId, integer((int) code));
		}

		public Connection goAway(int lastStreamId, long code) throws IOException {
			return frame(Http2FrameWriter.GOAWAY, 0, 0,
					bytes(Unpooled.buffer().writeInt(lastStreamId).writeInt((int) code)));
		}

		public Connection windowUpdate(int streamId, int increment) throws IOException {
			return frame(Http2FrameWriter.WINDOW_UPDATE, 0, streamId, integer(increment));
		}

		public static byte[] integer(int value) {
			return bytes(Unpooled.buffer(4).writeInt(value));
		}

		/** Literals without indexing, without Huffman. */
		public static byte[] block(String... fields) {
			ByteBuf block = Unpooled.buffer();
			for (int i = 0; i < fields.length; i += 2) {
				block.writeByte(0);
				string(block, fields[i]);
				string(block, fields[i + 1]);
			}
			return bytes(block);
		}

		private static void string(ByteBuf block, String text) {
			byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
			if (octets.length < 127) {
				block.writeByte(octets.length);
			}
			else {
				block.writeByte(127);
				int rest = octets.length - 127;
				while (rest > 127) {
					block.writeByte(0x80 | (rest & 127));
					rest >>>= 7;
				}
				block.writeByte(rest);
			}
			block.writeBytes(octets);
		}

		public static byte[] bytes(ByteBuf buffer) {
			byte[] bytes = new byte[buffer.readableBytes()];
			buffer.readBytes(bytes);
			return bytes;
		}

	}

}
