package io.securestreams.transport.mqtt;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.testing.ManualExecutor;
import io.securestreams.transport.mqtt.topic.FilterRelation;
import io.securestreams.transport.mqtt.wire.WireOpener;
import io.securestreams.transport.mqtt.wire.Wire;
import io.securestreams.transport.mqtt.wire.WireListener;

/**
 * A broker that does what the standard says, in memory and on a clock moved by hand, and
 * whose network breaks at the packet that a test says.
 */
final class ModelBroker implements WireOpener {

	private final ManualExecutor executor;

	/** What has been accepted for others, each QoS 2 message once. */
	final List<String> accepted = new ArrayList<>();

	/** Packets as they came, by name. */
	final List<String> log = new ArrayList<>();

	/** Numbers of packets, over all connections, at which the network breaks. */
	final Set<Integer> cuts = new LinkedHashSet<>();

	/**
	 * Bytes that the client still gets of a packet where the network breaks; without so
	 * many.
	 */
	int kept;

	/** Whether sessions are remembered. */
	boolean remembers = true;

	/** Code of CONNACK. */
	int code;

	/** What SUBACK says. */
	int granted = -1;

	/** Whether acknowledgements are kept back. */
	boolean silent;

	final Deque<Runnable> keptBack = new ArrayDeque<>();

	/** What waits while a message is on its way. */
	private @Nullable Deque<Runnable> afterMessage;

	private final Set<Integer> received = new LinkedHashSet<>();

	final Map<Integer, Out> outgoing = new LinkedHashMap<>();

	/** Filters and their QoS. */
	final Map<String, Integer> subscriptions = new LinkedHashMap<>();

	/** Numbers of subscriptions in MQTT 5. */
	final Map<String, Integer> identifiers = new LinkedHashMap<>();

	/** Messages that are retained. */
	final Map<String, String> retained = new LinkedHashMap<>();

	/** Client ids of CONNECT. */
	final List<String> clients = new ArrayList<>();

	/** Topics of PUBLISH packets as they came. */
	final List<String> topics = new ArrayList<>();

	/** Reason code of MQTT 5 that messages of QoS 1 and 2 are answered with. */
	int reason;

	/** Filter that SUBACK refuses. */
	String refuses = "";

	/** Properties of CONNACK in MQTT 5. */
	byte[] greeting = {};

	/** What comes instead of CONNACK, in hex; without anything, CONNACK. */
	String instead = "";

	private boolean version5;

	private boolean known;

	private int packets;

	private int connections;

	private int nextId;

	@Nullable FakeWire wire;

	ModelBroker(ManualExecutor executor) {
		this.executor = executor;
	}

	int connections() {
		return this.connections;
	}

	int packets() {
		return this.packets;
	}

	@Override
	public Runnable open(ClientLink link, WireListener listener) {
		FakeWire opened = new FakeWire(listener);
		this.executor.execute(() -> {
			if (!opened.closed) {
				this.wire = opened;
				this.connections++;
				listener.opened(opened, new ConnectionTimings(null, 0, 0, 0, 0, 0, List.of(), null, 0));
			}
		});
		return () -> opened.closed = true;
	}

	/** Publishes to the client. */
	void publish(int qos, String topic, String text) {
		int id = 0;
		if (qos > 0) {
			id = ++this.nextId;
			this.outgoing.put(id, new Out(qos, topic, text, false, false, 0));
		}
		sendPublish(id, new Out(qos, topic, text, false, false, 0), false);
	}

	/** Sends a message to all who have subscribed: a copy for each subscription. */
	void distribute(String topic, String text) {
		this.subscriptions.forEach((filter, qos) -> {
			if (FilterRelation.overlap(filter, topic)) {
				send(filter, qos, topic, text, false);
			}
		});
	}

	private void send(String filter, int qos, String topic, String text, boolean keeps) {
		Out out = new Out(qos, topic, text, false, keeps, this.identifiers.getOrDefault(filter, 0));
		int id = 0;
		if (qos > 0) {
			id = ++this.nextId;
			this.outgoing.put(id, out);
		}
		sendPublish(id, out, false);
	}

	private void sendPublish(int id, Out out, boolean duplicate) {
		ByteBuf packet = Unpooled.buffer();
		byte[] topic = out.topic.getBytes(StandardCharsets.UTF_8);
		byte[] payload = out.text.getBytes(StandardCharsets.UTF_8);
		int properties = (out.identifier > 0) ? 5 : 0;
		packet.writeByte(0x30 | out.qos << 1 | (duplicate ? 8 : 0) | (out.keeps ? 1 : 0));
		packet.writeByte(
				2 + topic.length + ((out.qos > 0) ? 2 : 0) + payload.length + (this.version5 ? 1 + properties : 0));
		packet.writeShort(topic.length).writeBytes(topic);
		if (out.qos > 0) {
			packet.writeShort(id);
		}
		if (this.version5) {
			packet.writeByte(properties);
			if (properties > 0) {
				packet.writeByte(0x0b);
				for (int shift = 0; shift < 28; shift += 7) {
					packet.writeByte(out.identifier >> shift & 0x7f | ((shift < 21) ? 0x80 : 0));
				}
			}
		}
		send(packet.writeBytes(payload));
	}

	/** Sends bytes as they are, in one piece. */
	void send(int... bytes) {
		ByteBuf packet = Unpooled.buffer();
		for (int each : bytes) {
			packet.writeByte(each);
		}
		send(packet);
	}

	/** Sends further bytes of a message that was begun with {@link #begin}. */
	void continueWith(int... bytes) {
		if (this.afterMessage == null) {
			// Its connection is gone
			return;
		}
		Deque<Runnable> waiting = this.afterMessage;
		this.afterMessage = null;
		send(bytes);
		this.afterMessage = waiting;
	}

	/** Sends the last bytes of a message that was begun with {@link #begin}. */
	void finish(int... bytes) {
		Deque<Runnable> waiting = this.afterMessage;
		this.afterMessage = null;
		send(bytes);
		if (waiting != null) {
			waiting.forEach(Runnable::run);
		}
	}

	/** Sends the first bytes of a message; other packets wait for its end. */
	void begin(int... bytes) {
		send(bytes);
		this.afterMessage = new ArrayDeque<>();
	}

	private void send(ByteBuf packet) {
		if (this.afterMessage != null) {
			this.afterMessage.add(() -> send(packet));
			return;
		}
		FakeWire to = this.wire;
		this.executor.execute(() -> {
			if (to != null && !to.closed && !cut(to, packet)) {
				to.listener.received(packet);
				if (!to.closed) {
					to.listener.receivedAll();
				}
			}
		});
	}

	/** A packet to the client, of which something may have come before the end. */
	private boolean cut(FakeWire on, ByteBuf packet) {
		if (this.cuts.contains(this.packets + 1) && this.kept != 0) {
			int length = (this.kept > 0) ? this.kept : packet.readableBytes() + this.kept;
			on.listener.received(packet.slice(0, Math.max(Math.min(length, packet.readableBytes() - 1), 0)));
			on.listener.receivedAll();
			if (on.closed) {
				return true;
			}
		}
		return cut(on);
	}

	private boolean cut(FakeWire on) {
		if (this.cuts.contains(++this.packets)) {
			lose(on);
			return true;
		}
		return false;
	}

	/** Breaks the network. */
	void lose(FakeWire on) {
		this.afterMessage = null;
		on.closed = true;
		on.listener.lost(StreamFailure.sent(Phase.CONNECTION, "cut", "model", null));
	}

	private void receive(FakeWire from, ByteBuf packet) {
		if (from.closed) {
			// The last word before the end still arrives
			if (packet.getUnsignedByte(0) >> 4 == 14) {
				disconnected(packet.skipBytes(2));
			}
			return;
		}
		if (cut(from)) {
			return;
		}
		int first = packet.readUnsignedByte();
		while (packet.readUnsignedByte() >= 0x80) {
			continue;
		}
		switch (first >> 4) {
			case 1 -> {
				this.log.add("CONNECT");
				packet.skipBytes(6);
				this.version5 = packet.readUnsignedByte() == 5;
				boolean clean = (packet.readUnsignedByte() & 2) != 0;
				packet.skipBytes(2);
				if (this.version5) {
					packet.skipBytes(packet.readUnsignedByte());
				}
				this.clients.add(text(packet));
				boolean present = this.known && !clean && this.remembers;
				if (!present) {
					this.received.clear();
					this.outgoing.clear();
					this.subscriptions.clear();
				}
				this.known = this.code == 0;
				ByteBuf answer = Unpooled.buffer();
				answer.writeByte(0x20).writeByte(2 + (this.version5 ? 1 + this.greeting.length : 0));
				answer.writeByte((present && this.code == 0) ? 1 : 0).writeByte(this.code);
				if (this.version5) {
					answer.writeByte(this.greeting.length).writeBytes(this.greeting);
				}
				send(this.instead.isEmpty() ? answer : Unpooled.wrappedBuffer(HexFormat.of().parseHex(this.instead)));
				this.outgoing.forEach((id, out) -> {
					if (out.released) {
						send(0x62, 2, id >> 8, id & 0xff);
					}
					else {
						sendPublish(id, out, true);
					}
				});
			}
			case 3 -> published(first, packet);
			case 4, 7 -> {
				int id = packet.readUnsignedShort();
				this.log.add(((first >> 4 == 4) ? "PUBACK " : "PUBCOMP ") + id);
				this.outgoing.remove(id);
			}
			case 5 -> {
				int id = packet.readUnsignedShort();
				this.log.add("PUBREC " + id);
				Out out = this.outgoing.get(id);
				if (out != null) {
					this.outgoing.put(id, new Out(out.qos, out.topic, out.text, true, out.keeps, out.identifier));
				}
				send(0x62, 2, id >> 8, id & 0xff);
			}
			case 6 -> {
				int id = packet.readUnsignedShort();
				this.log.add("PUBREL " + id);
				this.received.remove(id);
				answer(() -> send(0x70, 2, id >> 8, id & 0xff));
			}
			case 8 -> {
				int id = packet.readUnsignedShort();
				int identifier = identifier(packet);
				String filter = text(packet);
				int qos = packet.readUnsignedByte();
				this.log.add("SUBSCRIBE " + filter + " " + qos);
				int answer = filter.equals(this.refuses) ? 0x80 : (this.granted >= 0) ? this.granted : qos;
				answer(() -> acknowledge(0x90, id, answer));
				if (answer < 0x80) {
					this.subscriptions.put(filter, qos);
					this.identifiers.put(filter, identifier);
					this.retained.forEach((topic, text) -> {
						if (FilterRelation.overlap(filter, topic)) {
							send(filter, qos, topic, text, true);
						}
					});
				}
			}
			case 10 -> {
				int id = packet.readUnsignedShort();
				identifier(packet);
				String filter = text(packet);
				this.log.add("UNSUBSCRIBE " + filter);
				this.subscriptions.remove(filter);
				if (this.version5) {
					acknowledge(0xb0, id, 0);
				}
				else {
					send(0xb0, 2, id >> 8, id & 0xff);
				}
			}
			case 12 -> {
				this.log.add("PINGREQ");
				answer(() -> send(0xd0, 0));
			}
			case 14 -> disconnected(packet);
			default -> throw new AssertionError("packet " + first);
		}
	}

	private void disconnected(ByteBuf packet) {
		this.log
			.add(packet.isReadable() ? "DISCONNECT " + Integer.toHexString(packet.readUnsignedByte()) : "DISCONNECT");
	}

	private void acknowledge(int type, int id, int code) {
		if (this.version5) {
			send(type, 4, id >> 8, id & 0xff, 0, code);
		}
		else {
			send(type, 3, id >> 8, id & 0xff, code);
		}
	}

	private int identifier(ByteBuf packet) {
		int found = 0;
		if (this.version5) {
			int end = packet.readUnsignedByte() + packet.readerIndex();
			if (packet.readerIndex() < end && packet.readUnsignedByte() == 0x0b) {
				for (int shift = 0;; shift += 7) {
					int next = packet.readUnsignedByte();
					found |= (next & 0x7f) << shift;
					if (next < 0x80) {
						break;
					}
				}
			}
			packet.readerIndex(end);
		}
		return found;
	}

	private void published(int first, ByteBuf packet) {
		int qos = first >> 1 & 3;
		String topic = text(packet);
		int id = (qos > 0) ? packet.readUnsignedShort() : 0;
		this.topics.add(topic);
		if (this.version5) {
			packet.skipBytes(packet.readUnsignedByte());
		}
		String message = topic + ": " + packet.toString(StandardCharsets.UTF_8);
		this.log.add("PUBLISH " + id + (((first & 8) != 0) ? " DUP" : "") + (((first & 1) != 0) ? " RETAIN" : "") + " "
				+ message);
		if (qos != 2 || this.received.add(id)) {
			this.accepted.add(message);
		}
		if (qos > 0) {
			int type = (qos == 1) ? 0x40 : 0x50;
			int code = this.reason;
			answer(() -> {
				if (code == 0) {
					send(type, 2, id >> 8, id & 0xff);
				}
				else {
					send(type, 3, id >> 8, id & 0xff, code);
				}
			});
		}
	}

	private void answer(Runnable answer) {
		if (this.silent) {
			this.keptBack.add(answer);
		}
		else {
			answer.run();
		}
	}

	private static String text(ByteBuf packet) {
		int length = packet.readUnsignedShort();
		return packet.readCharSequence(length, StandardCharsets.UTF_8).toString();
	}

	/** A message on its way to the client. */
	record Out(int qos, String topic, String text, boolean released, boolean keeps, int identifier) {

	}

	/** The client's end of a connection. */
	final class FakeWire implements Wire {

		private final WireListener listener;

		private final ByteBuf written = Unpooled.buffer();

		boolean closed;

		boolean reading;

		boolean writable = true;

		/** What has been written does not leave at once. */
		boolean slow;

		/** Turns that want to know when it has. */
		final Deque<Runnable> departing = new ArrayDeque<>();

		FakeWire(WireListener listener) {
			this.listener = listener;
		}

		/** What has come of a packet that is not complete. */
		ByteBuf left() {
			return this.written;
		}

		@Override
		public ByteBufAllocator alloc() {
			return ByteBufAllocator.DEFAULT;
		}

		@Override
		public String peer() {
			return "model";
		}

		@Override
		public boolean isWritable() {
			return this.writable;
		}

		@Override
		public void write(ByteBuf bytes) {
			this.written.writeBytes(bytes);
			bytes.release();
		}

		@Override
		public void flush() {
			while (this.written.isReadable()) {
				int start = this.written.readerIndex();
				int length = 0;
				int at = start + 1;
				for (int shift = 0;; shift += 7) {
					int next = this.written.getUnsignedByte(at++);
					length |= (next & 0x7f) << shift;
					if (next < 0x80) {
						break;
					}
				}
				if (this.written.writerIndex() < at + length) {
					// The rest of a long message comes later
					return;
				}
				ByteBuf packet = Unpooled.copiedBuffer(this.written.slice(start, at - start + length));
				this.written.skipBytes(at - start + length);
				ModelBroker.this.executor.execute(() -> receive(this, packet));
			}
		}

		@Override
		public boolean isFlushed() {
			return !this.slow;
		}

		@Override
		public void awaitFlushed() {
			if (this.slow) {
				this.departing.add(this.listener::flushed);
			}
			else {
				ModelBroker.this.executor.execute(this.listener::flushed);
			}
		}

		@Override
		public void read(boolean wanted) {
			this.reading = wanted;
		}

		@Override
		public void finish() {
			ModelBroker.this.executor.execute(() -> {
				this.closed = true;
				this.listener.finished();
			});
		}

		@Override
		public void close() {
			this.closed = true;
		}

	}

}
