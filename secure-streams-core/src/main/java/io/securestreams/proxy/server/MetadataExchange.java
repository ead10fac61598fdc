package io.securestreams.proxy.server;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.securestreams.proxy.wire.MetadataItem;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.UnknownMetadataException;

/**
 * Metadata of a proxied stream: what the client sets, and what it is told of the peer's.
 * On the link's event loop.
 */
final class MetadataExchange {

	private final ProxyLink link;

	private final SecureStream stream;

	/** What the client has set. */
	private final Map<String, String> given = new HashMap<>();

	/** What the client has been told in this transaction. */
	private final Map<String, String> told = new HashMap<>();

	MetadataExchange(ProxyLink link, SecureStream stream) {
		this.link = link;
		this.stream = stream;
	}

	/** The client has set a value; one that cannot be ends the link. */
	void set(MetadataItem item) {
		String problem = trySet(item);
		if (problem != null) {
			this.link.refuse(Refusal.METADATA, problem, "metadata \"" + item.name() + "\": " + problem);
		}
	}

	private @Nullable String trySet(MetadataItem item) {
		if (item.value().length == 0) {
			return "a value that is empty";
		}
		try {
			String value = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(item.value())).toString();
			this.stream.metadata().set(item.name(), value);
			this.given.put(item.name(), value);
			this.told.remove(item.name());
			return null;
		}
		catch (UnknownMetadataException ex) {
			return "a name that the streamtype does not have (expected: one of its \"metadata\" in the proxy's policy)";
		}
		catch (IllegalArgumentException | CharacterCodingException ex) {
			return "a value that cannot be sent";
		}
	}

	/** A transaction starts, whose answer is told anew. */
	void forget() {
		this.told.clear();
	}

	/** Tells the client what it does not know yet. */
	void tell() {
		this.stream.metadata().asMap().forEach((name, value) -> {
			if (value.isEmpty() || value.equals(this.told.getOrDefault(name, this.given.get(name)))) {
				return;
			}
			byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
			int nameLength = name.getBytes(StandardCharsets.UTF_8).length;
			if (nameLength <= MetadataItem.MAX_NAME_LENGTH && bytes.length <= MetadataItem.maxValueLength(name)) {
				this.told.put(name, value);
				this.link.send(new MetadataItem(name, bytes), nameLength + bytes.length);
			}
		});
	}

}
