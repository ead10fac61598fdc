package io.securestreams.policy.json.text;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.TokenStreamContext;

/**
 * Writes the place of a value in the form <code>s[3].mintest.port</code>.
 */
final class JsonPath {

	private final StringBuilder text = new StringBuilder();

	/** The path to where a parser stands. */
	static String of(@Nullable TokenStreamContext context) {
		JsonPath path = new JsonPath();
		path.append(context);
		return path.toString();
	}

	private void append(@Nullable TokenStreamContext context) {
		if (context == null || context.inRoot()) {
			return;
		}
		append(context.getParent());
		String name = context.currentName();
		if (context.inObject() && name != null) {
			name(name);
		}
		else if (context.inArray() && context.hasCurrentIndex()) {
			index(context.getCurrentIndex());
		}
	}

	private void name(String name) {
		if (!isPlain(name)) {
			this.text.append('[').append(Quoted.of(name)).append(']');
			return;
		}
		if (this.text.length() > 0) {
			this.text.append('.');
		}
		this.text.append(name);
	}

	private void index(int index) {
		this.text.append('[').append(index).append(']');
	}

	private static boolean isPlain(String name) {
		if (name.isEmpty() || name.length() > 64) {
			return false;
		}
		for (int i = 0; i < name.length(); i++) {
			char c = name.charAt(i);
			if (c <= ' ' || c >= 0x7f || c == '.' || c == '[' || c == ']' || c == '"' || c == '\\') {
				return false;
			}
		}
		return true;
	}

	@Override
	public String toString() {
		return this.text.toString();
	}

}
