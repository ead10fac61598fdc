package io.securestreams.transport.websocket.frame;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.securestreams.policy.http.HttpToken;
import org.jspecify.annotations.Nullable;

/**
 * One element of {@code Sec-WebSocket-Extensions} (RFC 6455 section 9.1).
 *
 * @param name name of the extension
 * @param parameters parameters with their values, empty where there is none
 */
public record ExtensionHeader(String name, Map<String, String> parameters) {

	/**
	 * Reads the values of all fields of that name.
	 * @return the elements in order, or {@code null} if they are not well formed
	 */
	public static @Nullable List<ExtensionHeader> parse(List<String> values) {
		List<ExtensionHeader> elements = new ArrayList<>();
		for (String value : values) {
			for (String element : split(value, ',')) {
				if (element.isBlank()) {
					// RFC 9110 section 5.6.1
					continue;
				}
				ExtensionHeader parsed = element(element);
				if (parsed == null) {
					return null;
				}
				elements.add(parsed);
			}
		}
		return elements;
	}

	private static @Nullable ExtensionHeader element(String text) {
		List<String> parts = split(text, ';');
		String name = parts.get(0).strip();
		Map<String, String> parameters = new LinkedHashMap<>();
		for (String part : parts.subList(1, parts.size())) {
			int equals = part.indexOf('=');
			String key = ((equals < 0) ? part : part.substring(0, equals)).strip();
			String value = (equals < 0) ? "" : unquote(part.substring(equals + 1).strip());
			if (!HttpToken.isToken(key) || (equals >= 0 && !HttpToken.isToken(value))
					|| parameters.put(key, value) != null) {
				return null;
			}
		}
		return HttpToken.isToken(name) ? new ExtensionHeader(name, parameters) : null;
	}

	private static String unquote(String value) {
		return (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\""))
				? value.substring(1, value.length() - 1) : value;
	}

	/** Quoted values must be tokens, so that no separator hides in them. */
	private static List<String> split(String text, char separator) {
		return List.of(text.split(String.valueOf(separator), -1));
	}

}
