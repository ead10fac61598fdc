package io.securestreams.demo.server;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Measures a body, or a part of a form, while it arrives. A part starts with header
 * fields of its own, which give it its name.
 */
final class UploadedPart {

	private static final int MAX_HEAD = 8192;

	private static final int LINE_END = 0x0d0a;

	private static final int EMPTY_LINE = 0x0d0a0d0a;

	private static final Pattern NAME = Pattern.compile("\\bname=\"([^\"]*)\"");

	private static final Pattern FILE = Pattern.compile("\\bfilename=\"([^\"]*)\"");

	private final ByteArrayOutputStream head = new ByteArrayOutputStream();

	private final MessageDigest digest = sha256();

	private boolean inHead;

	/** The last four bytes of the head. */
	private int tail;

	private long length;

	private UploadedPart(boolean inHead) {
		this.inHead = inHead;
	}

	static UploadedPart body() {
		return new UploadedPart(false);
	}

	static UploadedPart ofForm() {
		return new UploadedPart(true);
	}

	/**
	 * Takes the next bytes.
	 * @param bytes all of them are read
	 */
	void add(ByteBuffer bytes) {
		while (this.inHead && bytes.hasRemaining()) {
			byte next = bytes.get();
			this.head.write(next);
			this.tail = (this.tail << 8) | (next & 0xff);
			boolean emptyLine = this.tail == EMPTY_LINE || (this.head.size() == 2 && this.tail == LINE_END);
			this.inHead = !emptyLine;
			if (this.inHead && this.head.size() >= MAX_HEAD) {
				throw new IllegalStateException("a part starts with more than " + MAX_HEAD + " bytes of header fields");
			}
		}
		this.length += bytes.remaining();
		this.digest.update(bytes);
	}

	/** What there is to say once the part is complete. */
	@Override
	public String toString() {
		String name = find(NAME);
		String file = find(FILE);
		String title = "";
		if (file != null) {
			title = "file " + name + " (" + file + "): ";
		}
		else if (name != null) {
			title = "field " + name + ": ";
		}
		return title + this.length + " bytes, SHA-256 " + HexFormat.of().formatHex(this.digest.digest());
	}

	private @Nullable String find(Pattern parameter) {
		Matcher matcher = parameter.matcher(this.head.toString(StandardCharsets.UTF_8));
		return matcher.find() ? matcher.group(1) : null;
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
