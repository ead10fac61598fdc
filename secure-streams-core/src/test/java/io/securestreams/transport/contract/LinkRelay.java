package io.securestreams.transport.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import io.securestreams.testing.AcceptThread;

/**
 * Stands between two ends of TCP connections, the first of which dies after so many
 * bytes; all others live.
 */
final class LinkRelay implements AutoCloseable {

	private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

	private final int target;

	private final Death death;

	private final AcceptThread acceptor;

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	/** Bytes of the first connection. */
	final AtomicLong sent = new AtomicLong();

	final AtomicLong received = new AtomicLong();

	volatile int connections;

	/**
	 * When the first connection dies.
	 *
	 * @param up whether what is sent counts, else what is received
	 * @param bytes after so many
	 * @param reset whether by a reset, which may overtake what was sent before
	 */
	record Death(boolean up, long bytes, boolean reset) {

		static final Death NEVER = new Death(true, Long.MAX_VALUE, false);

	}

	LinkRelay(int target, Death death) throws IOException {
		this.target = target;
		this.death = death;
		this.acceptor = new AcceptThread("relay", this::accept);
	}

	int port() {
		return this.server.getLocalPort();
	}

	private void accept() {
		try {
			while (true) {
				Socket near = this.server.accept();
				this.sockets.add(near);
				near.setTcpNoDelay(true);
				Socket far = new Socket(InetAddress.getLoopbackAddress(), this.target);
				this.sockets.add(far);
				far.setTcpNoDelay(true);
				boolean first = this.connections++ == 0;
				start(() -> copy(near, far, first ? this.sent : null, this.death.up));
				start(() -> copy(far, near, first ? this.received : null, !this.death.up));
			}
		}
		catch (IOException ex) {
			// Closed
		}
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "relay");
		thread.setDaemon(true);
		thread.start();
	}

	private void copy(Socket from, Socket to, AtomicLong count, boolean deadly) {
		byte[] buffer = new byte[16 * 1024];
		try (from; to) {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			while (true) {
				long left = (count != null && deadly) ? this.death.bytes - count.get() : Long.MAX_VALUE;
				if (left == 0) {
					if (this.death.reset) {
						from.setSoLinger(true, 0);
						to.setSoLinger(true, 0);
					}
					return;
				}
				int length = in.read(buffer, 0, (int) Math.min(left, buffer.length));
				if (length < 0) {
					return;
				}
				if (count != null) {
					count.addAndGet(length);
				}
				out.write(buffer, 0, length);
			}
		}
		catch (IOException ex) {
			// Ended
		}
	}

	@Override
	public void close() throws IOException {
		this.server.close();
		this.acceptor.join();
		for (Socket socket : this.sockets) {
			socket.close();
		}
	}

}
