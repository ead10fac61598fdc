package io.securestreams.testing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

import io.securestreams.engine.spi.MetadataAccess;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.stream.StreamMetadata;
import io.securestreams.stream.UnknownMetadataException;
import org.jspecify.annotations.Nullable;

/**
 * Metadata for tests; what is received under a header's own name is in {@link #received}.
 */
public final class TestMetadata implements MetadataAccess {

	public final Map<String, String> received = new LinkedHashMap<>();

	private final Map<String, String> direct = new LinkedHashMap<>();

	private final List<MetadataDeclaration> declarations;

	private final List<@Nullable String> values = new ArrayList<>();

	private final List<@Nullable String> latest = new ArrayList<>();

	private int version;

	public TestMetadata(List<MetadataDeclaration> declarations) {
		this.declarations = declarations;
		declarations.forEach((declaration) -> {
			this.values.add(null);
			this.latest.add(null);
		});
	}

	public TestMetadata direct(String header, String value) {
		this.direct.put(header, value);
		this.version++;
		return this;
	}

	private int indexOf(String name) {
		for (int i = 0; i < this.declarations.size(); i++) {
			if (this.declarations.get(i).name().equals(name)) {
				return i;
			}
		}
		throw new UnknownMetadataException(name);
	}

	@Override
	public @Nullable String get(String name) {
		return current(indexOf(name));
	}

	@Override
	public StreamMetadata set(String name, String value) {
		this.values.set(indexOf(name), value);
		this.latest.set(indexOf(name), null);
		this.version++;
		return this;
	}

	@Override
	public StreamMetadata remove(String name) {
		this.values.set(indexOf(name), null);
		this.latest.set(indexOf(name), null);
		this.version++;
		return this;
	}

	@Override
	public Map<String, String> asMap() {
		Map<String, String> map = new LinkedHashMap<>();
		for (int i = 0; i < this.declarations.size(); i++) {
			String value = current(i);
			if (value != null) {
				map.put(this.declarations.get(i).name(), value);
			}
		}
		return map;
	}

	@Override
	public @Nullable String value(int index) {
		return this.values.get(index);
	}

	private @Nullable String current(int index) {
		String received = this.latest.get(index);
		return (received != null) ? received : this.values.get(index);
	}

	@Override
	public void receive(int index, @Nullable String value) {
		this.latest.set(index, value);
	}

	@Override
	public void receiveDirect(String header, String value) {
		this.received.put(header, value);
	}

	@Override
	public void forEachDirect(BiConsumer<String, String> each) {
		this.direct.forEach(each);
	}

	@Override
	public @Nullable String symbol(String name) {
		for (int i = 0; i < this.declarations.size(); i++) {
			if (this.declarations.get(i).name().equals(name)) {
				String value = this.values.get(i);
				return (value != null) ? value : "";
			}
		}
		return null;
	}

	@Override
	public int version() {
		return this.version;
	}

}
