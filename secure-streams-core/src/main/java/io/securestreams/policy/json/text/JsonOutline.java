package io.securestreams.policy.json.text;

import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamContext;

/**
 * Answers what a problem needs to know of the rest of the document, by going through the
 * text once more. Text after a syntax error does not count.
 */
public final class JsonOutline {

	private static final int MEMBER_OF_DOCUMENT = 1;

	private static final int MEMBER_OF_SECTION_ITEM = 3;

	private JsonOutline() {
	}

	/**
	 * Where a value, or the name of a member, stands.
	 *
	 * @param offset character offset at which it starts
	 */
	record Location(int offset, String path) {

		/** The start of the document. */
		static final Location UNKNOWN = new Location(0, "");

	}

	/**
	 * Finds out where places are.
	 * @param locations the places, whose locations are put in
	 */
	static void locate(SourceText source, SortedMap<Integer, Location> locations) {
		int last = locations.lastKey();
		try (JsonParser parser = JsonText.parser(source)) {
			for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
				int place = JsonText.place(parser);
				if (place > last) {
					return;
				}
				if (locations.containsKey(place)) {
					locations.put(place,
							new Location(JsonText.offset(parser), path(token, parser.streamReadContext())));
				}
			}
		}
		catch (JacksonException ex) {
			// has been reported
		}
	}

	private static String path(JsonToken token, TokenStreamContext context) {
		boolean start = token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY;
		return JsonPath.of(start ? context.getParent() : context);
	}

	/**
	 * Finds all names that a section defines, whether rightly or wrongly: as a key, or as
	 * what stands under the key {@code name}.
	 */
	public static Set<String> names(SourceText source, String section) {
		Set<String> names = new HashSet<>();
		boolean inside = false;
		try (JsonParser parser = JsonText.parser(source)) {
			for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
				int depth = parser.streamReadContext().getNestingDepth();
				if (token == JsonToken.PROPERTY_NAME && depth == MEMBER_OF_DOCUMENT) {
					inside = section.equals(parser.currentName());
				}
				else if (inside && depth == MEMBER_OF_SECTION_ITEM) {
					add(token, parser, names);
				}
			}
		}
		catch (JacksonException ex) {
			// has been, or will be, reported
		}
		return names;
	}

	private static void add(JsonToken token, JsonParser parser, Set<String> names) {
		@Nullable String name = parser.currentName();
		if (token == JsonToken.PROPERTY_NAME && name != null) {
			names.add(name);
		}
		else if (token == JsonToken.VALUE_STRING && "name".equals(name)) {
			names.add(parser.getString());
		}
	}

}
