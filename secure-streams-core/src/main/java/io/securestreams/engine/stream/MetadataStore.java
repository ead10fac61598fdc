package io.securestreams.engine.stream;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

import io.securestreams.engine.spi.MetadataAccess;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.http.HttpToken;
import io.securestreams.stream.StreamMetadata;
import io.securestreams.stream.UnknownMetadataException;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of one stream. Set from any thread, read by position on the event loop.
 * Where no policy declares names any name will do.
 */
public final class MetadataStore implements MetadataAccess {

	private static final VarHandle VERSION;

	private static final VarHandle VALUE = MethodHandles.arrayElementVarHandle(String[].class);

	static {
		try {
			VERSION = MethodHandles.lookup().findVarHandle(MetadataStore.class, "version", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final String streamType;

	/** What names and values have to be where no policy declares them. */
	private final BiConsumer<String, String> check;

	@SuppressWarnings("unused")
	private volatile int version;

	private volatile Slots slots;

	/**
	 * What has been set by names that are not declared: headers, only with
	 * {@code direct_proto_str}; anything, without a policy.
	 */
	private volatile Map<String, String> direct = Map.of();

	private volatile Map<String, String> receivedDirect = Map.of();

	/**
	 * Makes the metadata of a stream with a policy.
	 * @param policy the streamtype's, which declares the names
	 */
	public MetadataStore(StreamPolicy policy) {
		this.streamType = policy.name();
		this.check = MetadataStore::requireHeader;
		this.slots = new Slots(policy.metadata(), policy.features().directHeaders(), false);
		if (policy.features().directHeaders()) {
			this.direct = new ConcurrentHashMap<>();
		}
	}

	/**
	 * Makes the metadata of a stream whose policy is not known here.
	 * @param streamType the streamtype
	 */
	public MetadataStore(String streamType) {
		this(streamType, (name, value) -> {
		});
	}

	/**
	 * Makes the metadata of a stream whose policy is not known here.
	 * @param streamType the streamtype
	 * @param check throws at names and values that cannot be set
	 */
	public MetadataStore(String streamType, BiConsumer<String, String> check) {
		this.streamType = streamType;
		this.check = check;
		this.slots = new Slots(List.of(), false, true);
		this.direct = new ConcurrentHashMap<>();
	}

	/**
	 * Takes over the declarations of a newer policy; values move by name.
	 * @param policy the policy
	 */
	public void migrate(StreamPolicy policy) {
		Slots old = this.slots;
		Slots fresh = new Slots(policy.metadata(), policy.features().directHeaders(), false);
		for (int i = 0; i < old.declarations.size(); i++) {
			int index = fresh.index(old.declarations.get(i).name());
			if (index >= 0) {
				fresh.value(index, old.value(i));
				fresh.receive(index, old.received(i));
			}
		}
		if (fresh.directHeaders && !old.directHeaders) {
			this.direct = new ConcurrentHashMap<>();
		}
		this.slots = fresh;
		VERSION.getAndAdd(this, 1);
	}

	/**
	 * Another transaction starts: what has been received is of an earlier one.
	 */
	public void forgetReceived() {
		this.slots.forgetReceived();
		this.receivedDirect = Map.of();
	}

	@Override
	public @Nullable String get(String name) {
		Slots current = this.slots;
		int index = current.index(name);
		if (index >= 0) {
			return current.current(index);
		}
		current.requireDirect(this.streamType, name);
		String key = current.key(name);
		String received = this.receivedDirect.get(key);
		return (received != null) ? received : this.direct.get(key);
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
				current.value(index, value);
				current.receive(index, null);
			}
			else {
				current.requireDirect(this.streamType, name);
				putDirect(current, name, value);
			}
		}
		// A policy may have come in between, and taken the old values with it
		while (current != this.slots);
		VERSION.getAndAdd(this, 1);
	}

	private void putDirect(Slots current, String name, @Nullable String value) {
		String key = current.key(name);
		if (value == null) {
			this.direct.remove(key);
		}
		else {
			this.check.accept(key, value);
			this.direct.put(key, value);
		}
		Map<String, String> received = this.receivedDirect;
		if (!received.isEmpty()) {
			received.remove(key);
		}
	}

	@Override
	public Map<String, String> asMap() {
		Slots current = this.slots;
		Map<String, String> map = new LinkedHashMap<>();
		for (int i = 0; i < current.declarations.size(); i++) {
			String value = current.current(i);
			if (value != null) {
				map.put(current.declarations.get(i).name(), value);
			}
		}
		if (current.anyName) {
			map.putAll(this.direct);
			map.putAll(this.receivedDirect);
		}
		return map;
	}

	@Override
	public @Nullable String value(int index) {
		return this.slots.value(index);
	}

	@Override
	public void receive(int index, @Nullable String value) {
		this.slots.receive(index, value);
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * Without a policy it is any value by its name.
	 */
	@Override
	public void receiveDirect(String header, String value) {
		if (this.receivedDirect.isEmpty()) {
			this.receivedDirect = new ConcurrentHashMap<>();
		}
		this.receivedDirect.put(header, value);
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * Without a policy it is all values by their names.
	 */
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
		String value = current.value(index);
		return (value != null) ? value : "";
	}

	@Override
	public int version() {
		return this.version;
	}

	private static String headerName(String name) {
		String header = name.endsWith(":") ? name.substring(0, name.length() - 1) : name;
		return header.toLowerCase(Locale.ROOT);
	}

	private static void requireHeader(String name, String value) {
		requireHeaderName(name);
		requireHeaderValue(name, value);
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

		/** Read and written by any thread, each element on its own. */
		private final @Nullable String[] values;

		private final boolean directHeaders;

		private final boolean anyName;

		/** What has been received later than it was set; most streams receive nothing. */
		private volatile @Nullable String @Nullable [] received;

		Slots(List<MetadataDeclaration> declarations, boolean directHeaders, boolean anyName) {
			this.declarations = declarations;
			this.values = new String[declarations.size()];
			this.directHeaders = directHeaders;
			this.anyName = anyName;
		}

		int index(String name) {
			for (int i = 0; i < this.declarations.size(); i++) {
				if (this.declarations.get(i).name().equals(name)) {
					return i;
				}
			}
			return -1;
		}

		@Nullable String value(int index) {
			return (String) VALUE.getVolatile(this.values, index);
		}

		void value(int index, @Nullable String value) {
			VALUE.setVolatile(this.values, index, value);
		}

		@Nullable String received(int index) {
			@Nullable String[] latest = this.received;
			return (latest != null) ? (String) VALUE.getVolatile(latest, index) : null;
		}

		@Nullable String current(int index) {
			String latest = received(index);
			return (latest != null) ? latest : value(index);
		}

		/** New values are received on the event loop only. */
		void receive(int index, @Nullable String value) {
			@Nullable String[] latest = this.received;
			if (latest == null && value != null) {
				latest = new String[this.declarations.size()];
				this.received = latest;
			}
			if (latest != null) {
				VALUE.setVolatile(latest, index, value);
			}
		}

		void forgetReceived() {
			@Nullable String[] latest = this.received;
			for (int i = 0; latest != null && i < latest.length; i++) {
				VALUE.setVolatile(latest, i, null);
			}
		}

		String key(String name) {
			return this.anyName ? name : headerName(name);
		}

		void requireDirect(String streamType, String name) {
			if (!this.directHeaders && !this.anyName) {
				throw new UnknownMetadataException("metadata \"" + name + "\" is not declared by streamtype \""
						+ streamType + "\" (declared: "
						+ String.join(", ", this.declarations.stream().map(MetadataDeclaration::name).toList()) + ")");
			}
		}

	}

}
