package io.securestreams.policy.json;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.securestreams.policy.json.JsonValue.ArrayValue;
import io.securestreams.policy.json.JsonValue.Kind;
import io.securestreams.policy.json.JsonValue.Member;
import io.securestreams.policy.json.JsonValue.ObjectValue;
import io.securestreams.policy.json.JsonValue.Scalar;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/**
 * Text to {@link JsonValue}: strict JSON (RFC 8259) with comments. Nesting and the number
 * of tokens are bounded.
 */
final class JsonText {

	private static final int MAX_NESTING = 32;

	private static final int MAX_TOKENS = 2_000_000;

	/** Objects with fewer members are searched for duplicates one by one. */
	private static final int SMALL_OBJECT = 24;

	private static final JsonFactory FACTORY = JsonFactory.builder()
		.enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
		.enable(JsonReadFeature.ALLOW_YAML_COMMENTS)
		.streamReadConstraints(StreamReadConstraints.builder()
			.maxNestingDepth(MAX_NESTING)
			.maxTokenCount(MAX_TOKENS)
			.maxStringLength(Integer.MAX_VALUE)
			.build())
		.build();

	private final JsonParser parser;

	private final Problems problems;

	private JsonText(JsonParser parser, Problems problems) {
		this.parser = parser;
		this.problems = problems;
	}

	/**
	 * Parses a document.
	 * @return its value, or {@code null} if it is malformed, which has been reported
	 */
	static @Nullable JsonValue parse(SourceText source, Problems problems) {
		try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), source.chars(), 0, source.length())) {
			JsonText text = new JsonText(parser, problems);
			try {
				return text.document();
			}
			catch (JacksonException ex) {
				text.report(ex, source.length());
				return null;
			}
		}
	}

	private @Nullable JsonValue document() {
		if (this.parser.nextToken() == null) {
			this.problems.errorAt(0, "", "empty document", "an object");
			return null;
		}
		JsonValue value = value();
		if (this.parser.nextToken() != null) {
			this.problems.errorAt(offset(), "", "text after the end of the document", "one object");
			return null;
		}
		return value;
	}

	private JsonValue value() {
		JsonToken token = this.parser.currentToken();
		int offset = offset();
		return switch (token) {
			case START_OBJECT -> new ObjectValue(offset, members());
			case START_ARRAY -> new ArrayValue(offset, items());
			case VALUE_STRING -> new Scalar(offset, Kind.STRING, this.parser.getString());
			case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Scalar(offset, Kind.NUMBER, this.parser.getString());
			case VALUE_TRUE -> new Scalar(offset, Kind.TRUE, "true");
			case VALUE_FALSE -> new Scalar(offset, Kind.FALSE, "false");
			case VALUE_NULL -> new Scalar(offset, Kind.NULL, "null");
			default -> throw new IllegalStateException("token: " + token + " (expected: the start of a value)");
		};
	}

	private List<Member> members() {
		List<Member> members = new ArrayList<>(4);
		Set<String> names = null;
		while (this.parser.nextToken() != JsonToken.END_OBJECT) {
			String name = this.parser.currentName();
			int offset = offset();
			if (names == null && members.size() == SMALL_OBJECT) {
				names = new HashSet<>();
				for (Member member : members) {
					names.add(member.name());
				}
			}
			boolean duplicate = (names != null) ? !names.add(name) : contains(members, name);
			this.parser.nextToken();
			Member member = new Member(offset, name, value());
			if (duplicate) {
				this.problems.errorAt(offset, pathHere(name), "duplicate key " + Quoted.of(name), "each key once");
			}
			else {
				members.add(member);
			}
		}
		return members;
	}

	private static boolean contains(List<Member> members, String name) {
		for (Member member : members) {
			if (member.name().equals(name)) {
				return true;
			}
		}
		return false;
	}

	private List<JsonValue> items() {
		List<JsonValue> items = new ArrayList<>(4);
		while (this.parser.nextToken() != JsonToken.END_ARRAY) {
			items.add(value());
		}
		return items;
	}

	private int offset() {
		return (int) this.parser.currentTokenLocation().getCharOffset();
	}

	private void report(JacksonException ex, int length) {
		String path = pathHere(null);
		long at = (ex.getLocation() != null) ? ex.getLocation().getCharOffset() : length;
		int offset = (int) Math.max(0, Math.min(at, length));
		if (ex instanceof UnexpectedEndOfInputException) {
			this.problems.errorAt(offset, path, "the document ends here", "the rest of it");
			return;
		}
		if (ex instanceof StreamConstraintsException) {
			String message = String.valueOf(ex.getOriginalMessage());
			boolean nesting = message.contains("nesting");
			this.problems.errorAt(offset, path, nesting ? "nested too deeply" : "a document of too many tokens",
					"at most " + (nesting ? MAX_NESTING + " levels" : MAX_TOKENS));
			return;
		}
		reportSyntax(offset, path, String.valueOf(ex.getOriginalMessage()));
	}

	/**
	 * The parser's messages read "what: expectation"; they may repeat a token, which may
	 * be a piece of a key that lost its quotes.
	 */
	private void reportSyntax(int offset, String path, String message) {
		if (message.startsWith("Unrecognized token")) {
			this.problems.errorAt(offset, path, "malformed JSON: unrecognized token", "a JSON value; text in quotes");
			return;
		}
		int colon = message.indexOf("): ");
		String expected = (colon < 0) ? "" : message.substring(colon + 3).replaceFirst("^(was )?expect(ing|ed) ", "");
		String what = (colon < 0) ? message : message.substring(0, colon + 1);
		this.problems.errorAt(offset, path, "malformed JSON: " + Quoted.shorten(decapitalize(what)),
				Quoted.shorten(expected));
	}

	private static String decapitalize(String text) {
		return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
	}

	private String pathHere(@Nullable String name) {
		JsonPath path = new JsonPath();
		append(path, this.parser.streamReadContext(), name);
		return path.toString();
	}

	private static void append(JsonPath path, @Nullable TokenStreamContext context, @Nullable String name) {
		if (context == null || context.inRoot()) {
			return;
		}
		append(path, context.getParent(), null);
		String last = (name != null) ? name : context.currentName();
		if (context.inObject() && last != null) {
			path.name(last);
		}
		else if (context.inArray() && context.hasCurrentIndex()) {
			path.index(context.getCurrentIndex());
		}
	}

}
