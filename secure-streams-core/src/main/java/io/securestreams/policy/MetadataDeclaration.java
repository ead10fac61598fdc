package io.securestreams.policy;

import java.util.Locale;

/**
 * One declared metadata name, policy key {@code metadata}.
 *
 * @param name name that application code and <code>${name}</code> symbols use
 * @param entity protocol entity the name is mapped to, as the policy has it (for HTTP a
 * header name, usually with a trailing colon), or empty for a mere symbol
 */
public record MetadataDeclaration(String name, String entity) {

	/**
	 * Whether the name is mapped to a header.
	 * @return {@code true} if there is an entity
	 */
	public boolean isHeader() {
		return !this.entity.isEmpty();
	}

	/**
	 * Returns the header name: lower case, without the colon.
	 * @return the header name, empty if there is none
	 */
	public String headerName() {
		String header = this.entity.strip();
		if (header.endsWith(":")) {
			header = header.substring(0, header.length() - 1).strip();
		}
		return header.toLowerCase(Locale.ROOT);
	}

}
