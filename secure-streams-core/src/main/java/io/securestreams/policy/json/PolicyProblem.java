package io.securestreams.policy.json;

import java.io.Serializable;

/**
 * Something that is wrong, or at least suspicious, at one place of a policy document.
 * Never repeats a value that may be secret: neither an entry of {@code certs} nor what
 * stands in {@code via-socks5}.
 *
 * @param severity whether the document was refused for it
 * @param source what the document was called when it was read, for example
 * {@code classpath:policy.json}
 * @param path path inside the document, for example {@code s[3].mintest.port}; empty for
 * the document as a whole
 * @param line line in the document, from 1
 * @param column column in that line in UTF-16 characters, from 1
 * @param message the offending value, or what is wrong with it
 * @param expected what would have been right, or the empty string
 */
public record PolicyProblem(Severity severity, String source, String path, int line, int column, String message,
		String expected) implements Serializable {

	/**
	 * Returns one line that names document, place, problem and expectation, for example
	 * {@code classpath:policy.json: s[3].mintest.port (line 41, column 14): 70000 (expected: 0..65535)}.
	 * @return the line, without a line end
	 */
	@Override
	public String toString() {
		StringBuilder text = new StringBuilder(128).append(this.source).append(": ");
		if (!this.path.isEmpty()) {
			text.append(this.path).append(' ');
		}
		text.append("(line ").append(this.line).append(", column ").append(this.column).append("): ");
		if (this.severity == Severity.WARNING) {
			text.append("warning: ");
		}
		text.append(this.message);
		if (!this.expected.isEmpty()) {
			text.append(" (expected: ").append(this.expected).append(')');
		}
		return text.toString();
	}

	/**
	 * How bad a problem is.
	 */
	public enum Severity {

		/** The document was refused. */
		ERROR,
		/** The document was accepted, but it will not work as its author thinks. */
		WARNING

	}

}
