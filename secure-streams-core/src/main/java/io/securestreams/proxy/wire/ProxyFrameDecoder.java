package io.securestreams.proxy.wire;

import io.netty.buffer.ByteBuf;

/**
 * Reads what a proxy sends.
 */
public final class ProxyFrameDecoder extends FrameDecoder<ProxyFrame> {

	private static final int MIN_METADATA = 2;

	/** A state of 1 to 4 bytes and an ordinal. */
	private static final int MIN_CONNSTATE = 5;

	private static final int MAX_CONNSTATE = 8;

	private static final int RESULT_FIELDS = 5;

	private final int version;

	/**
	 * Makes a decoder for a new link.
	 * @param version what the client has said it speaks, 0 or 1
	 * @param maxCollected most bytes of a frame other than payload
	 */
	public ProxyFrameDecoder(int version, int maxCollected) {
		super(FrameType.RX_PAYLOAD, maxCollected);
		this.version = version;
	}

	@Override
	void check(int type, int length) throws WireViolation {
		boolean fits = switch (type) {
			case FrameType.CREATE_RESULT -> length >= 1 && length <= RESULT_FIELDS + CreateResult.MAX_LIST_LENGTH;
			case FrameType.CONNSTATE -> length >= MIN_CONNSTATE && length <= MAX_CONNSTATE;
			case FrameType.TXCR_UPDATE_TO_CLIENT -> length == Integer.BYTES;
			case FrameType.METADATA_TO_CLIENT -> length >= MIN_METADATA;
			case FrameType.PERF -> length >= 1;
			default -> throw badType(type);
		};
		if (!fits) {
			throw badLength(type, length);
		}
	}

	@Override
	ProxyFrame frame(int type, ByteBuf body) throws WireViolation {
		return switch (type) {
			case FrameType.CREATE_RESULT -> createResult(body);
			case FrameType.CONNSTATE -> connState(body);
			case FrameType.TXCR_UPDATE_TO_CLIENT -> new TxCredit(body.readInt());
			case FrameType.METADATA_TO_CLIENT -> metadata(body);
			case FrameType.PERF -> new Perf(Names.text("perf text", body, body.readableBytes()));
			default -> throw badType(type);
		};
	}

	private CreateResult createResult(ByteBuf body) throws WireViolation {
		int length = body.readableBytes();
		int result = body.readUnsignedByte();
		int clientBuffer = 0;
		if (this.version > 0) {
			if (length >= RESULT_FIELDS) {
				clientBuffer = body.readInt();
			}
			else if (result == 0) {
				throw badLength(FrameType.CREATE_RESULT, length);
			}
			else {
				// A refusal says no more, whatever follows
				body.skipBytes(body.readableBytes());
			}
		}
		if (body.readableBytes() > CreateResult.MAX_LIST_LENGTH) {
			throw badLength(FrameType.CREATE_RESULT, length);
		}
		return new CreateResult(this.version, result, clientBuffer,
				Names.text("list of rideshares", body, body.readableBytes()));
	}

	private static ConnState connState(ByteBuf body) {
		int state = 0;
		for (int width = body.readableBytes() - Integer.BYTES; width > 0; width--) {
			state = state << 8 | body.readUnsignedByte();
		}
		return new ConnState(state, body.readInt());
	}

	@Override
	RxPayload payload(PayloadHead head, int offset, ByteBuf content) {
		return new RxPayload(head, offset, content);
	}

}
