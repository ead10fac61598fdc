package io.securestreams.transport.http;

import java.util.List;
import java.util.Objects;

import io.securestreams.engine.spi.MetadataAccess;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.StreamPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Maps one stream's metadata to and from header fields; README section "metadata". What
 * the application has set goes out; what has been received is stored in the same slots
 * but never sent back, so that the {@code content-length} or {@code content-type} of one
 * message does not become that of the next.
 * <p>
 * Used on the stream's executor only.
 */
public final class MetadataHeaders {

	private static final String[] NONE = {};

	private static final boolean[] NOT_ONE = {};

	private final List<MetadataDeclaration> declarations;

	private final String[] wireNames;

	private final String[] headers;

	private final boolean[] inUrl;

	private final boolean direct;

	private final @Nullable String[] own;

	private final @Nullable String[] received;

	private int version;

	private boolean stale = true;

	/**
	 * Makes the mapping of a stream.
	 * @param policy the streamtype
	 */
	public MetadataHeaders(StreamPolicy policy) {
		this.declarations = policy.metadata();
		int size = this.declarations.size();
		this.wireNames = strings(size);
		this.headers = strings(size);
		this.inUrl = (size == 0) ? NOT_ONE : new boolean[size];
		this.own = strings(size);
		this.received = strings(size);
		this.direct = policy.features().directHeaders();
		List<String> symbols = (policy.protocol() instanceof HttpPolicy http) ? http.url().symbols() : List.of();
		for (int i = 0; i < size; i++) {
			MetadataDeclaration declaration = this.declarations.get(i);
			this.headers[i] = declaration.headerName();
			this.wireNames[i] = FieldRules.nameOf(declaration.entity());
			this.inUrl[i] = symbols.contains(declaration.name());
		}
	}

	/**
	 * Makes the mapping of another stream of the same streamtype.
	 * @param other shares what is the same for all of them
	 */
	MetadataHeaders(MetadataHeaders other) {
		this.declarations = other.declarations;
		this.wireNames = other.wireNames;
		this.headers = other.headers;
		this.inUrl = other.inUrl;
		this.direct = other.direct;
		this.own = strings(this.headers.length);
		this.received = strings(this.headers.length);
	}

	/** There are many streams without metadata. */
	private static String[] strings(int size) {
		return (size == 0) ? NONE : new String[size];
	}

	/**
	 * Takes note of what the application has changed. To be called before
	 * {@link #forEach} and {@link #own}.
	 * @param metadata the stream's metadata
	 * @return whether what is sent may differ from last time
	 */
	public boolean refresh(MetadataAccess metadata) {
		int current = metadata.version();
		boolean changed = this.stale;
		if (!changed && current == this.version) {
			return false;
		}
		for (int i = 0; i < this.own.length; i++) {
			String value = metadata.value(i);
			if ((value == null || !isSame(value, this.received[i])) && !Objects.equals(value, this.own[i])) {
				this.own[i] = value;
				changed = true;
			}
		}
		this.version = current;
		this.stale = false;
		return changed || this.direct;
	}

	/**
	 * Gives the fields that are to be sent: declared ones that have a value, the last
	 * declared first, then those the application named itself.
	 * @param metadata the stream's metadata
	 * @param sink takes the fields
	 * @throws InvalidRequestException if a name or value must not be sent
	 */
	public void forEach(MetadataAccess metadata, HeaderSink sink) {
		for (int i = this.own.length - 1; i >= 0; i--) {
			String value = this.own[i];
			if (value != null && !value.isEmpty() && !this.headers[i].isEmpty()) {
				FieldRules.check(this.wireNames[i], value);
				sink.field(this.wireNames[i], value);
			}
		}
		if (this.direct) {
			metadata.forEachDirect((name, value) -> {
				String header = FieldRules.nameOf(name);
				FieldRules.check(header, value);
				sink.field(header, value);
			});
		}
	}

	/**
	 * Returns what the application has set for a header.
	 * @param header header name, lower case
	 * @return the value, or {@code null} if none or an empty one is set
	 */
	public @Nullable String own(String header) {
		for (int i = 0; i < this.own.length; i++) {
			String value = this.own[i];
			if (value != null && !value.isEmpty() && this.headers[i].equals(header)) {
				return value;
			}
		}
		return null;
	}

	/**
	 * Stores the received headers that are declared. Of a repeated header the first value
	 * counts. To be called before anything about the message is announced.
	 * @param fields the received fields
	 * @param metadata the stream's metadata
	 */
	public void receive(ReceivedHeaders fields, MetadataAccess metadata) {
		for (int i = 0; i < this.headers.length; i++) {
			if (!this.headers[i].isEmpty()) {
				String value = fields.first(this.headers[i]);
				if (value != null) {
					receive(i, value, metadata);
				}
			}
		}
		if (this.direct) {
			fields.forEach(metadata::receiveDirect);
		}
	}

	/**
	 * Stores something else that has been received.
	 * @param index position in the policy's declarations
	 * @param value the value
	 * @param metadata the stream's metadata
	 */
	void receive(int index, String value, MetadataAccess metadata) {
		boolean changed = refresh(metadata);
		metadata.receive(index, value);
		// The slot keeps the instance it has if the value is the same
		this.received[index] = metadata.value(index);
		this.stale |= changed || this.inUrl[index];
	}

	/**
	 * Removes what the previous request has left, so that it is not taken for part of
	 * this one. What the application has set comes back.
	 * @param metadata the stream's metadata
	 */
	void forget(MetadataAccess metadata) {
		for (int i = 0; i < this.received.length; i++) {
			forget(i, metadata);
		}
	}

	/**
	 * Removes what has been received for one declaration.
	 * @param index position in the policy's declarations
	 * @param metadata the stream's metadata
	 */
	void forget(int index, MetadataAccess metadata) {
		String last = this.received[index];
		if (last == null) {
			return;
		}
		this.received[index] = null;
		String value = metadata.value(index);
		if (value == null || !isSame(value, last)) {
			return;
		}
		String ours = this.own[index];
		if (ours != null) {
			metadata.receive(index, ours);
		}
		else {
			metadata.remove(this.declarations.get(index).name());
		}
	}

	/** By identity: the application may set a text that is equal to a received one. */
	@SuppressWarnings({ "ReferenceEquality", "StringEquality" })
	private static boolean isSame(String value, @Nullable String received) {
		return value == received;
	}

}
