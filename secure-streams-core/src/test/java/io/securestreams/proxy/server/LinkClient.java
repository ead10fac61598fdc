package io.securestreams.proxy.server;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.wire.ClientFrame;
import io.securestreams.proxy.wire.ConnState;
import io.securestreams.proxy.wire.CreateResult;
import io.securestreams.proxy.wire.FrameEncoder;
import io.securestreams.proxy.wire.MetadataItem;
import io.securestreams.proxy.wire.PayloadFlag;
import io.securestreams.proxy.wire.PayloadHead;
import io.securestreams.proxy.wire.ProxyFrame;
import io.securestreams.proxy.wire.ProxyFrameDecoder;
import io.securestreams.proxy.wire.RxPayload;
import io.securestreams.proxy.wire.StreamType;
import io.securestreams.proxy.wire.TxPayload;
import io.securestreams.proxy.wire.WireViolation;
import io.securestreams.stream.StreamState;

/**
 * A client made by hand, which blocks.
 */
final class LinkClient implements AutoCloseable {

	private final @Nullable SocketChannel channel;

	private final ProxyFrameDecoder decoder = new ProxyFrameDecoder(1, 65535);

	private final Deque<String> heard = new ArrayDeque<>();

	/** Payload as it has come, and the flags of its frames. */
	final ByteBuf received = Unpooled.buffer();

	final List<Integer> flags = new ArrayList<>();

	private LinkClient(@Nullable SocketChannel channel) {
		this.channel = channel;
	}

	static LinkClient to(ProxyAddress address) throws IOException {
		SocketAddress target = (address instanceof ProxyAddress.Tcp tcp) ? new InetSocketAddress(tcp.host(), tcp.port())
				: UnixDomainSocketAddress.of(Path.of(((ProxyAddress.Unix) address).path()));
		return new LinkClient(SocketChannel.open(target));
	}

	/** One that has only what it is {@linkplain #hear given}. */
	static LinkClient recorded() {
		return new LinkClient(null);
	}

	/** What has come and has not been asked for. */
	List<String> pending() {
		return List.copyOf(this.heard);
	}

	void hear(byte[] bytes) throws IOException {
		try {
			this.decoder.read(Unpooled.wrappedBuffer(bytes), this::onFrame);
		}
		catch (WireViolation ex) {
			throw new IOException(ex);
		}
	}

	private SocketChannel channel() {
		return Objects.requireNonNull(this.channel);
	}

	static LinkClient to(ProxyServer server) throws IOException {
		return to(server.addresses().get(0));
	}

	LinkClient ask(String streamType) throws IOException {
		return send(new StreamType(1, 4711, StreamType.DEFAULT_CREDIT, streamType));
	}

	LinkClient send(ClientFrame... frames) throws IOException {
		ByteBuf out = Unpooled.buffer();
		for (ClientFrame frame : frames) {
			FrameEncoder.write(frame, out);
		}
		byte[] bytes = new byte[out.readableBytes()];
		out.readBytes(bytes);
		return raw(bytes);
	}

	LinkClient raw(byte[] bytes) throws IOException {
		ByteBuffer buffer = ByteBuffer.wrap(bytes);
		while (buffer.hasRemaining()) {
			channel().write(buffer);
		}
		return this;
	}

	static TxPayload message(String text) {
		return payload(PayloadFlag.SOM | PayloadFlag.EOM, text.getBytes(StandardCharsets.UTF_8));
	}

	static TxPayload payload(int flags, byte[] bytes) {
		return new TxPayload(PayloadHead.of(flags, 0, bytes.length), Unpooled.wrappedBuffer(bytes));
	}

	/** What comes next, in words; {@code eof} at the end. Payload does not count. */
	String next() throws IOException {
		while (this.heard.isEmpty()) {
			if (!read()) {
				return "eof";
			}
		}
		return this.heard.remove();
	}

	List<String> next(int count) throws IOException {
		List<String> words = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			words.add(next());
		}
		return words;
	}

	/** Reads on until something has come. */
	List<String> until(Predicate<String> last) throws IOException {
		List<String> words = new ArrayList<>();
		do {
			words.add(next());
		}
		while (!last.test(words.get(words.size() - 1)) && !words.get(words.size() - 1).equals("eof"));
		return words;
	}

	List<String> until(String last) throws IOException {
		return until((word) -> word.equals(last));
	}

	String text(int length) throws IOException {
		while (this.received.readableBytes() < length) {
			if (!read()) {
				throw new EOFException(this.received.toString(StandardCharsets.UTF_8));
			}
		}
		return this.received.readCharSequence(length, StandardCharsets.UTF_8).toString();
	}

	/** Reads once, if there is something. */
	boolean read() throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
		int count;
		try {
			count = channel().read(buffer);
		}
		catch (IOException ex) {
			count = -1;
		}
		if (count < 0) {
			return false;
		}
		try {
			this.decoder.read(Unpooled.wrappedBuffer(buffer.flip()), this::onFrame);
		}
		catch (WireViolation ex) {
			throw new IOException(ex);
		}
		return true;
	}

	private void onFrame(ProxyFrame frame) {
		if (frame instanceof RxPayload payload) {
			this.received.writeBytes(payload.content(), payload.content().readerIndex(),
					payload.content().readableBytes());
			if (payload.isFirst()) {
				this.flags.add(payload.head().flags());
			}
		}
		else if (frame instanceof ConnState state) {
			StreamState known = StreamState.ofCode(state.state());
			this.heard.add(((known != null) ? known.name() : String.valueOf(state.state()))
					+ ((state.ordinal() != 0) ? " " + state.ordinal() : ""));
		}
		else if (frame instanceof MetadataItem item) {
			this.heard.add(item.name() + "=" + new String(item.value(), StandardCharsets.UTF_8));
		}
		else if (frame instanceof CreateResult result) {
			this.heard.add((result.isCreated() ? "created " : "refused ") + result.list());
		}
		else {
			this.heard.add(frame.getClass().getSimpleName());
		}
	}

	void halfClose() throws IOException {
		channel().shutdownOutput();
	}

	@Override
	public void close() throws IOException {
		channel().close();
	}

}
