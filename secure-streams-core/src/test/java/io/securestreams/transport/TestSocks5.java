package io.securestreams.transport;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

/**
 * A SOCKS5 proxy (RFC 1928, RFC 1929) by the book, on blocking sockets. Every name leads
 * to 127.0.0.1.
 */
public final class TestSocks5 implements JdkPeer.Script {

	/** What it was asked to connect to, as {@code name:port}. */
	public final List<String> destinations = new CopyOnWriteArrayList<>();

	private final @Nullable String user;

	private final @Nullable String password;

	private final Mode mode;

	public TestSocks5(@Nullable String user, @Nullable String password, Mode mode) {
		this.user = user;
		this.password = password;
		this.mode = mode;
	}

	/** Whether its client has to lose patience. */
	public boolean isStalling() {
		return this.mode == Mode.STALL || this.mode == Mode.STALL_HALFWAY;
	}

	@Override
	public void run(Socket socket) throws Exception {
		DataInputStream in = new DataInputStream(socket.getInputStream());
		OutputStream out = socket.getOutputStream();
		if (this.mode == Mode.STALL) {
			in.transferTo(OutputStream.nullOutputStream());
			return;
		}
		byte[] lie = lie();
		if (lie.length > 0) {
			in.readNBytes(3);
			out.write(lie);
			if (this.mode != Mode.HANG_UP) {
				in.transferTo(OutputStream.nullOutputStream());
			}
			return;
		}
		if (this.mode == Mode.FLOOD) {
			out.write(new byte[] { 5, 0 });
			byte[] flood = new byte[65536];
			java.util.Arrays.fill(flood, (byte) 0xff);
			while (true) {
				out.write(flood);
			}
		}
		if (!authenticate(in, out)) {
			return;
		}
		// VER CMD RSV ATYP
		in.readNBytes(3);
		String host = switch (in.readByte()) {
			case 1 -> InetAddress.getByAddress(in.readNBytes(4)).getHostAddress();
			case 4 -> InetAddress.getByAddress(in.readNBytes(16)).getHostAddress();
			default -> text(in);
		};
		int port = in.readUnsignedShort();
		this.destinations.add(host + ":" + port);
		if (this.mode == Mode.REFUSE) {
			out.write(new byte[] { 5, 5, 0, 1, 0, 0, 0, 0, 0, 0 });
			return;
		}
		try (Socket onward = new Socket("127.0.0.1", port)) {
			byte[] banner = new byte[0];
			if (this.mode == Mode.BANNER) {
				banner = onward.getInputStream().readNBytes(6);
			}
			byte[] answer = new byte[10 + banner.length];
			answer[0] = 5;
			answer[3] = 1;
			System.arraycopy(banner, 0, answer, 10, banner.length);
			out.write(answer);
			Thread back = new Thread(() -> copy(onward, socket), "socks5-back");
			back.setDaemon(true);
			back.start();
			copy(socket, onward);
			back.join();
		}
	}

	private byte[] lie() {
		return switch (this.mode) {
			// Success, and an address that does not arrive
			case STALL_HALFWAY -> new byte[] { 5, 0, 5, 0, 0, 3, (byte) 0xff, 'a' };
			case GARBAGE -> "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
			case UNASKED_METHOD -> new byte[] { 5, 1 };
			case PRIVATE_METHOD -> new byte[] { 5, (byte) 0x80 };
			case NO_METHOD -> new byte[] { 5, (byte) 0xff };
			case WRONG_VERSION -> new byte[] { 4, 90, 0, 0, 0, 0, 0, 0 };
			case HANG_UP -> new byte[] { 5 };
			default -> new byte[0];
		};
	}

	private boolean authenticate(DataInputStream in, OutputStream out) throws IOException {
		in.readByte();
		byte[] methods = in.readNBytes(in.readByte());
		int wanted = (this.user != null) ? 2 : 0;
		for (byte method : methods) {
			if (method == wanted) {
				out.write(new byte[] { 5, (byte) wanted });
				if (wanted == 0) {
					return true;
				}
				in.readByte();
				boolean known = text(in).equals(this.user) & text(in).equals(this.password);
				out.write(new byte[] { 1, (byte) (known ? 0 : 1) });
				return known;
			}
		}
		out.write(new byte[] { 5, (byte) 0xff });
		return false;
	}

	private static String text(DataInputStream in) throws IOException {
		return new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.UTF_8);
	}

	private static void copy(Socket from, Socket to) {
		try {
			from.getInputStream().transferTo(to.getOutputStream());
			to.shutdownOutput();
		}
		catch (IOException ex) {
			// One side has gone
		}
	}

	/**
	 * How it behaves.
	 */
	public enum Mode {

		/** Properly. */
		CONNECT,
		/** Sends the peer's first six bytes together with its own last answer. */
		BANNER,
		/** Refuses to connect. */
		REFUSE,
		/** Never answers. */
		STALL,
		/** Never finishes its last answer. */
		STALL_HALFWAY,
		/** Speaks another protocol. */
		GARBAGE,
		/** Chooses a method that it was not offered. */
		UNASKED_METHOD,
		/** Chooses a method of its own, which it was not offered. */
		PRIVATE_METHOD,
		/** Takes none of the methods. */
		NO_METHOD,
		/** Speaks SOCKS4. */
		WRONG_VERSION,
		/** Sends without end. */
		FLOOD,
		/** Closes the connection in the middle of an answer. */
		HANG_UP

	}

}
