package io.securestreams.policy.json.text;

import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The text of a document and what it is called; knows in which line and column a
 * character stands. A line ends with LF, CR or CR LF.
 */
public final class SourceText {

	private final String name;

	private final byte @Nullable [] ascii;

	private final int length;

	private char @Nullable [] chars;

	private boolean trailingCommas;

	/** Offsets at which lines start; made when first asked for. */
	private int @Nullable [] lineStarts;

	public SourceText(String name, char[] chars, int length) {
		this.name = name;
		this.chars = chars;
		this.length = length;
		this.ascii = null;
	}

	private SourceText(String name, byte[] ascii) {
		this.name = name;
		this.ascii = ascii;
		this.length = ascii.length;
	}

	/**
	 * A text that is one in ASCII, and need not be decoded unless there is a problem.
	 * @param utf8 any text
	 * @return {@code null} if there is more in it than ASCII, or a NUL, which parsers
	 * take for a sign of another encoding
	 */
	public static @Nullable SourceText ifAscii(String name, byte[] utf8) {
		for (byte each : utf8) {
			if (each <= 0) {
				return null;
			}
		}
		return new SourceText(name, utf8);
	}

	/** The text in ASCII, if it has been given so. */
	byte @Nullable [] ascii() {
		return this.ascii;
	}

	/** Whether a comma may stand before the end of an array or object. */
	public boolean trailingCommas() {
		return this.trailingCommas;
	}

	/** Reads the text by a looser grammar from now on. */
	public void allowTrailingCommas() {
		this.trailingCommas = true;
	}

	public String name() {
		return this.name;
	}

	char[] chars() {
		char[] decoded = this.chars;
		if (decoded == null) {
			decoded = new char[this.length];
			for (int i = 0; i < decoded.length; i++) {
				decoded[i] = (char) Objects.requireNonNull(this.ascii)[i];
			}
			this.chars = decoded;
		}
		return decoded;
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
		char[] text = chars();
		int[] starts = new int[16];
		int count = 1;
		for (int i = 0; i < this.length; i++) {
			char c = text[i];
			if (c == '\n' || (c == '\r' && (i + 1 == this.length || text[i + 1] != '\n'))) {
				if (count == starts.length) {
					starts = Arrays.copyOf(starts, count * 2);
				}
				starts[count++] = i + 1;
			}
		}
		return Arrays.copyOf(starts, count);
	}

}
