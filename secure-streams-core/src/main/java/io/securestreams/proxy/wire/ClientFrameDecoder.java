package io.securestreams.proxy.wire;

import io.netty.buffer.ByteBuf;

/**
 * Reads what a client sends.
 */
public final class ClientFrameDecoder extends FrameDecoder<ClientFrame> {

	/** Version, pid and credit. */
	private static final int STREAMTYPE_FIELDS = 9;

	/** Credit, which is all that version 0 has. */
	private static final int STREAMTYPE_FIELDS_0 = 4;

	private static final int MIN_METADATA = 2;

	/**
	 * Makes a decoder for a new link.
	 * @param maxCollected most bytes of a frame other than payload
	 */
	public ClientFrameDecoder(int maxCollected) {
		super(FrameType.TX_PAYLOAD, maxCollected);
	}

	@Override
	void check(int type, int length) throws WireViolation {
		boolean fits = switch (type) {
			case FrameType.STREAMTYPE ->
				length > STREAMTYPE_FIELDS_0 && length <= STREAMTYPE_FIELDS + StreamType.MAX_NAME_LENGTH;
			case FrameType.ONWARD_CONNECT, FrameType.DESTROYING -> length == 0;
			case FrameType.METADATA_TO_PROXY -> length >= MIN_METADATA;
			case FrameType.TXCR_UPDATE_TO_PROXY, FrameType.TIMEOUT_UPDATE, FrameType.PAYLOAD_LENGTH_HINT ->
				length == Integer.BYTES;
			default -> throw badType(type);
		};
		if (!fits) {
			throw badLength(type, length);
		}
	}

	@Override
	ClientFrame frame(int type, ByteBuf body) throws WireViolation {
		return switch (type) {
			case FrameType.STREAMTYPE -> streamType(body);
			case FrameType.ONWARD_CONNECT -> OnwardConnect.INSTANCE;
			case FrameType.DESTROYING -> Destroying.INSTANCE;
			case FrameType.METADATA_TO_PROXY -> metadata(body);
			case FrameType.TXCR_UPDATE_TO_PROXY -> new TxCredit(body.readInt());
			case FrameType.TIMEOUT_UPDATE -> new TimeoutUpdate(body.readInt());
			case FrameType.PAYLOAD_LENGTH_HINT -> new LengthHint(body.readInt());
			default -> throw badType(type);
		};
	}

	/**
	 * Version 0 does not say so: its first byte is the top of the credit. What is not
	 * version 1 is taken for it if a name of letters comes where version 0 has it.
	 */
	private static StreamType streamType(ByteBuf body) throws WireViolation {
		int length = body.readableBytes();
		int version = body.getUnsignedByte(body.readerIndex());
		if (version == 1) {
			if (length <= STREAMTYPE_FIELDS) {
				throw badLength(FrameType.STREAMTYPE, length);
			}
			body.skipBytes(1);
			int pid = body.readInt();
			int credit = body.readInt();
			return new StreamType(1, pid, credit,
					Names.read("streamtype", body, body.readableBytes(), StreamType.MAX_NAME_LENGTH));
		}
		int credit = body.readInt();
		if (body.forEachByte((letter) -> letter > ' ' && letter < 0x7f) >= 0) {
			throw new WireViolation("a client of version " + version);
		}
		return new StreamType(0, 0, credit,
				Names.read("streamtype", body, body.readableBytes(), StreamType.MAX_NAME_LENGTH));
	}

	@Override
	TxPayload payload(PayloadHead head, int offset, ByteBuf content) {
		return new TxPayload(head, offset, content);
	}

}
