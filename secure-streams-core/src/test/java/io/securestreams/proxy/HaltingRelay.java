package io.securestreams.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands between a client and its proxy, and passes nothing more to the client after a
 * while, until it is told to.
 */
final class HaltingRelay implements AutoCloseable {

	/** What passes before it stands still. */
	private static final int BEFORE = 64 * 1024;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final ServerSocketChannel server = ServerSocketChannel.open();

	private final CountDownLatch goesOn = new CountDownLatch(1);

	HaltingRelay() throws IOException {
	}

	void goOn() {
		this.goesOn.countDown();
	}

	@Override
	public void close() throws IOException {
		this.goesOn.countDown();
		this.server.close();
		this.threads.shutdownNow();
	}

	/** Where the client is to connect. */
	ProxyAddress open(ProxyAddress to, String prefix) throws IOException {
		this.server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		SocketAddress target = (to instanceof ProxyAddress.Unix unix) ? UnixDomainSocketAddress.of(unix.path())
				: new InetSocketAddress(InetAddress.getLoopbackAddress(), port(to));
		this.threads.execute(() -> {
			try (SocketChannel near = this.server.accept();
					SocketChannel far = (to instanceof ProxyAddress.Unix) ? SocketChannel.open(target)
							: SocketChannel.open()) {
				if (!far.isConnected()) {
					far.setOption(StandardSocketOptions.SO_RCVBUF, BEFORE).connect(target);
				}
				this.threads.execute(() -> pass(near, far, new CountDownLatch(0)));
				pass(far, near, this.goesOn);
			}
			catch (IOException ex) {
				// The test is over
			}
		});
		return ProxyAddress
			.parse(prefix + "tcp:127.0.0.1:" + ((InetSocketAddress) this.server.getLocalAddress()).getPort());
	}

	private static void pass(SocketChannel from, SocketChannel to, CountDownLatch rest) {
		try {
			ByteBuffer some = ByteBuffer.allocate(4096);
			int passed = 0;
			while (from.read(some) >= 0) {
				passed += some.flip().remaining();
				while (some.hasRemaining()) {
					to.write(some);
				}
				some.clear();
				if (passed > BEFORE) {
					rest.await();
				}
			}
		}
		catch (IOException | InterruptedException ex) {
			// The test is over
		}
	}

	private static int port(ProxyAddress address) {
		return (address instanceof ProxyAddress.Mux mux) ? port(mux.connection()) : ((ProxyAddress.Tcp) address).port();
	}

}
