package io.securestreams.transport.http;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import io.securestreams.engine.spi.MetadataAccess;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.StreamPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Maps one stream's metadata to and from header fields; README section "metadata". What
 * the application has set goes out; what has been received is never sent back, so that
 * the {@code content-length} or {@code content-type} of one message does not become that
 * of the next.
 * <p>
 * Used on the stream's executor only, but for {@link #receive} and {@link #forEachNow}.
 */
public final class MetadataHeaders {

	private static final String[] NONE = {};

	private final String[] wireNames;

	private final String[] headers;

	private final boolean direct;

	private final @Nullable String[] own;

	private int version;

	private boolean fresh = true;

	/**
	 * Makes the mapping of a stream.
	 * @param policy the streamtype
	 */
	public MetadataHeaders(StreamPolicy policy) {
		List<MetadataDeclaration> declarations = policy.metadata();
		int size = declarations.size();
		this.wireNames = strings(size);
		this.headers = strings(size);
		this.own = strings(size);
		this.direct = policy.features().directHeaders();
		for (int i = 0; i < size; i++) {
			MetadataDeclaration declaration = declarations.get(i);
			this.headers[i] = declaration.headerName();
			this.wireNames[i] = FieldRules.nameOf(declaration.entity());
		}
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
		boolean changed = this.fresh;
		if (!changed && current == this.version) {
			return false;
		}
		for (int i = 0; i < this.own.length; i++) {
			String value = metadata.value(i);
			if (!Objects.equals(value, this.own[i])) {
				this.own[i] = value;
				changed = true;
			}
		}
		this.version = current;
		this.fresh = false;
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
			give(i, this.own[i], sink);
		}
		giveDirect(metadata, sink);
	}

	/**
	 * Gives the same fields as {@link #forEach}, as they are now. Remembers nothing, so
	 * that all streams of a streamtype can do with one mapping, on any thread.
	 * @param metadata the stream's metadata
	 * @param sink takes the fields
	 * @throws InvalidRequestException if a name or value must not be sent
	 */
	void forEachNow(MetadataAccess metadata, HeaderSink sink) {
		for (int i = this.headers.length - 1; i >= 0; i--) {
			give(i, metadata.value(i), sink);
		}
		giveDirect(metadata, sink);
	}

	private void give(int index, @Nullable String value, HeaderSink sink) {
		if (value != null && !value.isEmpty() && !this.headers[index].isEmpty()) {
			FieldRules.check(this.wireNames[index], value);
			sink.field(this.wireNames[index], value);
		}
	}

	private void giveDirect(MetadataAccess metadata, HeaderSink sink) {
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
	 * Stores the received headers that are declared, or all of them with
	 * {@code direct_proto_str}. Of a repeated header the first value counts. To be called
	 * before anything about the message is announced.
	 * @param fields the received fields
	 * @param metadata the stream's metadata
	 */
	public void receive(ReceivedHeaders fields, MetadataAccess metadata) {
		for (int i = 0; i < this.headers.length; i++) {
			if (!this.headers[i].isEmpty()) {
				String value = fields.first(this.headers[i]);
				if (value != null) {
					metadata.receive(i, value);
				}
			}
		}
		if (this.direct) {
			Set<String> seen = new HashSet<>();
			fields.forEach((name, value) -> {
				if (seen.add(name)) {
					metadata.receiveDirect(name, value);
				}
			});
		}
	}

}
