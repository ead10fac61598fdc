package io.securestreams.policy.json.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

import io.securestreams.policy.json.text.JsonValue.ArrayValue;
import io.securestreams.policy.json.text.JsonValue.Items;
import io.securestreams.policy.json.text.JsonValue.Kind;
import io.securestreams.policy.json.text.JsonValue.Member;
import io.securestreams.policy.json.text.JsonValue.ObjectValue;
import io.securestreams.policy.json.text.JsonValue.Scalar;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonFactoryBuilder;
import tools.jackson.core.json.JsonReadFeature;

/**
 * Text to {@link JsonValue}: strict JSON (RFC 8259) with comments, and with trailing
 * commas where the source allows them. Nesting and the number of tokens are bounded. The
 * document is not kept as a whole, only the item of a {@link Section} that is being
 * visited.
 */
public final class JsonText {

	static final int MAX_NESTING = 32;

	static final int MAX_TOKENS = 2_000_000;

	/** Most characters of a number. */
	static final int MAX_DIGITS = 1000;

	/** Most characters of a name. */
	static final int MAX_NAME = 50_000;

	/** Objects with fewer members are searched for duplicates one by one. */
	private static final int SMALL_OBJECT = 24;

	private static final JsonFactory STRICT = factory().build();

	private static final JsonFactory LOOSE = factory().enable(JsonReadFeature.ALLOW_TRAILING_COMMA).build();

	private final JsonParser parser;

	private final Problems problems;

	/** Those of all objects that are open, inner ones last. */
	private Member[] members = new Member[64];

	private int memberCount;

	private JsonText(JsonParser parser, Problems problems) {
		this.parser = parser;
		this.problems = problems;
	}

	private static JsonFactoryBuilder factory() {
		return JsonFactory.builder()
			.enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
			.enable(JsonReadFeature.ALLOW_YAML_COMMENTS)
			.streamReadConstraints(StreamReadConstraints.builder()
				.maxNestingDepth(MAX_NESTING)
				.maxTokenCount(MAX_TOKENS)
				.maxNumberLength(MAX_DIGITS)
				.maxNameLength(MAX_NAME)
				.maxStringLength(Integer.MAX_VALUE)
				.build());
	}

	private static JsonFactory factory(SourceText source) {
		return source.trailingCommas() ? LOOSE : STRICT;
	}

	static JsonParser parser(SourceText source) {
		return factory(source).createParser(ObjectReadContext.empty(), source.chars(), 0, source.length());
	}

	/** The place of the parser's current token. */
	static int place(JsonParser parser) {
		return (int) parser.currentTokenCount();
	}

	/** The character offset at which the parser's current token starts. */
	static int offset(JsonParser parser) {
		TokenStreamLocation location = parser.currentTokenLocation();
		// In ASCII both are the same, and only one is known
		return (int) Math.max(location.getCharOffset(), location.getByteOffset());
	}

	/**
	 * Parses a document, an object, and visits its members one after another. A value
	 * that is an array is a {@link Section}. That a document is malformed, which may come
	 * to light after members have been visited, is reported.
	 */
	public static void forEachMember(SourceText source, Problems problems, Consumer<Member> visitor) {
		byte[] ascii = source.ascii();
		try (JsonParser parser = (ascii != null) ? factory(source).createParser(ObjectReadContext.empty(), ascii)
				: parser(source)) {
			new JsonText(parser, problems).document(visitor);
		}
		catch (JacksonException ex) {
			SyntaxError.report(source, problems, ex);
		}
	}

	private void document(Consumer<Member> visitor) {
		if (this.parser.nextToken() == null) {
			this.problems.errorAt(0, "", "empty document", "an object");
			return;
		}
		if (this.parser.currentToken() == JsonToken.START_OBJECT) {
			visitMembers(visitor);
		}
		else {
			JsonValue value = value();
			this.problems.error(value.place(), value.describe(), "an object");
		}
		if (this.parser.nextToken() != null) {
			this.problems.errorAt(offset(this.parser), "", "text after the end of the document", "one object");
		}
	}

	private void visitMembers(Consumer<Member> visitor) {
		Set<String> names = new HashSet<>();
		while (this.parser.nextToken() != JsonToken.END_OBJECT) {
			String name = this.parser.currentName();
			int place = place();
			if (!names.add(name)) {
				duplicate(name, place);
				this.parser.nextToken();
				this.parser.skipChildren();
			}
			else if (this.parser.nextToken() == JsonToken.START_ARRAY) {
				Section section = new Section(place());
				visitor.accept(new Member(place, name, section));
				section.close();
			}
			else {
				visitor.accept(new Member(place, name, value()));
			}
		}
	}

	private JsonValue value() {
		JsonToken token = this.parser.currentToken();
		int place = place();
		return switch (token) {
			case START_OBJECT -> new ObjectValue(place, members());
			case START_ARRAY -> new ArrayValue(place, items());
			case VALUE_STRING -> new Scalar(place, Kind.STRING, this.parser.getString());
			case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Scalar(place, Kind.NUMBER, this.parser.getString());
			case VALUE_TRUE -> new Scalar(place, Kind.TRUE, "true");
			case VALUE_FALSE -> new Scalar(place, Kind.FALSE, "false");
			case VALUE_NULL -> new Scalar(place, Kind.NULL, "null");
			default -> throw new IllegalStateException("token: " + token + " (expected: the start of a value)");
		};
	}

	private List<Member> members() {
		int first = this.memberCount;
		Set<String> names = null;
		while (this.parser.nextToken() != JsonToken.END_OBJECT) {
			String name = this.parser.currentName();
			int place = place();
			if (names == null && this.memberCount - first == SMALL_OBJECT) {
				names = new HashSet<>();
				for (int i = first; i < this.memberCount; i++) {
					names.add(this.members[i].name());
				}
			}
			boolean duplicate = (names != null) ? !names.add(name) : contains(first, name);
			this.parser.nextToken();
			Member member = new Member(place, name, value());
			if (duplicate) {
				duplicate(name, place);
			}
			else {
				add(member);
			}
		}
		Member[] members = Arrays.copyOfRange(this.members, first, this.memberCount);
		this.memberCount = first;
		return Arrays.asList(members);
	}

	private boolean contains(int first, String name) {
		for (int i = first; i < this.memberCount; i++) {
			if (this.members[i].name().equals(name)) {
				return true;
			}
		}
		return false;
	}

	private void add(Member member) {
		if (this.memberCount == this.members.length) {
			this.members = Arrays.copyOf(this.members, this.memberCount * 2);
		}
		this.members[this.memberCount++] = member;
	}

	private void duplicate(String name, int place) {
		this.problems.error(place, "duplicate key " + Quoted.of(name), "each key once");
	}

	private List<JsonValue> items() {
		List<JsonValue> items = new ArrayList<>(4);
		while (this.parser.nextToken() != JsonToken.END_ARRAY) {
			items.add(value());
		}
		return items;
	}

	private int place() {
		return place(this.parser);
	}

	/**
	 * An array directly in the document. Its items are parsed while they are visited,
	 * which is possible once, and forgotten then: a policy may have many.
	 */
	final class Section implements Items {

		private final int place;

		private boolean visited;

		private Section(int place) {
			this.place = place;
		}

		@Override
		public int place() {
			return this.place;
		}

		@Override
		public void forEachItem(Consumer<JsonValue> visitor) {
			if (this.visited) {
				throw new IllegalStateException("visited again (expected: once)");
			}
			this.visited = true;
			while (JsonText.this.parser.nextToken() != JsonToken.END_ARRAY) {
				visitor.accept(value());
			}
		}

		/** Leaves the parser at the end of the array, whether it was of use or not. */
		private void close() {
			if (!this.visited) {
				JsonText.this.parser.skipChildren();
			}
		}

	}

}
