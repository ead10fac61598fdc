package io.securestreams.policy.json;

/**
 * Writes the place of a value in the form <code>s[3].mintest.port</code>.
 */
final class JsonPath {

	private final StringBuilder text = new StringBuilder();

	void name(String name) {
		if (!isPlain(name)) {
			this.text.append('[').append(Quoted.of(name)).append(']');
			return;
		}
		if (this.text.length() > 0) {
			this.text.append('.');
		}
		this.text.append(name);
	}

	void index(int index) {
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
