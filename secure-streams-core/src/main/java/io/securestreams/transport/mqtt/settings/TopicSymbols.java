package io.securestreams.transport.mqtt.settings;

import io.securestreams.engine.spi.MetadataAccess;
import io.securestreams.policy.Template;

/**
 * Symbols in topics and filters: one without a value would make an empty level, which is
 * another topic.
 */
public final class TopicSymbols {

	private TopicSymbols() {
	}

	/**
	 * Replaces the symbols.
	 * @param template topic or filter
	 * @param metadata the stream's
	 * @return what is to be sent
	 * @throws IllegalArgumentException if one has no value
	 */
	public static String expand(Template template, MetadataAccess metadata) {
		return template.expand((name) -> {
			String value = metadata.symbol(name);
			if (value != null && value.isEmpty()) {
				throw new IllegalArgumentException(
						"${" + name + "} in " + template.text() + " has no value (expected: metadata that is set)");
			}
			return value;
		});
	}

}
