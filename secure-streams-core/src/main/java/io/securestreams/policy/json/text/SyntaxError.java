package io.securestreams.policy.json.text;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/**
 * Says where a document is malformed, and what the parser would have liked instead.
 */
final class SyntaxError {

	private final Problems problems;

	private SyntaxError(Problems problems) {
		this.problems = problems;
	}

	/** Finds the error once more, by characters, and reports it. */
	static void report(SourceText source, Problems problems, JacksonException found) {
		try (JsonParser parser = JsonText.parser(source)) {
			JacksonException again = found;
			try {
				while (parser.nextToken() != null) {
					// goes on to where it is
				}
			}
			catch (JacksonException ex) {
				again = ex;
			}
			new SyntaxError(problems).report(again, parser, source.length());
		}
	}

	private void report(JacksonException ex, JsonParser parser, int length) {
		String path = JsonPath.of(parser.streamReadContext());
		// What is too much of something has no location of its own
		TokenStreamLocation place = (ex.getLocation() != null) ? ex.getLocation() : parser.currentTokenLocation();
		int offset = (int) Math.max(0, Math.min(place.getCharOffset(), length));
		if (ex instanceof UnexpectedEndOfInputException) {
			this.problems.errorAt(offset, path, "the document ends here", "the rest of it");
			return;
		}
		if (ex instanceof StreamConstraintsException) {
			reportExcess(offset, path, String.valueOf(ex.getOriginalMessage()));
			return;
		}
		reportSyntax(offset, path, String.valueOf(ex.getOriginalMessage()));
	}

	private void reportExcess(int offset, String path, String message) {
		String what = "a document of too many tokens";
		String most = String.valueOf(JsonText.MAX_TOKENS);
		if (message.contains("nesting")) {
			what = "nested too deeply";
			most = JsonText.MAX_NESTING + " levels";
		}
		else if (message.startsWith("Number")) {
			what = "a number too long";
			most = JsonText.MAX_DIGITS + " digits";
		}
		else if (message.startsWith("Name")) {
			what = "a name too long";
			most = JsonText.MAX_NAME + " characters";
		}
		this.problems.errorAt(offset, path, what, "at most " + most);
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

}
