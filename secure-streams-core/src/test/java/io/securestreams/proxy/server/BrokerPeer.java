package io.securestreams.proxy.server;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;

/** An MQTT broker's end of a connection, which blocks. */
final class BrokerPeer implements AutoCloseable {

	private static final int PUBLISH = 3;

	private final Socket socket;

	private final DataInputStream in;

	BrokerPeer(Socket socket, boolean sessionPresent) throws IOException {
		this.socket = socket;
		this.in = new DataInputStream(socket.getInputStream());
		read();
		socket.getOutputStream().write(new byte[] { 0x20, 2, (byte) (sessionPresent ? 1 : 0), 0 });
	}

	/** Lets the client send a message, and reads it. */
	int publication(LinkClient client, String text) throws IOException {
		client.send(LinkClient.message(text));
		return read();
	}

	/** Reads a packet, and returns the number of a message. */
	int read() throws IOException {
		int type = this.in.readUnsignedByte() >> 4;
		byte[] packet = new byte[this.in.readUnsignedByte()];
		this.in.readFully(packet);
		return (type == PUBLISH) ? ((packet[3] & 0xff) << 8) | (packet[4] & 0xff) : 0;
	}

	void acknowledge(int id) throws IOException {
		this.socket.getOutputStream().write(new byte[] { 0x40, 2, (byte) (id >> 8), (byte) id });
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
