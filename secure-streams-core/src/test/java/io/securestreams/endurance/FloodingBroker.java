package io.securestreams.endurance;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A broker of MQTT 3.1.1 that accepts whatever it is asked for, and publishes as much as
 * is taken while it is told to.
 */
final class FloodingBroker implements AutoCloseable {

	private static final byte[] CONNACK = { 0x20, 2, 0, 0 };

	private static final int PAYLOAD = 60_000;

	private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));

	private final AtomicLong written = new AtomicLong();

	private volatile boolean flooding;

	FloodingBroker() throws IOException {
		start(this::accept);
	}

	int port() {
		return this.server.getLocalPort();
	}

	long written() {
		return this.written.get();
	}

	void flood(long millis) throws InterruptedException {
		this.flooding = true;
		Thread.sleep(millis);
		this.flooding = false;
	}

	private void accept() {
		while (true) {
			try {
				Socket socket = this.server.accept();
				start(() -> serve(socket));
			}
			catch (IOException ex) {
				return;
			}
		}
	}

	private void serve(Socket socket) {
		try (socket) {
			DataInputStream in = new DataInputStream(socket.getInputStream());
			OutputStream out = socket.getOutputStream();
			packet(in);
			out.write(CONNACK);
			byte[] subscribe = packet(in);
			out.write(new byte[] { (byte) 0x90, 3, subscribe[0], subscribe[1], 0 });
			byte[] publish = publish();
			while (true) {
				if (this.flooding) {
					out.write(publish);
					this.written.addAndGet(publish.length);
				}
				else {
					Thread.sleep(10);
				}
			}
		}
		catch (IOException ex) {
			// The client has gone
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** What follows the fixed header. */
	private static byte[] packet(DataInputStream in) throws IOException {
		in.readByte();
		int length = 0;
		int next;
		int shift = 0;
		do {
			next = in.readUnsignedByte();
			length |= (next & 0x7f) << shift;
			shift += 7;
		}
		while (next >= 0x80);
		return in.readNBytes(length);
	}

	/** Of topic {@code a}, QoS 0. */
	private static byte[] publish() {
		int length = PAYLOAD + 3;
		byte[] packet = new byte[4 + length];
		packet[0] = 0x30;
		packet[1] = (byte) (length & 0x7f | 0x80);
		packet[2] = (byte) (length >> 7 & 0x7f | 0x80);
		packet[3] = (byte) (length >> 14);
		packet[5] = 1;
		packet[6] = 'a';
		return packet;
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "broker");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.server.close();
	}

}
