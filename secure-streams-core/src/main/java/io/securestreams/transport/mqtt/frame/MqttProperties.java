package io.securestreams.transport.mqtt.frame;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Properties of an MQTT 5 packet (section 2.2.2).
 */
public final class MqttProperties {

	/** None at all. */
	public static final MqttProperties NONE = new MqttProperties();

	/** Publication expiry interval, s. */
	public static final int MESSAGE_EXPIRY = 0x02;

	/** MIME type. */
	public static final int CONTENT_TYPE = 0x03;

	/** Where a response goes. */
	public static final int RESPONSE_TOPIC = 0x08;

	/** What a response repeats. */
	public static final int CORRELATION_DATA = 0x09;

	/** Number of the subscription that a message is of; there may be several. */
	public static final int SUBSCRIPTION_IDENTIFIER = 0x0b;

	/** How long the broker keeps the session, s. */
	public static final int SESSION_EXPIRY = 0x11;

	/** Keep-alive that the broker demands, s. */
	public static final int SERVER_KEEP_ALIVE = 0x13;

	/** Delay of the will, s. */
	public static final int WILL_DELAY = 0x18;

	/** Another broker. */
	public static final int SERVER_REFERENCE = 0x1c;

	/** Reason in words. */
	public static final int REASON = 0x1f;

	/** Most publishes of QoS 1 and 2 under way. */
	public static final int RECEIVE_MAXIMUM = 0x21;

	/** Highest topic alias. */
	public static final int TOPIC_ALIAS_MAXIMUM = 0x22;

	/** Topic alias. */
	public static final int TOPIC_ALIAS = 0x23;

	/** Highest quality of service. */
	public static final int MAXIMUM_QOS = 0x24;

	/** Whether messages can be retained. */
	public static final int RETAIN_AVAILABLE = 0x25;

	/** Name and value of the application's. */
	public static final int USER = 0x26;

	/** Longest packet. */
	public static final int MAXIMUM_PACKET_SIZE = 0x27;

	/** Whether subscriptions may have wildcards. */
	public static final int WILDCARDS_AVAILABLE = 0x28;

	/** Whether subscriptions may have numbers. */
	public static final int SUBSCRIPTION_IDENTIFIERS_AVAILABLE = 0x29;

	/** Whether subscriptions may be shared. */
	public static final int SHARED_AVAILABLE = 0x2a;

	private static final String ONE = "\u0001\u0017\u0019\u0024\u0025\u0028\u0029\u002a";

	private static final String TWO = "\u0013\u0021\"\u0023";

	private static final String FOUR = "\u0002\u0011\u0018\u0027";

	private static final String TEXT = "\u0003\u0008\u0012\u0015\u001a\u001c\u001f";

	private static final String BINARY = "\u0009\u0016";

	private final List<Entry> entries = new ArrayList<>(4);

	private MqttProperties() {
	}

	/** Decodes what is readable. */
	static MqttProperties decode(ByteBuf from) throws MqttViolation {
		MqttProperties properties = new MqttProperties();
		while (from.isReadable()) {
			properties.decodeOne(from);
		}
		return properties;
	}

	private void decodeOne(ByteBuf from) throws MqttViolation {
		int id = from.readUnsignedByte();
		if (id == USER) {
			this.entries.add(new Entry(id, 0, text(from), text(from), null));
			return;
		}
		if (find(id) != null && id != SUBSCRIPTION_IDENTIFIER) {
			throw MqttViolation.malformed("property 0x" + Integer.toHexString(id) + " twice");
		}
		if (ONE.indexOf(id) >= 0) {
			this.entries.add(counted(id, need(from, 1).readUnsignedByte()));
		}
		else if (TWO.indexOf(id) >= 0) {
			this.entries.add(counted(id, need(from, 2).readUnsignedShort()));
		}
		else if (FOUR.indexOf(id) >= 0) {
			this.entries.add(counted(id, need(from, 4).readUnsignedInt()));
		}
		else if (id == SUBSCRIPTION_IDENTIFIER) {
			this.entries.add(counted(id, VariableInteger.read(from)));
		}
		else if (TEXT.indexOf(id) >= 0) {
			this.entries.add(new Entry(id, 0, "", text(from), null));
		}
		else if (BINARY.indexOf(id) >= 0) {
			byte[] bytes = new byte[need(from, 2).readUnsignedShort()];
			need(from, bytes.length).readBytes(bytes);
			this.entries.add(new Entry(id, 0, "", "", bytes));
		}
		else {
			throw MqttViolation.malformed("unknown property 0x" + Integer.toHexString(id));
		}
	}

	private static Entry counted(int id, long value) {
		return new Entry(id, value, "", "", null);
	}

	private static String text(ByteBuf from) throws MqttViolation {
		int length = need(from, 2).readUnsignedShort();
		String text = MqttText.decode(need(from, length), from.readerIndex(), length);
		from.skipBytes(length);
		return text;
	}

	private static ByteBuf need(ByteBuf from, int bytes) throws MqttViolation {
		if (from.readableBytes() < bytes) {
			throw MqttViolation.malformed("a property ends too early");
		}
		return from;
	}

	private @Nullable Entry find(int id) {
		for (Entry entry : this.entries) {
			if (entry.id == id) {
				return entry;
			}
		}
		return null;
	}

	/**
	 * Returns a number.
	 * @param id which property
	 * @param otherwise what to return if there is none
	 * @return the value
	 */
	public long number(int id, long otherwise) {
		Entry entry = find(id);
		return (entry != null) ? entry.number : otherwise;
	}

	/**
	 * Whether there is a property.
	 * @param id which property
	 * @return whether it is there, once or several times
	 */
	public boolean has(int id) {
		return find(id) != null;
	}

	/**
	 * Whether there is a number, of a property that may be there several times.
	 * @param id which property
	 * @param value the number
	 * @return whether it is there
	 */
	public boolean has(int id, long value) {
		for (int i = 0; i < this.entries.size(); i++) {
			if (this.entries.get(i).id == id && this.entries.get(i).number == value) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether there is a number of which something holds.
	 * @param id which property
	 * @param condition what has to hold
	 * @return whether there is one
	 */
	public boolean has(int id, LongPredicate condition) {
		for (int i = 0; i < this.entries.size(); i++) {
			if (this.entries.get(i).id == id && condition.test(this.entries.get(i).number)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Returns a text.
	 * @param id which property
	 * @return the value, or {@code null} if there is none
	 */
	public @Nullable String text(int id) {
		Entry entry = find(id);
		if (entry == null) {
			return null;
		}
		return (entry.bytes != null) ? new String(entry.bytes, StandardCharsets.UTF_8) : entry.text;
	}

	/**
	 * Returns a property of the application's.
	 * @param name its name; case counts
	 * @return the first value, or {@code null} if there is none
	 */
	public @Nullable String user(String name) {
		for (Entry entry : this.entries) {
			if (entry.id == USER && entry.name.equals(name)) {
				return entry.text;
			}
		}
		return null;
	}

	/**
	 * Returns the application's properties.
	 * @return names and values, in order
	 */
	public List<Map.Entry<String, String>> users() {
		return this.entries.stream()
			.filter((entry) -> entry.id == USER)
			.map((entry) -> Map.entry(entry.name, entry.text))
			.toList();
	}

	/**
	 * Whether there is anything.
	 * @return {@code true} if there is nothing
	 */
	public boolean isEmpty() {
		return this.entries.isEmpty();
	}

	@Override
	public String toString() {
		return "MqttProperties[" + this.entries.size() + "]";
	}

	@SuppressWarnings("ArrayRecordComponent")
	private record Entry(int id, long number, String name, String text, byte @Nullable [] bytes) {

	}

}
