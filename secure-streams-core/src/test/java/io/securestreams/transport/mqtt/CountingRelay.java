package io.securestreams.transport.mqtt;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.securestreams.testing.AcceptThread;

/**
 * Stands before a broker on 127.0.0.1 and does something once so many bytes have passed,
 * before any more do. On blocking sockets of the JDK.
 */
final class CountingRelay implements AutoCloseable {

	private final ServerSocket listener;

	private final int target;

	private final AcceptThread acceptor;

	private final Point toBroker = new Point();

	private final Point toClient = new Point();

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	CountingRelay(int target) throws IOException {
		this.target = target;
		this.listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
		this.acceptor = new AcceptThread("relay", this::acceptAll);
	}

	int port() {
		return this.listener.getLocalPort();
	}

	/** Acts after so many more bytes from clients. */
	void afterToBroker(long bytes, Task task) {
		this.toBroker.set(bytes, task);
	}

	/** Acts after so many more bytes from the broker. */
	void afterToClient(long bytes, Task task) {
		this.toClient.set(bytes, task);
	}

	/** Ends all connections that there are. */
	void cut() throws IOException {
		for (Socket socket : this.sockets) {
			this.sockets.remove(socket);
			socket.close();
		}
	}

	private void acceptAll() {
		try {
			while (true) {
				Socket near = this.listener.accept();
				this.sockets.add(near);
				relay(near);
			}
		}
		catch (IOException ex) {
			// Closed
		}
	}

	private void relay(Socket near) throws IOException {
		Socket far;
		try {
			far = new Socket("127.0.0.1", this.target);
		}
		catch (IOException ex) {
			// The broker is down
			near.close();
			return;
		}
		this.sockets.add(far);
		thread(() -> copy(near, far, this.toBroker));
		thread(() -> copy(far, near, this.toClient));
	}

	private static void copy(Socket from, Socket to, Point point) throws Exception {
		byte[] buffer = new byte[16384];
		try (from; to) {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
				int first = point.until(length);
				out.write(buffer, 0, first);
				point.passed(first);
				out.write(buffer, first, length - first);
				point.passed(length - first);
			}
		}
	}

	private static void thread(Task task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (Exception ex) {
				// Closed
			}
		}, "relay");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
		this.acceptor.join();
		for (Socket socket : this.sockets) {
			socket.close();
		}
	}

	/** Something to do. */
	interface Task {

		void run() throws Exception;

	}

	/** A place in all that goes one way. */
	private static final class Point {

		private long left = -1;

		private Task task = () -> {
		};

		synchronized void set(long bytes, Task action) {
			this.left = bytes;
			this.task = action;
		}

		/** How many of so many bytes come before it. */
		synchronized int until(int length) {
			return (this.left > 0) ? (int) Math.min(this.left, length) : length;
		}

		synchronized void passed(int length) throws Exception {
			if (this.left > 0 && length > 0) {
				this.left -= length;
				if (this.left == 0) {
					this.left = -1;
					this.task.run();
				}
			}
		}

	}

}
