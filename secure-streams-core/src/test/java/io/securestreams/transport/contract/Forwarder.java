package io.securestreams.transport.contract;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;

import io.netty.pkitesting.X509Bundle;

import io.securestreams.testing.AcceptThread;
import io.securestreams.transport.TestPki;

/**
 * Stands before a peer on 127.0.0.1: speaks TLS for it, listens on other kinds of
 * sockets, or loses everything that is sent. On blocking sockets of the JDK.
 */
public final class Forwarder implements Closeable {

	private final Closeable listener;

	private final Accept accept;

	private final AcceptThread acceptor;

	private final int port;

	private final int target;

	private final List<Link> links = new CopyOnWriteArrayList<>();

	private final AtomicInteger accepted = new AtomicInteger();

	private Forwarder(Closeable listener, Accept accept, int port, int target) {
		this.listener = listener;
		this.accept = accept;
		this.port = port;
		this.target = target;
		this.acceptor = new AcceptThread("forwarder", this::acceptAll);
	}

	public static Forwarder tcp(int target) throws IOException {
		return of(new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")), target);
	}

	public static Forwarder ipv6(int target) throws IOException {
		return of(new ServerSocket(0, 50, InetAddress.getByName("::1")), target);
	}

	public static Forwarder tls(X509Bundle identity, List<String> alpn, int target) throws IOException {
		SSLServerSocket server = (SSLServerSocket) TestPki.jdkContext(identity)
			.getServerSocketFactory()
			.createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
		SSLParameters parameters = server.getSSLParameters();
		parameters.setApplicationProtocols(alpn.toArray(new String[0]));
		server.setSSLParameters(parameters);
		return of(server, target);
	}

	/** Removes the path when it is closed. */
	public static Forwarder unix(Path path, int target) throws IOException {
		ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		server.bind(UnixDomainSocketAddress.of(path));
		return new Forwarder(() -> {
			server.close();
			Files.deleteIfExists(path);
		}, () -> {
			SocketChannel channel = server.accept();
			// The streams of Channels cannot read and write at the same time
			return new Side((buffer) -> channel.read(ByteBuffer.wrap(buffer)), (buffer, length) -> {
				ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, length);
				while (bytes.hasRemaining()) {
					channel.write(bytes);
				}
			}, channel::shutdownOutput, channel);
		}, 0, target);
	}

	private static Forwarder of(ServerSocket server, int target) {
		return new Forwarder(server, () -> Side.of(server.accept()), server.getLocalPort(), target);
	}

	public int port() {
		return this.port;
	}

	public int accepted() {
		return this.accepted.get();
	}

	/** Loses from now on what is sent over the connections there are, their ends too. */
	public void freeze() {
		this.links.forEach((link) -> link.frozen = true);
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
		this.acceptor.join();
		for (Link link : this.links) {
			link.near.close();
			link.far.close();
		}
	}

	private void acceptAll() {
		try {
			while (true) {
				Side near = this.accept.accept();
				this.accepted.incrementAndGet();
				Link link = new Link(near, Side.of(new Socket("127.0.0.1", this.target)));
				this.links.add(link);
				thread("forwarder-in", () -> link.copy(link.near, link.far));
				thread("forwarder-out", () -> link.copy(link.far, link.near));
			}
		}
		catch (IOException ex) {
			// Closed
		}
	}

	private static void thread(String name, Copying task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (IOException ex) {
				// Closed
			}
		}, name);
		thread.setDaemon(true);
		thread.start();
	}

	/** Accepts one connection. */
	private interface Accept {

		Side accept() throws IOException;

	}

	/** Work of a thread. */
	private interface Copying {

		void run() throws IOException;

	}

	/** Reads some bytes. */
	private interface Input {

		int read(byte[] buffer) throws IOException;

	}

	/** Writes bytes. */
	private interface Output {

		void write(byte[] buffer, int length) throws IOException;

	}

	/** One end of a link. */
	private record Side(Input in, Output out, Copying endOutput, Closeable socket) {

		static Side of(Socket socket) throws IOException {
			InputStream in = socket.getInputStream();
			OutputStream out = socket.getOutputStream();
			return new Side(in::read, (buffer, length) -> {
				out.write(buffer, 0, length);
				out.flush();
			}, socket::shutdownOutput, socket);
		}

		void close() throws IOException {
			this.socket.close();
		}

	}

	/** One connection with its continuation. */
	private static final class Link {

		private final Side near;

		private final Side far;

		private volatile boolean frozen;

		Link(Side near, Side far) {
			this.near = near;
			this.far = far;
		}

		void copy(Side from, Side to) throws IOException {
			byte[] buffer = new byte[16384];
			try {
				for (int length = from.in().read(buffer); length >= 0; length = from.in().read(buffer)) {
					if (!this.frozen) {
						to.out().write(buffer, length);
					}
				}
				if (!this.frozen) {
					to.endOutput().run();
				}
			}
			catch (IOException ex) {
				if (!this.frozen) {
					from.close();
					to.close();
				}
			}
		}

	}

}
