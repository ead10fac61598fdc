package io.securestreams.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * What went over one link between programs of libwebsockets.
 *
 * @param name of the capture
 * @param reads in the order they were seen
 */
public record LinkCapture(String name, List<Read> reads) {

	/**
	 * Bytes that one side was seen to send together, or its end.
	 *
	 * @param fromClient or from the proxy
	 * @param bytes none at the end
	 * @param isEnd whether that side has closed
	 */
	public record Read(boolean fromClient, byte[] bytes, boolean isEnd) {

	}

	/**
	 * Reads a file of captures.
	 * @param file {@code links}, {@code conversations} or {@code mux}
	 * @return its captures
	 */
	public static List<LinkCapture> all(String file) {
		List<LinkCapture> captures = new ArrayList<>();
		Side client = new Side();
		Side proxy = new Side();
		List<Read> reads = new ArrayList<>();
		for (String line : lines("/io/securestreams/proxy/captures/" + file + ".txt")) {
			if (line.startsWith("== ")) {
				reads = new ArrayList<>();
				client = new Side();
				proxy = new Side();
				captures.add(new LinkCapture(line.substring(3), reads));
			}
			else if (line.startsWith("> ") || line.startsWith("< ")) {
				boolean fromClient = line.startsWith("> ");
				String text = line.substring(2);
				boolean end = text.equals("eof");
				Side side = fromClient ? client : proxy;
				reads.add(new Read(fromClient, end ? new byte[0] : side.read(text), end));
			}
		}
		return captures;
	}

	/**
	 * Finds a capture.
	 * @param file see {@link #all}
	 * @param name of the capture
	 * @return the capture
	 */
	public static LinkCapture of(String file, String name) {
		return all(file).stream().filter((capture) -> capture.name().equals(name)).findFirst().orElseThrow();
	}

	/**
	 * Puts together what one side has sent.
	 * @param fromClient or what the proxy has
	 * @return the bytes
	 */
	public byte[] sent(boolean fromClient) {
		ByteBuf all = Unpooled.buffer();
		this.reads.stream()
			.filter((read) -> read.fromClient() == fromClient)
			.forEach((read) -> all.writeBytes(read.bytes()));
		byte[] bytes = new byte[all.readableBytes()];
		all.readBytes(bytes);
		return bytes;
	}

	@Override
	public String toString() {
		return this.name;
	}

	private static List<String> lines(String resource) {
		try (InputStream in = LinkCapture.class.getResourceAsStream(resource)) {
			return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Undoes the repetitions of a capture's file. */
	private static final class Side {

		private final ByteBuf sent = Unpooled.buffer();

		byte[] read(String text) {
			int start = this.sent.writerIndex();
			for (String token : text.split(" ")) {
				if (token.startsWith("~")) {
					int comma = token.indexOf(',');
					int distance = Integer.parseInt(token.substring(1, comma));
					for (int left = Integer.parseInt(token.substring(comma + 1)); left > 0; left--) {
						this.sent.writeByte(this.sent.getByte(this.sent.writerIndex() - distance));
					}
				}
				else {
					this.sent.writeBytes(HexFormat.of().parseHex(token));
				}
			}
			byte[] bytes = new byte[this.sent.writerIndex() - start];
			this.sent.getBytes(start, bytes);
			return bytes;
		}

	}

}
