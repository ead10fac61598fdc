package io.securestreams.proxy.wire;

/**
 * Numbers of the protocol.
 */
final class FrameType {

	static final int RX_PAYLOAD = 0x55;

	static final int CREATE_RESULT = 0x56;

	static final int CONNSTATE = 0x57;

	static final int TXCR_UPDATE_TO_CLIENT = 0x58;

	static final int METADATA_TO_CLIENT = 0x59;

	static final int PERF = 0x5b;

	static final int STREAMTYPE = 0xaa;

	static final int ONWARD_CONNECT = 0xab;

	static final int DESTROYING = 0xac;

	static final int TX_PAYLOAD = 0xad;

	static final int METADATA_TO_PROXY = 0xae;

	static final int TXCR_UPDATE_TO_PROXY = 0xaf;

	static final int TIMEOUT_UPDATE = 0xb0;

	static final int PAYLOAD_LENGTH_HINT = 0xb1;

	/** Bytes of type and length. */
	static final int HEADER = 3;

	/** Bytes of flags and times before payload. */
	static final int PAYLOAD_HEAD = 16;

	static final int MAX_BODY = 65535;

	private FrameType() {
	}

}
