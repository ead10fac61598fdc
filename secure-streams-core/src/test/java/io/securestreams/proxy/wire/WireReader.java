package io.securestreams.proxy.wire;

import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Reads bytes with a decoder, cut as the test likes, into whole frames.
 */
final class WireReader {

	private WireReader() {
	}

	static List<ClientFrame> client(byte[] bytes, int cut) throws WireViolation {
		List<ClientFrame> frames = new ArrayList<>();
		ClientFrameDecoder decoder = new ClientFrameDecoder(65535);
		feed(decoder, bytes, cut, (frame) -> frames.add(joined(frames, frame)));
		return frames;
	}

	static List<ProxyFrame> proxy(byte[] bytes, int cut) throws WireViolation {
		List<ProxyFrame> frames = new ArrayList<>();
		feed(new ProxyFrameDecoder(1, 65535), bytes, cut, (frame) -> frames.add(joined(frames, frame)));
		return frames;
	}

	static <F> void feed(FrameDecoder<F> decoder, byte[] bytes, int cut, FrameListener<F> listener)
			throws WireViolation {
		for (int at = 0; at < bytes.length; at += cut) {
			decoder.read(Unpooled.wrappedBuffer(bytes, at, Math.min(cut, bytes.length - at)), listener);
		}
	}

	static byte[] written(ClientFrame frame) {
		ByteBuf out = Unpooled.buffer();
		FrameEncoder.write(frame, out);
		return bytes(out);
	}

	static byte[] written(ProxyFrame frame) {
		ByteBuf out = Unpooled.buffer();
		FrameEncoder.write(frame, out);
		return bytes(out);
	}

	static byte[] bytes(ByteBuf out) {
		byte[] bytes = new byte[out.readableBytes()];
		out.readBytes(bytes);
		return bytes;
	}

	private static ClientFrame joined(List<ClientFrame> before, ClientFrame frame) {
		if (!(frame instanceof TxPayload piece)) {
			return frame;
		}
		ByteBuf content = Unpooled.buffer();
		if (!piece.isFirst()) {
			content.writeBytes(((TxPayload) before.remove(before.size() - 1)).content());
		}
		return new TxPayload(piece.head(), content.writeBytes(piece.content()));
	}

	private static ProxyFrame joined(List<ProxyFrame> before, ProxyFrame frame) {
		if (!(frame instanceof RxPayload piece)) {
			return frame;
		}
		ByteBuf content = Unpooled.buffer();
		if (!piece.isFirst()) {
			content.writeBytes(((RxPayload) before.remove(before.size() - 1)).content());
		}
		return new RxPayload(piece.head(), content.writeBytes(piece.content()));
	}

}
