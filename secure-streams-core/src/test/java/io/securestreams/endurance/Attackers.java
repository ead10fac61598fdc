package io.securestreams.endurance;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Connections that write as much as is taken and read nothing.
 */
class Attackers implements AutoCloseable {

	private final int port;

	private final List<Attacker> attackers = new ArrayList<>();

	private long written;

	Attackers(int port) {
		this.port = port;
	}

	/** Connections that write the start, and then a piece so many times. */
	Attackers add(int count, byte[] start, byte[] piece, int times) {
		for (int i = 0; i < count; i++) {
			this.attackers.add(new Attacker(start, piece, times));
		}
		return this;
	}

	/** Connects, and writes for so long. */
	void attack(long millis) throws IOException, InterruptedException {
		for (Attacker attacker : this.attackers) {
			attacker.connect(this.port);
		}
		long start = System.nanoTime();
		while (System.nanoTime() - start < millis * 1_000_000) {
			this.attackers.forEach((attacker) -> this.written += attacker.write());
			Thread.sleep(1);
		}
	}

	@Override
	public void close() throws IOException {
		for (Attacker attacker : this.attackers) {
			SocketChannel channel = attacker.channel;
			if (channel != null) {
				channel.close();
			}
		}
	}

	@Override
	public String toString() {
		return this.attackers.size() + " attackers wrote " + this.written / 1024 + " KiB, the server has closed "
				+ this.attackers.stream().filter((attacker) -> attacker.failed).count();
	}

	private static final class Attacker {

		private final byte[] piece;

		private @Nullable SocketChannel channel;

		private ByteBuffer current;

		private int times;

		private boolean failed;

		Attacker(byte[] start, byte[] piece, int times) {
			this.piece = piece;
			this.current = ByteBuffer.wrap(start);
			this.times = times;
		}

		void connect(int to) throws IOException {
			SocketChannel made = SocketChannel.open(new InetSocketAddress("127.0.0.1", to));
			made.configureBlocking(false);
			this.channel = made;
		}

		int write() {
			SocketChannel to = this.channel;
			try {
				if (to == null || this.failed || (!this.current.hasRemaining() && this.times == 0)) {
					return 0;
				}
				if (!this.current.hasRemaining()) {
					this.times--;
					this.current = ByteBuffer.wrap(this.piece);
				}
				return to.write(this.current);
			}
			catch (IOException ex) {
				this.failed = true;
				return 0;
			}
		}

	}

}
