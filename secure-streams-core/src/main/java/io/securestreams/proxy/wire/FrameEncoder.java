package io.securestreams.proxy.wire;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * Writes frames.
 */
public final class FrameEncoder {

	/** Most bytes in front of payload. */
	public static final int MAX_PAYLOAD_HEAD = FrameType.HEADER + FrameType.PAYLOAD_HEAD + 1
			+ StreamType.MAX_NAME_LENGTH;

	private FrameEncoder() {
	}

	/**
	 * Writes a client's frame.
	 * @param frame the frame; payload is copied, and is to be the whole of it
	 * @param out takes the bytes
	 */
	public static void write(ClientFrame frame, ByteBuf out) {
		if (frame instanceof TxPayload payload) {
			writeHead(payload.head(), FrameType.TX_PAYLOAD, out);
			writeContent(payload.content(), out);
		}
		else if (frame instanceof StreamType streamType) {
			write(streamType, out);
		}
		else if (frame instanceof MetadataItem item) {
			write(item, FrameType.METADATA_TO_PROXY, out);
		}
		else if (frame instanceof TxCredit credit) {
			writeNumber(FrameType.TXCR_UPDATE_TO_PROXY, credit.bytes(), out);
		}
		else if (frame instanceof TimeoutUpdate timeout) {
			writeNumber(FrameType.TIMEOUT_UPDATE, timeout.millis(), out);
		}
		else if (frame instanceof LengthHint hint) {
			writeNumber(FrameType.PAYLOAD_LENGTH_HINT, hint.bytes(), out);
		}
		else {
			header((frame instanceof OnwardConnect) ? FrameType.ONWARD_CONNECT : FrameType.DESTROYING, 0, out);
		}
	}

	/**
	 * Writes a proxy's frame.
	 * @param frame the frame; payload is copied, and is to be the whole of it
	 * @param out takes the bytes
	 */
	public static void write(ProxyFrame frame, ByteBuf out) {
		if (frame instanceof RxPayload payload) {
			writeHead(payload.head(), FrameType.RX_PAYLOAD, out);
			writeContent(payload.content(), out);
		}
		else if (frame instanceof ConnState state) {
			write(state, out);
		}
		else if (frame instanceof MetadataItem item) {
			write(item, FrameType.METADATA_TO_CLIENT, out);
		}
		else if (frame instanceof TxCredit credit) {
			writeNumber(FrameType.TXCR_UPDATE_TO_CLIENT, credit.bytes(), out);
		}
		else if (frame instanceof Perf perf) {
			header(FrameType.PERF, Names.length(perf.json()), out);
			ByteBufUtil.writeUtf8(out, perf.json());
		}
		else if (frame instanceof CreateResult result) {
			write(result, out);
		}
	}

	/**
	 * Writes what comes before the payload in TX_PAYLOAD; the payload is to follow.
	 * @param head tells the length of the payload
	 * @param out takes the bytes
	 */
	public static void writeTxHead(PayloadHead head, ByteBuf out) {
		writeHead(head, FrameType.TX_PAYLOAD, out);
	}

	/**
	 * Writes what comes before the payload in RX_PAYLOAD; the payload is to follow.
	 * @param head tells the length of the payload
	 * @param out takes the bytes
	 */
	public static void writeRxHead(PayloadHead head, ByteBuf out) {
		writeHead(head, FrameType.RX_PAYLOAD, out);
	}

	private static void writeHead(PayloadHead head, int type, ByteBuf out) {
		String rideshare = head.rideshare();
		int nameLength = (rideshare != null) ? Names.length(rideshare) : 0;
		header(type, FrameType.PAYLOAD_HEAD + ((rideshare != null) ? 1 + nameLength : 0) + head.length(), out);
		out.writeInt(head.flags());
		out.writeInt(head.waited());
		out.writeLong(head.time());
		if (rideshare != null) {
			out.writeByte(nameLength);
			ByteBufUtil.writeUtf8(out, rideshare);
		}
	}

	private static void writeContent(ByteBuf content, ByteBuf out) {
		out.writeBytes(content, content.readerIndex(), content.readableBytes());
	}

	private static void write(StreamType streamType, ByteBuf out) {
		byte[] name = streamType.name().getBytes(StandardCharsets.UTF_8);
		boolean versioned = streamType.version() > 0;
		header(FrameType.STREAMTYPE, (versioned ? 9 : 4) + name.length, out);
		if (versioned) {
			out.writeByte(streamType.version());
			out.writeInt(streamType.clientPid());
		}
		out.writeInt(streamType.credit());
		out.writeBytes(name);
	}

	private static void write(MetadataItem item, int type, ByteBuf out) {
		int nameLength = Names.length(item.name());
		header(type, 1 + nameLength + item.value().length, out);
		out.writeByte(nameLength);
		ByteBufUtil.writeUtf8(out, item.name());
		out.writeBytes(item.value());
	}

	private static void write(ConnState state, ByteBuf out) {
		boolean small = Integer.compareUnsigned(state.state(), ConnState.MAX_SHORT_STATE) <= 0;
		header(FrameType.CONNSTATE, Integer.BYTES + (small ? 1 : Integer.BYTES), out);
		if (small) {
			out.writeByte(state.state());
		}
		else {
			out.writeInt(state.state());
		}
		out.writeInt(state.ordinal());
	}

	private static void write(CreateResult result, ByteBuf out) {
		byte[] list = result.list().getBytes(StandardCharsets.UTF_8);
		boolean versioned = result.version() > 0;
		header(FrameType.CREATE_RESULT, (versioned ? 5 : 1) + list.length, out);
		out.writeByte(result.result());
		if (versioned) {
			out.writeInt(result.clientBuffer());
		}
		out.writeBytes(list);
	}

	private static void writeNumber(int type, int number, ByteBuf out) {
		header(type, Integer.BYTES, out);
		out.writeInt(number);
	}

	private static void header(int type, int length, ByteBuf out) {
		out.writeByte(type);
		out.writeShort(length);
	}

}
