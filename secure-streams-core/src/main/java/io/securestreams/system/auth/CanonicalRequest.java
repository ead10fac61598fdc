package io.securestreams.system.auth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The form of a request that is signed, whatever proxies do to it on its way: task 1 of
 * AWS Signature Version 4.
 *
 * @param text the canonical request
 * @param signedHeaders names of the fields in it, separated by semicolons
 */
record CanonicalRequest(String text, String signedHeaders) {

	private static final String HEX = "0123456789ABCDEF";

	/**
	 * Brings a request into form.
	 * @param method request method
	 * @param pathAndQuery path and query
	 * @param form how the path is treated
	 * @param headers fields to sign: names in lower case and their values in order
	 * @param payloadHash hash of the body, or what stands for it
	 */
	static CanonicalRequest of(String method, String pathAndQuery, PathForm form, TreeMap<String, List<String>> headers,
			String payloadHash) {
		int mark = pathAndQuery.indexOf('?');
		String path = (mark < 0) ? pathAndQuery : pathAndQuery.substring(0, mark);
		String query = (mark < 0) ? "" : pathAndQuery.substring(mark + 1);
		StringBuilder text = new StringBuilder(512);
		text.append(method).append('\n');
		text.append(form.canonical(path)).append('\n');
		text.append(query(query)).append('\n');
		StringBuilder names = new StringBuilder();
		for (Map.Entry<String, List<String>> header : headers.entrySet()) {
			text.append(header.getKey()).append(':');
			String separator = "";
			for (String value : header.getValue()) {
				text.append(separator).append(value.strip().replaceAll("\\s+", " "));
				separator = ",";
			}
			text.append('\n');
			names.append(names.isEmpty() ? "" : ";").append(header.getKey());
		}
		text.append('\n').append(names).append('\n').append(payloadHash);
		return new CanonicalRequest(text.toString(), names.toString());
	}

	/** Parameters encoded anew, and in order. */
	private static String query(String query) {
		List<Map.Entry<String, String>> parameters = new ArrayList<>();
		for (String parameter : query.split("&")) {
			if (!parameter.isEmpty()) {
				int equals = parameter.indexOf('=');
				String name = (equals < 0) ? parameter : parameter.substring(0, equals);
				String value = (equals < 0) ? "" : parameter.substring(equals + 1);
				parameters.add(Map.entry(encode(decode(name), false), encode(decode(value), false)));
			}
		}
		// What is encoded is ASCII, whose order is that of octets
		parameters.sort(Map.Entry.<String, String>comparingByKey()
			.thenComparing(Map.Entry.comparingByValue(Comparator.naturalOrder())));
		StringBuilder text = new StringBuilder();
		for (Map.Entry<String, String> parameter : parameters) {
			text.append(text.isEmpty() ? "" : "&").append(parameter.getKey()).append('=').append(parameter.getValue());
		}
		return text.toString();
	}

	/** The encoding of AWS: all but unreserved characters (RFC 3986 section 2.3). */
	private static String encode(byte[] octets, boolean keepsSlash) {
		StringBuilder text = new StringBuilder(octets.length + 16);
		for (byte octet : octets) {
			char character = (char) (octet & 0xff);
			boolean plain = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z')
					|| (character >= '0' && character <= '9') || "-._~".indexOf(character) >= 0
					|| (character == '/' && keepsSlash);
			if (plain) {
				text.append(character);
			}
			else {
				text.append('%').append(HEX.charAt(character >> 4)).append(HEX.charAt(character & 15));
			}
		}
		return text.toString();
	}

	/** A percent sign that starts no escape stands for itself. */
	private static byte[] decode(String text) {
		byte[] octets = text.getBytes(StandardCharsets.UTF_8);
		byte[] plain = new byte[octets.length];
		int length = 0;
		for (int i = 0; i < octets.length; i++) {
			int high = (octets[i] == '%' && i + 2 < octets.length) ? Character.digit(octets[i + 1], 16) : -1;
			int low = (high >= 0) ? Character.digit(octets[i + 2], 16) : -1;
			if (low >= 0) {
				plain[length++] = (byte) (high << 4 | low);
				i += 2;
			}
			else {
				plain[length++] = octets[i];
			}
		}
		return Arrays.copyOf(plain, length);
	}

	/**
	 * How a path is treated, which depends on the service.
	 */
	enum PathForm {

		/** Dots and empty segments resolved, and encoded once more than it is sent. */
		NORMALIZED {
			@Override
			String canonical(String path) {
				return encode(normalize(path).getBytes(StandardCharsets.UTF_8), true);
			}
		},

		/** Segments as they are, encoded once more than it is sent. */
		AS_IS {
			@Override
			String canonical(String path) {
				return encode(path.getBytes(StandardCharsets.UTF_8), true);
			}
		},

		/** Segments as they are, encoded once: that of S3, where paths are names. */
		OBJECT_KEY {
			@Override
			String canonical(String path) {
				return encode(decode(path), true);
			}
		};

		abstract String canonical(String path);

		private static String normalize(String path) {
			List<String> segments = new ArrayList<>();
			for (String segment : path.split("/")) {
				if (segment.equals("..")) {
					if (!segments.isEmpty()) {
						segments.remove(segments.size() - 1);
					}
				}
				else if (!segment.isEmpty() && !segment.equals(".")) {
					segments.add(segment);
				}
			}
			boolean ends = path.endsWith("/") && !segments.isEmpty();
			return "/" + String.join("/", segments) + (ends ? "/" : "");
		}

	}

}
