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

	private static final VarHandle VALUE = MethodHandles.arrayElementVarHandle(Object[].class);

	static {
		try {
			VERSION = MethodHandles.lookup().findVarHandle(MetadataStore.class, "version", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** In {@link #slots}: the names, what has been received, and then the values. */
	private static final int RECEIVED = 1;

	private static final int VALUES = 2;

	@SuppressWarnings("unused")
	private volatile int version;

	/**
	 * One object with all that goes together, for there is one with each request to a
	 * server. The elements are read and written by any thread, each on its own.
	 */
	private volatile @Nullable Object[] slots;

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
		this(Names.of(policy));
	}

	/**
	 * Makes the metadata of a stream.
	 * @param names the names there are
	 */
	public MetadataStore(Names names) {
		this.slots = slots(names);
		if (names.directHeaders || names.anyName) {
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
		this(new Names(streamType, List.of(), false, true, check));
	}

	private static @Nullable Object[] slots(Names names) {
		@Nullable Object[] slots = new Object[VALUES + names.declarations.size()];
		slots[0] = names;
		return slots;
	}

	private static Names names(@Nullable Object[] slots) {
		return (Names) Objects.requireNonNull(slots[0]);
	}

	private static @Nullable String value(@Nullable Object[] slots, int index) {
		return (String) VALUE.getVolatile(slots, VALUES + index);
	}

	/** What has been received later than it was set; most streams receive nothing. */
	private static @Nullable String received(@Nullable Object[] slots, int index) {
		@Nullable Object[] latest = (Object[]) VALUE.getVolatile(slots, RECEIVED);
		return (latest != null) ? (String) VALUE.getVolatile(latest, index) : null;
	}

	private static @Nullable String current(@Nullable Object[] slots, int index) {
		String latest = received(slots, index);
		return (latest != null) ? latest : value(slots, index);
	}

	/** New values are received on the event loop only. */
	private static void receive(@Nullable Object[] slots, int index, @Nullable String value) {
		@Nullable Object[] latest = (Object[]) VALUE.getVolatile(slots, RECEIVED);
		if (latest == null && value != null) {
			latest = new Object[slots.length - VALUES];
			VALUE.setVolatile(slots, RECEIVED, latest);
		}
		if (latest != null) {
			VALUE.setVolatile(latest, index, value);
		}
	}

	/**
	 * Takes over the declarations of a newer policy; values move by name.
	 * @param policy the policy
	 */
	public void migrate(StreamPolicy policy) {
		@Nullable Object[] old = this.slots;
		Names before = names(old);
		Names names = Names.of(policy);
		@Nullable Object[] fresh = slots(names);
		for (int i = 0; i < before.declarations.size(); i++) {
			int index = names.index(before.declarations.get(i).name());
			if (index >= 0) {
				VALUE.setVolatile(fresh, VALUES + index, value(old, i));
				receive(fresh, index, received(old, i));
			}
		}
		if (names.directHeaders && !before.directHeaders) {
			this.direct = new ConcurrentHashMap<>();
		}
		this.slots = fresh;
		VERSION.getAndAdd(this, 1);
	}

	/**
	 * Another transaction starts: what has been received is of an earlier one.
	 */
	public void forgetReceived() {
		@Nullable Object[] current = this.slots;
		for (int i = 0; i < current.length - VALUES; i++) {
			receive(current, i, null);
		}
		this.receivedDirect = Map.of();
	}

	@Override
	public @Nullable String get(String name) {
		@Nullable Object[] current = this.slots;
		Names names = names(current);
		int index = names.index(name);
		if (index >= 0) {
			return current(current, index);
		}
		names.requireDirect(name);
		String key = names.key(name);
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
		@Nullable Object[] current;
		do {
			current = this.slots;
			Names names = names(current);
			int index = names.index(name);
			if (index >= 0) {
				if (value != null && names.declarations.get(index).isHeader()) {
					requireHeaderValue(name, value);
				}
				VALUE.setVolatile(current, VALUES + index, value);
				receive(current, index, null);
			}
			else {
				names.requireDirect(name);
				putDirect(names, name, value);
			}
		}
		// A policy may have come in between, and taken the old values with it
		while (current != this.slots);
		VERSION.getAndAdd(this, 1);
	}

	private void putDirect(Names names, String name, @Nullable String value) {
		String key = names.key(name);
		if (value == null) {
			this.direct.remove(key);
		}
		else {
			names.check.accept(key, value);
			this.direct.put(key, value);
		}
		Map<String, String> received = this.receivedDirect;
		if (!received.isEmpty()) {
			received.remove(key);
		}
	}

	@Override
	public Map<String, String> asMap() {
		@Nullable Object[] current = this.slots;
		Names names = names(current);
		Map<String, String> map = new LinkedHashMap<>();
		for (int i = 0; i < names.declarations.size(); i++) {
			String value = current(current, i);
			if (value != null) {
				map.put(names.declarations.get(i).name(), value);
			}
		}
		if (names.anyName) {
			map.putAll(this.direct);
			map.putAll(this.receivedDirect);
		}
		return map;
	}

	@Override
	public @Nullable String value(int index) {
		return value(this.slots, index);
	}

	@Override
	public void receive(int index, @Nullable String value) {
		receive(this.slots, index, value);
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
		@Nullable Object[] current = this.slots;
		int index = names(current).index(name);
		if (index < 0) {
			return null;
		}
		String value = value(current, index);
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

	/**
	 * The names there are, which many streams may share.
	 */
	public static final class Names {

		private final String streamType;

		private final List<MetadataDeclaration> declarations;

		private final boolean directHeaders;

		private final boolean anyName;

		/** What names and values have to be where no policy declares them. */
		private final BiConsumer<String, String> check;

		private Names(String streamType, List<MetadataDeclaration> declarations, boolean directHeaders, boolean anyName,
				BiConsumer<String, String> check) {
			this.streamType = streamType;
			this.declarations = declarations;
			this.directHeaders = directHeaders;
			this.anyName = anyName;
			this.check = check;
		}

		/**
		 * Returns those of a policy.
		 * @param policy the streamtype's
		 * @return what it declares
		 */
		public static Names of(StreamPolicy policy) {
			return new Names(policy.name(), policy.metadata(), policy.features().directHeaders(), false,
					MetadataStore::requireHeader);
		}

		int index(String name) {
			for (int i = 0; i < this.declarations.size(); i++) {
				if (this.declarations.get(i).name().equals(name)) {
					return i;
				}
			}
			return -1;
		}

		String key(String name) {
			return this.anyName ? name : headerName(name);
		}

		void requireDirect(String name) {
			if (!this.directHeaders && !this.anyName) {
				throw new UnknownMetadataException("metadata \"" + name + "\" is not declared by streamtype \""
						+ this.streamType + "\" (declared: "
						+ String.join(", ", this.declarations.stream().map(MetadataDeclaration::name).toList()) + ")");
			}
		}

	}

}
