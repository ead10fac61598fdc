package io.securestreams.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamMetadata;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.Metadata;
import io.securestreams.stream.UnknownMetadataException;

/**
 * The metadata slots of one stream. Set from any thread, read by position on the event
 * loop.
 */
final class MetadataStore implements StreamMetadata {

	private final String streamType;

	private volatile Slots slots;

	private volatile int version;

	/** Headers set or received by their own names; only with {@code direct_proto_str}. */
	private volatile @Nullable Map<String, String> direct;

	private volatile @Nullable Map<String, String> receivedDirect;

	MetadataStore(StreamPolicy policy) {
		this.streamType = policy.name();
		this.slots = new Slots(policy.metadata(), policy.features().directHeaders());
	}

	/** Takes over the declarations of a newer policy; values move by name. */
	synchronized void migrate(StreamPolicy policy) {
		Slots old = this.slots;
		Slots fresh = new Slots(policy.metadata(), policy.features().directHeaders());
		for (int i = 0; i < old.declarations.size(); i++) {
			int index = fresh.index(old.declarations.get(i).name());
			String value = old.values.get(i);
			if (index >= 0 && value != null) {
				fresh.values.set(index, value);
			}
		}
		this.slots = fresh;
		this.version++;
	}

	@Override
	public @Nullable String get(String name) {
		Slots current = this.slots;
		int index = current.index(name);
		if (index >= 0) {
			return current.values.get(index);
		}
		if (!current.directHeaders) {
			throw unknown(name, current);
		}
		String header = headerName(name);
		Map<String, String> received = this.receivedDirect;
		String value = (received != null) ? received.get(header) : null;
		Map<String, String> own = this.direct;
		return (value != null || own == null) ? value : own.get(header);
	}

	@Override
	public synchronized Metadata set(String name, String value) {
		Slots current = this.slots;
		int index = current.index(name);
		if (index < 0 && !current.directHeaders) {
			throw unknown(name, current);
		}
		if (index < 0 || current.declarations.get(index).isHeader()) {
			requireHeaderSafe(name, value);
		}
		if (index >= 0) {
			current.values.set(index, value);
		}
		else {
			Map<String, String> own = this.direct;
			if (own == null) {
				own = new ConcurrentHashMap<>();
				this.direct = own;
			}
			requireHeaderSafe(name, name);
			own.put(headerName(name), value);
		}
		this.version++;
		return this;
	}

	@Override
	public synchronized Metadata remove(String name) {
		Slots current = this.slots;
		int index = current.index(name);
		if (index >= 0) {
			current.values.set(index, null);
		}
		else if (!current.directHeaders) {
			throw unknown(name, current);
		}
		else if (this.direct != null) {
			this.direct.remove(headerName(name));
		}
		this.version++;
		return this;
	}

	@Override
	public Map<String, String> asMap() {
		Slots current = this.slots;
		Map<String, String> map = new LinkedHashMap<>();
		for (int i = 0; i < current.declarations.size(); i++) {
			String value = current.values.get(i);
			if (value != null) {
				map.put(current.declarations.get(i).name(), value);
			}
		}
		return map;
	}

	@Override
	public @Nullable String value(int index) {
		return this.slots.values.get(index);
	}

	@Override
	public synchronized void receive(int index, String value) {
		Slots current = this.slots;
		// What the peer sends would otherwise go out again with the next request, as in
		// the original; a value that stays the same costs nothing
		if (!value.equals(current.values.get(index))) {
			current.values.set(index, value);
			this.version++;
		}
	}

	@Override
	public void receiveDirect(String header, String value) {
		Map<String, String> received = this.receivedDirect;
		if (received == null) {
			received = new ConcurrentHashMap<>();
			this.receivedDirect = received;
		}
		received.put(header, value);
	}

	@Override
	public void forEachDirect(BiConsumer<String, String> each) {
		Map<String, String> own = this.direct;
		if (own != null) {
			own.forEach(each);
		}
	}

	@Override
	public @Nullable String symbol(String name) {
		Slots current = this.slots;
		int index = current.index(name);
		if (index < 0) {
			return null;
		}
		String value = current.values.get(index);
		return (value != null) ? value : "";
	}

	@Override
	public int version() {
		return this.version;
	}

	private UnknownMetadataException unknown(String name, Slots current) {
		return new UnknownMetadataException("metadata \"" + name + "\" is not declared by streamtype \""
				+ this.streamType + "\" (declared: "
				+ String.join(", ", current.declarations.stream().map(MetadataDeclaration::name).toList()) + ")");
	}

	private static String headerName(String name) {
		String header = name.endsWith(":") ? name.substring(0, name.length() - 1) : name;
		return header.toLowerCase(Locale.ROOT);
	}

	private static void requireHeaderSafe(String name, String value) {
		for (int i = 0; i < value.length(); i++) {
			char c = value.charAt(i);
			if (c == '\r' || c == '\n' || c == 0) {
				throw new IllegalArgumentException("metadata \"" + name.replaceAll("[\r\n\0].*", "")
						+ "\" is a header: its value has a control character at index " + i
						+ " (expected: no CR, LF or NUL)");
			}
		}
	}

	private record Slots(List<MetadataDeclaration> declarations, AtomicReferenceArray<@Nullable String> values,
			boolean directHeaders) {

		Slots(List<MetadataDeclaration> declarations, boolean directHeaders) {
			this(declarations, new AtomicReferenceArray<>(declarations.size()), directHeaders);
		}

		int index(String name) {
			for (int i = 0; i < this.declarations.size(); i++) {
				if (this.declarations.get(i).name().equals(name)) {
					return i;
				}
			}
			return -1;
		}

	}

}
