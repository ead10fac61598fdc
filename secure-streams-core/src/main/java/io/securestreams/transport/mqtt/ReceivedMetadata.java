package io.securestreams.transport.mqtt;

import java.util.List;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.policy.MetadataDeclaration;

/**
 * What of a received message becomes metadata: its topic, for a declaration that is
 * called {@code topic} or mapped to that.
 */
final class ReceivedMetadata {

	private static final String TOPIC = "topic";

	private final ClientLink link;

	private final int topicIndex;

	ReceivedMetadata(ClientLink link) {
		this.link = link;
		this.topicIndex = find(link.policy().metadata(), TOPIC);
	}

	private static int find(List<MetadataDeclaration> declarations, String name) {
		for (int i = 0; i < declarations.size(); i++) {
			MetadataDeclaration declaration = declarations.get(i);
			if (declaration.isHeader() ? declaration.headerName().equals(name) : declaration.name().equals(name)) {
				return i;
			}
		}
		return -1;
	}

	void set(IncomingMessage message) {
		if (this.topicIndex >= 0) {
			this.link.metadata().receive(this.topicIndex, message.topic);
		}
	}

}
