package io.securestreams.proxy.client;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.netty.buffer.ByteBufUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.stream.MetadataStore;
import io.securestreams.proxy.client.link.UpstreamLink;
import io.securestreams.proxy.wire.MetadataItem;

/**
 * The metadata of a stream and what the proxy knows of it. On the event loop of the
 * stream.
 */
final class MetadataUpdates {

	/** Most names that a proxy may set. */
	private static final int MAX_NAMES = 256;

	/** Most bytes of values that a proxy may set. */
	private static final int MAX_BYTES = 1024 * 1024;

	private static final Logger log = LoggerFactory.getLogger(MetadataUpdates.class);

	private final String tag;

	private final MetadataStore store;

	private final UpstreamLink link;

	/** What has been sent on this link. */
	private final Map<String, String> sent = new HashMap<>();

	private int version = -1;

	private boolean emptyTold;

	private final Set<String> received = new HashSet<>();

	private int receivedBytes;

	MetadataUpdates(String tag, MetadataStore store, UpstreamLink link) {
		this.tag = tag;
		this.store = store;
		this.link = link;
	}

	/**
	 * Refuses what cannot travel.
	 * @param name the name
	 * @param value the value
	 */
	static void check(String name, String value) {
		int length = ByteBufUtil.utf8Bytes(name);
		if (length == 0 || length > MetadataItem.MAX_NAME_LENGTH || name.indexOf('\0') >= 0) {
			throw new IllegalArgumentException(
					"metadata \"" + name + "\" cannot go through a proxy (expected: a name of 1 to "
							+ MetadataItem.MAX_NAME_LENGTH + " bytes without NUL)");
		}
		if (ByteBufUtil.utf8Bytes(value) > MetadataItem.maxValueLength(name)) {
			throw new IllegalArgumentException(
					"metadata \"" + name + "\" cannot go through a proxy (expected: a value of at most "
							+ MetadataItem.maxValueLength(name) + " bytes)");
		}
	}

	/** There is a new link, whose other end knows nothing. */
	void restart() {
		this.sent.clear();
		this.version = -1;
		this.received.clear();
		this.receivedBytes = 0;
	}

	/** Writes what has changed. */
	void write() {
		int now = this.store.version();
		if (now == this.version) {
			return;
		}
		this.version = now;
		this.store.forEachDirect((name, value) -> {
			if (value.isEmpty()) {
				// Proxies of libwebsockets would end the link
				if (!this.emptyTold) {
					this.emptyTold = true;
					log.warn("[{}] metadata \"{}\" is empty, which does not go through proxies: it is not sent",
							this.tag, name);
				}
			}
			else if (!value.equals(this.sent.put(name, value))) {
				this.link.send(new MetadataItem(name, value.getBytes(StandardCharsets.UTF_8)));
			}
		});
	}

	/** Whether the proxy may set this, too. */
	boolean accepts(MetadataItem item) {
		this.receivedBytes += item.value().length;
		if (this.received.add(item.name())) {
			this.receivedBytes += item.name().length();
		}
		return this.received.size() <= MAX_NAMES && this.receivedBytes <= MAX_BYTES;
	}

	/** What the proxy may set is counted anew, for what it has set is forgotten. */
	void forget() {
		this.received.clear();
		this.receivedBytes = 0;
	}

}
