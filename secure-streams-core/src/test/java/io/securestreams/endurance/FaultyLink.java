package io.securestreams.endurance;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import io.securestreams.testing.AcceptThread;

/**
 * Forwards to a port of this host, and lets connections die: some end, some are reset,
 * some stall and are reset later, after some bytes. On blocking sockets of the JDK.
 */
final class FaultyLink implements Closeable {

	/** Bytes after which a connection meets its fate, at most. */
	private static final int PATIENCE = 400_000;

	private static final int STALL_MILLIS = 4000;

	final LongAdder faults = new LongAdder();

	private final ServerSocket listener = new ServerSocket(0, 200, InetAddress.getByName("127.0.0.1"));

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private final int target;

	private final AcceptThread acceptor;

	private final SplittableRandom random;

	FaultyLink(int target, SplittableRandom random) throws IOException {
		this.target = target;
		this.random = random;
		this.acceptor = new AcceptThread("faulty-link", this::accept);
	}

	int port() {
		return this.listener.getLocalPort();
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "faulty-link");
		thread.setDaemon(true);
		thread.start();
	}

	private void accept() {
		try {
			while (true) {
				Socket near = this.listener.accept();
				Socket far = new Socket(InetAddress.getByName("127.0.0.1"), this.target);
				this.sockets.add(near);
				this.sockets.add(far);
				Fate fate = Fate.values()[this.random.nextInt(Fate.values().length)];
				long after = this.random.nextInt(1, PATIENCE);
				start(() -> forward(near, far, fate, after));
				start(() -> forward(far, near, fate, after));
			}
		}
		catch (IOException ex) {
			// Closed
		}
	}

	private void forward(Socket from, Socket to, Fate fate, long after) {
		byte[] bytes = new byte[8192];
		long sum = 0;
		try {
			for (int count = from.getInputStream().read(bytes); count >= 0; count = from.getInputStream().read(bytes)) {
				sum += count;
				if (fate != Fate.LIVE && sum > after) {
					this.faults.increment();
					if (fate == Fate.STALL) {
						Thread.sleep(STALL_MILLIS);
					}
					if (fate != Fate.END) {
						from.setSoLinger(true, 0);
						to.setSoLinger(true, 0);
					}
					break;
				}
				to.getOutputStream().write(bytes, 0, count);
			}
		}
		catch (IOException | InterruptedException ex) {
			// One side has gone, so the other one goes
		}
		discard(from);
		discard(to);
	}

	private void discard(Socket socket) {
		this.sockets.remove(socket);
		try {
			socket.close();
		}
		catch (IOException ex) {
			// Closed
		}
	}

	/** Ends it all. */
	void cut() throws IOException {
		this.listener.close();
		this.acceptor.join();
		this.sockets.forEach(this::discard);
	}

	@Override
	public void close() throws IOException {
		cut();
	}

	private enum Fate {

		LIVE, END, RESET, STALL

	}

}
