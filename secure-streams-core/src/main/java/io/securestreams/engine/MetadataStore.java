package io.securestreams.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.MetadataAccess;
import io.securestreams.policy.HttpToken;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.StreamMetadata;
import io.securestreams.stream.UnknownMetadataException;

/**
 * The metadata of one stream. Set from any thread, read by position on the event loop.
 */
final class MetadataStore implements MetadataAccess {

	private final String streamType;

	private final AtomicInteger version = new AtomicInteger();

	private volatile Slots slots;

	/** Headers set by their own names; only with {@code direct_proto_str}. */
	private volatile Map<String, String> direct = Map.of();

	private volatile Map<String, String> receivedDirect = Map.of();

	MetadataStore(StreamPolicy policy) {
		this.streamType = policy.name();
		this.slots = new Slots(policy);
		if (policy.features().directHeaders()) {
			this.direct = new ConcurrentHashMap<>();
		}
	}

	/** Takes over the declarations of a newer policy; values move by name. */
	void migrate(StreamPolicy policy) {
		Slots old = this.slots;
		Slots fresh = new Slots(policy);
		for (int i = 0; i < old.declarations.size(); i++) {
			int index = fresh.index(old.declarations.get(i).name());
			if (index >= 0) {
				fresh.values.set(index, old.values.get(i));
			}
		}
		if (fresh.directHeaders && !old.directHeaders) {
			this.direct = new ConcurrentHashMap<>();
		}
		this.slots = fresh;
		this.version.incrementAndGet();
	}

	@Override
	public @Nullable String get(String name) {
		Slots current = this.slots;
		int index = current.index(name);
		if (index >= 0) {
			return current.values.get(index);
		}
		current.requireDirect(this.streamType, name);
		String header = headerName(name);
		String received = this.receivedDirect.get(header);
		return (received != null) ? received : this.direct.get(header);
	}

	@Override
	public StreamMetadata set(String name, String value) {
		Objects.requireNonNull(value, "value");
		put(name, value);
		return this;
	}

	@Override
	public StreamMetadata remove(String name) {
		put(name, null);
		return this;
	}

	private void put(String name, @Nullable String value) {
		Slots current;
		do {
			current = this.slots;
			int index = current.index(name);
			if (index >= 0) {
				if (value != null && current.declarations.get(index).isHeader()) {
					requireHeaderValue(name, value);
				}
				current.values.set(index, value);
			}
			else {
				current.requireDirect(this.streamType, name);
				putDirect(name, value);
			}
		}
		// A policy may have come in between, and taken the old values with it
		while (current != this.slots);
		this.version.incrementAndGet();
	}

	private void putDirect(String name, @Nullable String value) {
		String header = headerName(name);
		if (value == null) {
			this.direct.remove(header);
			return;
		}
		requireHeaderName(header);
		requireHeaderValue(header, value);
		this.direct.put(header, value);
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

	/**
	 * What the peer sends takes the place of what the application set, and goes out again
	 * with the next request, as it always has. A value that stays the same costs nothing.
	 */
	@Override
	public void receive(int index, String value) {
		Slots current = this.slots;
		if (!value.equals(current.values.get(index))) {
			current.values.set(index, value);
			this.version.incrementAndGet();
		}
	}

	@Override
	public void receiveDirect(String header, String value) {
		if (this.receivedDirect.isEmpty()) {
			this.receivedDirect = new ConcurrentHashMap<>();
		}
		this.receivedDirect.put(header, value);
	}

	@Override
	public void forEachDirect(BiConsumer<String, String> each) {
		this.direct.forEach(each);
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
		return this.version.get();
	}

	private static String headerName(String name) {
		String header = name.endsWith(":") ? name.substring(0, name.length() - 1) : name;
		return header.toLowerCase(Locale.ROOT);
	}

	private static void requireHeaderName(String name) {
		if (!HttpToken.isToken(name)) {
			throw new IllegalArgumentException("metadata: not a header name (expected: a token of RFC 9110)");
		}
	}

	private static void requireHeaderValue(String name, String value) {
		for (int i = 0; i < value.length(); i++) {
			char c = value.charAt(i);
			if (c == '\r' || c == '\n' || c == 0) {
				throw new IllegalArgumentException("metadata \"" + name + "\" is a header: control character at index "
						+ i + " (expected: no CR, LF or NUL)");
			}
		}
	}

	private static final class Slots {

		private final List<MetadataDeclaration> declarations;

		private final AtomicReferenceArray<@Nullable String> values;

		private final boolean directHeaders;

		Slots(StreamPolicy policy) {
			this.declarations = policy.metadata();
			this.values = new AtomicReferenceArray<>(this.declarations.size());
			this.directHeaders = policy.features().directHeaders();
		}

		int index(String name) {
			for (int i = 0; i < this.declarations.size(); i++) {
				if (this.declarations.get(i).name().equals(name)) {
					return i;
				}
			}
			return -1;
		}

		void requireDirect(String streamType, String name) {
			if (!this.directHeaders) {
				throw new UnknownMetadataException("metadata \"" + name + "\" is not declared by streamtype \""
						+ streamType + "\" (declared: "
						+ String.join(", ", this.declarations.stream().map(MetadataDeclaration::name).toList()) + ")");
			}
		}

	}

}
