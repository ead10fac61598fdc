package io.securestreams.transport.http2.frame;

import java.util.HashMap;
import java.util.Map;

/**
 * The static table (RFC 7541 appendix A), as far as requests have use for it.
 */
final class StaticTable {

	/** Names, values in the table for that name, and the index of the first one. */
	private static final String[][] ENTRIES = { { "1", ":authority", "" }, { "2", ":method", "GET", "POST" },
			{ "4", ":path", "/", "/index.html" }, { "6", ":scheme", "http", "https" }, { "15", "accept-charset", "" },
			{ "16", "accept-encoding", "gzip, deflate" }, { "17", "accept-language", "" },
			{ "18", "accept-ranges", "" }, { "19", "accept", "" }, { "20", "access-control-allow-origin", "" },
			{ "21", "age", "" }, { "22", "allow", "" }, { "23", "authorization", "" }, { "24", "cache-control", "" },
			{ "25", "content-disposition", "" }, { "26", "content-encoding", "" }, { "27", "content-language", "" },
			{ "28", "content-length", "" }, { "29", "content-location", "" }, { "30", "content-range", "" },
			{ "31", "content-type", "" }, { "32", "cookie", "" }, { "33", "date", "" }, { "34", "etag", "" },
			{ "35", "expect", "" }, { "36", "expires", "" }, { "37", "from", "" }, { "38", "host", "" },
			{ "39", "if-match", "" }, { "40", "if-modified-since", "" }, { "41", "if-none-match", "" },
			{ "42", "if-range", "" }, { "43", "if-unmodified-since", "" }, { "44", "last-modified", "" },
			{ "45", "link", "" }, { "46", "location", "" }, { "47", "max-forwards", "" },
			{ "48", "proxy-authenticate", "" }, { "49", "proxy-authorization", "" }, { "50", "range", "" },
			{ "51", "referer", "" }, { "52", "refresh", "" }, { "53", "retry-after", "" }, { "54", "server", "" },
			{ "55", "set-cookie", "" }, { "56", "strict-transport-security", "" }, { "57", "transfer-encoding", "" },
			{ "58", "user-agent", "" }, { "59", "vary", "" }, { "60", "via", "" }, { "61", "www-authenticate", "" } };

	private static final Map<String, Integer> NAMES = new HashMap<>();

	private static final Map<String, Integer> FIELDS = new HashMap<>();

	static {
		for (String[] entry : ENTRIES) {
			int index = Integer.parseInt(entry[0]);
			NAMES.put(entry[1], index);
			for (int i = 2; i < entry.length; i++) {
				FIELDS.put(entry[1] + '\0' + entry[i], index + i - 2);
			}
		}
	}

	private StaticTable() {
	}

	/**
	 * Finds a name.
	 * @param name the name, lower case
	 * @return an index, or 0 if there is none
	 */
	static int indexOf(String name) {
		return NAMES.getOrDefault(name, 0);
	}

	/**
	 * Finds a field.
	 * @param name the name, lower case
	 * @param value the value
	 * @return an index, or 0 if there is none
	 */
	static int indexOf(String name, String value) {
		return FIELDS.getOrDefault(name + '\0' + value, 0);
	}

}
