package io.securestreams.proxy.client.payload;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.ConnectionTimings;

/**
 * Reads timings as proxies write them: JSON of a shape that is known.
 */
public final class TimingsText {

	private static final int MAX_LENGTH = 8192;

	private static final Pattern NUMBER = Pattern.compile("\"([a-z_]{1,16})\"\\s*:\\s*(\\d{1,15})");

	private static final Pattern TEXT = Pattern.compile("\"([a-z_]{1,16})\"\\s*:\\s*\"([^\"\\\\]*)\"");

	private static final Pattern DNS = Pattern.compile("\"dns\"\\s*:\\s*\\[([^\\]]*)\\]");

	private static final Pattern ITEM = Pattern.compile("\"([^\"\\\\]*)\"");

	private TimingsText() {
	}

	/**
	 * Reads the text.
	 * @param json the text; some proxies cut it
	 * @return the timings, or {@code null} if there is no sense in it
	 */
	public static @Nullable ConnectionTimings parse(String json) {
		String text = json.strip();
		if (text.length() > MAX_LENGTH || !text.startsWith("{") || !text.endsWith("}")) {
			return null;
		}
		List<String> dns = new ArrayList<>();
		Matcher list = DNS.matcher(text);
		if (list.find()) {
			Matcher item = ITEM.matcher(list.group(1));
			while (item.find()) {
				dns.add(item.group(1));
			}
		}
		String peer = text(text, "peer");
		return new ConnectionTimings("(unset)".equals(peer) ? null : peer, number(text, "dns_us"),
				(int) number(text, "dns_disp"), number(text, "sockconn_us"), number(text, "tls_us"),
				number(text, "txn_resp_us"), dns, text(text, "protocol"), (int) number(text, "resp"));
	}

	private static long number(String json, String key) {
		Matcher matcher = NUMBER.matcher(json);
		while (matcher.find()) {
			if (matcher.group(1).equals(key)) {
				return Long.parseLong(matcher.group(2));
			}
		}
		return 0;
	}

	private static @Nullable String text(String json, String key) {
		Matcher matcher = TEXT.matcher(json);
		while (matcher.find()) {
			if (matcher.group(1).equals(key)) {
				return matcher.group(2);
			}
		}
		return null;
	}

}
