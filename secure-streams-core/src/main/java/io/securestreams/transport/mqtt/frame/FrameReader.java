package io.securestreams.transport.mqtt.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.securestreams.transport.loop.BriefReads;
import org.jspecify.annotations.Nullable;

/**
 * Finds the packets in what a broker sends, piece by piece. What does not come in one
 * piece is collected, but for payload, which is passed on as it comes. On the
 * connection's executor.
 */
public final class FrameReader {

	/** Longest packet without payload, and longest properties of one with payload. */
	static final int MAX_COLLECTED = 64 * 1024 + 16;

	private final ByteBufAllocator allocator;

	private final boolean version5;

	private final long maxPacketSize;

	private final FrameSink sink;

	private final ControlPacketReader packets;

	private final PublishHead head = new PublishHead();

	private State state = State.TYPE;

	private int type;

	private int flags;

	/** Remaining length of the packet. */
	private int length;

	private int shift;

	/** Bytes of the packet that have not been read. */
	private int left;

	private @Nullable ByteBuf collected;

	private boolean closed;

	/**
	 * Makes a reader.
	 * @param allocator where memory for what is collected comes from
	 * @param version5 whether MQTT 5 is spoken
	 * @param maxPacketSize longest packet, bytes
	 * @param sink takes what is found
	 */
	public FrameReader(ByteBufAllocator allocator, boolean version5, long maxPacketSize, FrameSink sink) {
		this.allocator = allocator;
		this.version5 = version5;
		this.maxPacketSize = maxPacketSize;
		this.sink = sink;
		this.packets = new ControlPacketReader(version5, sink);
	}

	/**
	 * Reads all there is.
	 * @param bytes borrowed
	 * @throws MqttViolation if the connection has to end
	 */
	public void read(ByteBuf bytes) throws MqttViolation {
		ByteBuf in = bytes;
		while (!this.closed && in.isReadable()) {
			switch (this.state) {
				case TYPE -> startPacket(in.readUnsignedByte());
				case LENGTH -> readLength(in);
				case BODY -> readBody(in);
				case HEAD -> readHead(in);
				case PAYLOAD -> in = readPayload(in);
			}
		}
	}

	/** Reads nothing any more, also when called by the sink. */
	public void close() {
		this.closed = true;
		release();
	}

	private void release() {
		if (this.collected != null) {
			this.collected.release();
			this.collected = null;
		}
	}

	private void startPacket(int first) throws MqttViolation {
		this.type = first >> 4;
		this.flags = first & 0x0f;
		boolean valid = switch (this.type) {
			case PacketType.CONNACK, PacketType.PUBACK, PacketType.PUBREC, PacketType.PUBCOMP, PacketType.SUBACK,
					PacketType.UNSUBACK, PacketType.PINGRESP ->
				this.flags == 0;
			case PacketType.PUBREL -> this.flags == 2;
			case PacketType.PUBLISH -> (this.flags & 6) != 6;
			case PacketType.DISCONNECT -> this.version5 && this.flags == 0;
			default -> false;
		};
		if (!valid) {
			throw MqttViolation.malformed(String.format("a packet that starts with 0x%02x", first));
		}
		this.length = 0;
		this.shift = 0;
		this.state = State.LENGTH;
	}

	private void readLength(ByteBuf in) throws MqttViolation {
		while (in.isReadable()) {
			int next = in.readUnsignedByte();
			this.length |= (next & 0x7f) << this.shift;
			this.shift += 7;
			if (next < 0x80) {
				startBody();
				return;
			}
			if (this.shift > 21) {
				throw MqttViolation.malformed("a remaining length of more than four bytes");
			}
		}
	}

	private void startBody() throws MqttViolation {
		if (this.length + 1L + VariableInteger.size(this.length) > this.maxPacketSize) {
			throw new MqttViolation(MqttViolation.PACKET_TOO_LARGE,
					"a packet of " + this.length + " bytes (expected: at most " + this.maxPacketSize + ")");
		}
		this.left = this.length;
		if (this.type == PacketType.PUBLISH) {
			this.state = State.HEAD;
			return;
		}
		if (this.length > MAX_COLLECTED) {
			throw new MqttViolation(MqttViolation.PACKET_TOO_LARGE, "a control packet of " + this.length + " bytes");
		}
		this.state = State.BODY;
		if (this.length == 0) {
			this.state = State.TYPE;
			this.packets.read(this.type, Unpooled.EMPTY_BUFFER);
		}
	}

	private void readBody(ByteBuf in) throws MqttViolation {
		ByteBuf part = this.collected;
		if (part == null && in.readableBytes() >= this.length) {
			int end = in.readerIndex() + this.length;
			int limit = in.writerIndex();
			this.state = State.TYPE;
			in.writerIndex(end);
			try {
				this.packets.read(this.type, in);
			}
			finally {
				in.writerIndex(limit).readerIndex(end);
			}
			return;
		}
		part = collect(in, this.length);
		if (part.readableBytes() == this.length) {
			this.state = State.TYPE;
			try {
				this.packets.read(this.type, part);
			}
			finally {
				release();
			}
		}
	}

	/** Collects until so many bytes are there. */
	private ByteBuf collect(ByteBuf in, int wanted) {
		ByteBuf part = this.collected;
		if (part == null) {
			part = this.allocator.buffer(Math.max(64, wanted));
			this.collected = part;
		}
		part.writeBytes(in, Math.min(in.readableBytes(), wanted - part.readableBytes()));
		return part;
	}

	private void readHead(ByteBuf in) throws MqttViolation {
		ByteBuf source = this.collected;
		if (source == null) {
			int wanted = headLength(in, in.readableBytes());
			if (wanted <= in.readableBytes()) {
				int start = in.readerIndex();
				in.skipBytes(wanted);
				parseHead(in, start, wanted);
				return;
			}
			source = collect(in, Math.min(wanted, this.left));
		}
		while (true) {
			int have = source.readableBytes();
			int wanted = headLength(source, have);
			if (wanted <= have) {
				break;
			}
			if (!in.isReadable()) {
				return;
			}
			collect(in, wanted);
		}
		try {
			parseHead(source, source.readerIndex(), source.readableBytes());
		}
		finally {
			release();
		}
	}

	/** Length of what comes before the payload, or more than there is. */
	private int headLength(ByteBuf from, int have) throws MqttViolation {
		int wanted = PublishHead.length(from, have, this.flags, this.version5);
		if (wanted > this.left) {
			throw MqttViolation.malformed("a PUBLISH that ends before its payload");
		}
		return wanted;
	}

	private void parseHead(ByteBuf source, int start, int size) throws MqttViolation {
		int topicLength = source.getUnsignedShort(start);
		int next = start + 2 + topicLength;
		this.head.set(this.flags, source, start + 2, topicLength);
		if ((this.flags & 6) != 0) {
			int id = source.getUnsignedShort(next);
			ControlPacketReader.requireId(id);
			this.head.packetId(id);
			next += 2;
		}
		if (this.version5 && size > next - start + 1) {
			ByteBuf properties = source.slice(next, start + size - next);
			VariableInteger.read(properties);
			this.head.properties(MqttProperties.decode(properties));
		}
		this.left -= size;
		this.head.payloadLength(this.left);
		this.state = (this.left > 0) ? State.PAYLOAD : State.TYPE;
		boolean empty = this.left == 0;
		this.sink.publish(this.head);
		this.head.clear();
		if (empty && !this.closed) {
			this.sink.payload(Unpooled.EMPTY_BUFFER, true);
		}
	}

	/**
	 * Passes on a piece of a message.
	 * @return what there is to read after it
	 */
	private ByteBuf readPayload(ByteBuf in) {
		int piece = Math.min(this.left, in.readableBytes());
		int end = in.readerIndex() + piece;
		int limit = in.writerIndex();
		this.left -= piece;
		if (this.left == 0) {
			this.state = State.TYPE;
		}
		if (!BriefReads.isUnshared(in)) {
			this.sink.payload(in.readSlice(piece), this.left == 0);
			return in;
		}
		// The same buffer with other indices saves an object for each message
		in.writerIndex(end);
		this.sink.payload(in, this.left == 0);
		// Whoever has kept it keeps it as it is
		ByteBuf rest = BriefReads.isUnshared(in) ? in : in.duplicate();
		return rest.setIndex(end, limit);
	}

	private enum State {

		TYPE, LENGTH, BODY, HEAD, PAYLOAD

	}

}
