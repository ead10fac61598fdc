package io.securestreams.transport;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.pkitesting.X509Bundle;

import io.securestreams.testing.AcceptThread;

/**
 * A server on blocking sockets of the JDK: one thread per connection.
 */
public final class JdkPeer implements Closeable {

	private final ServerSocket server;

	private final Script script;

	private final AcceptThread acceptor;

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	private final AtomicInteger accepted = new AtomicInteger();

	private final CompletableFuture<Void> served = new CompletableFuture<>();

	private JdkPeer(ServerSocket server, Script script) {
		this.server = server;
		this.script = script;
		this.acceptor = new AcceptThread("jdk-peer", this::acceptAll);
	}

	public static JdkPeer tcp(Script script) throws IOException {
		return new JdkPeer(new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")), script);
	}

	public static JdkPeer tls(X509Bundle identity, Script script) throws IOException {
		return new JdkPeer(TestPki.jdkContext(identity)
			.getServerSocketFactory()
			.createServerSocket(0, 50, InetAddress.getByName("127.0.0.1")), script);
	}

	public static JdkPeer of(ServerSocket server, Script script) {
		return new JdkPeer(server, script);
	}

	/** Sends back what comes until the end. */
	public static void echo(Socket socket) throws IOException {
		socket.getInputStream().transferTo(socket.getOutputStream());
	}

	public int port() {
		return this.server.getLocalPort();
	}

	public int accepted() {
		return this.accepted.get();
	}

	/**
	 * Waits until the script of the first connection has ended, and throws what it threw.
	 */
	public void awaitServed() throws Exception {
		this.served.get(20, TimeUnit.SECONDS);
	}

	@Override
	public void close() throws IOException {
		this.server.close();
		this.acceptor.join();
		for (Socket socket : this.sockets) {
			socket.close();
		}
	}

	private void acceptAll() {
		try {
			while (true) {
				Socket socket = this.server.accept();
				this.sockets.add(socket);
				this.accepted.incrementAndGet();
				Thread thread = new Thread(() -> serve(socket), "jdk-peer-connection");
				thread.setDaemon(true);
				thread.start();
			}
		}
		catch (IOException ex) {
			// Closed
		}
	}

	private void serve(Socket socket) {
		try (socket) {
			this.script.run(socket);
			this.served.complete(null);
		}
		catch (Exception ex) {
			this.served.completeExceptionally(ex);
		}
	}

	/**
	 * What the server does with a connection, which is closed afterwards.
	 */
	public interface Script {

		void run(Socket socket) throws Exception;

	}

}
