package io.securestreams.policy.json;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * The text of a document and what it is called; knows in which line and column a
 * character stands. A line ends with LF, CR or CR LF.
 */
final class SourceText {

	private final String name;

	private final char[] chars;

	private final int length;

	/** Offsets at which lines start; made when first asked for. */
	private int @Nullable [] lineStarts;

	SourceText(String name, char[] chars, int length) {
		this.name = name;
		this.chars = chars;
		this.length = length;
	}

	String name() {
		return this.name;
	}

	char[] chars() {
		return this.chars;
	}

	int length() {
		return this.length;
	}

	int line(int offset) {
		return lineIndex(offset) + 1;
	}

	int column(int offset) {
		return offset - lineStarts()[lineIndex(offset)] + 1;
	}

	private int lineIndex(int offset) {
		int index = Arrays.binarySearch(lineStarts(), offset);
		return (index >= 0) ? index : -index - 2;
	}

	private int[] lineStarts() {
		int[] starts = this.lineStarts;
		if (starts == null) {
			starts = findLineStarts();
			this.lineStarts = starts;
		}
		return starts;
	}

	private int[] findLineStarts() {
		int[] starts = new int[16];
		int count = 1;
		for (int i = 0; i < this.length; i++) {
			char c = this.chars[i];
			if (c == '\n' || (c == '\r' && (i + 1 == this.length || this.chars[i + 1] != '\n'))) {
				if (count == starts.length) {
					starts = Arrays.copyOf(starts, count * 2);
				}
				starts[count++] = i + 1;
			}
		}
		return Arrays.copyOf(starts, count);
	}

}
