package io.securestreams.policy.json;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Clock;

import io.securestreams.policy.Policy;
import io.securestreams.policy.json.text.Problems;
import io.securestreams.policy.json.text.SourceText;
import org.jspecify.annotations.Nullable;

/**
 * Reads policies from JSON text (RFC 8259) in the language of libwebsockets' Secure
 * Streams. Comments ({@code //}, {@code /* *}{@code /} and {@code #}) are accepted, as
 * are the older spellings {@code h1get}, {@code aux}, {@code client cert},
 * {@code mqtt qos}, {@code http_multipart_content_type}, and trust stores that are
 * written as name and stack. What is not quite right but plain is accepted with a warning
 * that says what was understood: commas before the end of an array or object, flags that
 * are not written as booleans, retry figures out of range.
 * <p>
 * A document is accepted as a whole or refused as a whole, with all its problems at once.
 * Reading has no side effects and is safe from any thread. It may take long, for
 * certificates and keys are parsed: keep it off event loops.
 * <p>
 * The JSON Schema of the language, for editors, is the class path resource
 * {@value #SCHEMA_RESOURCE}.
 */
public final class PolicyJson {

	/**
	 * Most bytes, or characters of a string, that a document has unless told otherwise.
	 */
	public static final int DEFAULT_MAX_SIZE = 16 * 1024 * 1024;

	/** Class path resource of the JSON Schema (2020-12) for policy documents. */
	public static final String SCHEMA_RESOURCE = "io/securestreams/policy/json/secure-streams-policy.schema.json";

	private static final char BYTE_ORDER_MARK = '\ufeff';

	private PolicyJson() {
	}

	/**
	 * Reads a policy.
	 * @param text the document, of at most {@link #DEFAULT_MAX_SIZE} characters
	 * @param source what to call it in problems, for example
	 * {@code classpath:policy.json}
	 * @return the policy and what is suspicious in it
	 * @throws PolicyException if anything is wrong with it
	 */
	public static PolicyDocument read(String text, String source) {
		return read(text, source, null, Clock.systemUTC());
	}

	/**
	 * Reads a policy.
	 * @param utf8 the document in UTF-8, of at most {@link #DEFAULT_MAX_SIZE} bytes; a
	 * byte order mark is ignored
	 * @param source what to call it in problems, for example
	 * {@code classpath:policy.json}
	 * @return the policy and what is suspicious in it
	 * @throws PolicyException if anything is wrong with it
	 */
	public static PolicyDocument read(byte[] utf8, String source) {
		return read(utf8, source, DEFAULT_MAX_SIZE);
	}

	/**
	 * Reads a policy from a stream, which stays open.
	 * @param utf8 the document in UTF-8, of at most {@link #DEFAULT_MAX_SIZE} bytes; a
	 * byte order mark is ignored
	 * @param source what to call it in problems, for example
	 * {@code classpath:policy.json}
	 * @return the policy and what is suspicious in it
	 * @throws IOException if the stream cannot be read
	 * @throws PolicyException if anything is wrong with it
	 */
	public static PolicyDocument read(InputStream utf8, String source) throws IOException {
		return read(utf8, source, DEFAULT_MAX_SIZE);
	}

	/**
	 * Reads a policy from a stream, which stays open. A longer document is refused after
	 * {@code maxSize} bytes.
	 * @param utf8 the document in UTF-8; a byte order mark is ignored
	 * @param source what to call it in problems, for example
	 * {@code classpath:policy.json}
	 * @param maxSize most bytes that the document may have
	 * @return the policy and what is suspicious in it
	 * @throws IOException if the stream cannot be read
	 * @throws PolicyException if anything is wrong with it
	 */
	public static PolicyDocument read(InputStream utf8, String source, int maxSize) throws IOException {
		byte[] bytes = utf8.readNBytes(maxSize);
		if (bytes.length == maxSize && utf8.read() >= 0) {
			throw tooLarge(source, maxSize, "bytes");
		}
		return read(bytes, source, maxSize);
	}

	/**
	 * Reads a policy.
	 * @param utf8 the document in UTF-8; a byte order mark is ignored
	 * @param source what to call it in problems, for example
	 * {@code classpath:policy.json}
	 * @param maxSize most bytes that the document may have
	 * @return the policy and what is suspicious in it
	 * @throws PolicyException if anything is wrong with it
	 */
	public static PolicyDocument read(byte[] utf8, String source, int maxSize) {
		if (utf8.length > maxSize) {
			throw tooLarge(source, maxSize, "bytes");
		}
		return DocumentReader.read(decode(utf8, source), null, Clock.systemUTC());
	}

	/**
	 * Applies an overlay: a document of the same form that says only what differs. Keys
	 * of a streamtype that the policy has overwrite it; {@code metadata} and
	 * {@code options} are added to, metadata in front; a new streamtype is added. Retry
	 * schemes, certificates, trust stores and authentication schemes may be added, and
	 * those of the policy be referred to. What the document says about the policy as a
	 * whole has no effect.
	 * @param base the policy, which stays as it is
	 * @param json the overlay, of at most {@link #DEFAULT_MAX_SIZE} characters
	 * @param source what to call it in problems, for example
	 * {@code classpath:overlay.json}
	 * @return the new policy and what is suspicious in the overlay
	 * @throws PolicyException if anything is wrong with the overlay
	 */
	public static PolicyDocument overlay(Policy base, String json, String source) {
		return read(json, source, base, Clock.systemUTC());
	}

	static PolicyDocument read(String text, String source, @Nullable Policy base, Clock clock) {
		if (text.length() > DEFAULT_MAX_SIZE) {
			throw tooLarge(source, DEFAULT_MAX_SIZE, "characters");
		}
		char[] chars = text.toCharArray();
		return DocumentReader.read(new SourceText(source, blankMark(chars, chars.length), chars.length), base, clock);
	}

	private static SourceText decode(byte[] utf8, String source) {
		SourceText ascii = SourceText.ifAscii(source, utf8);
		if (ascii != null) {
			return ascii;
		}
		CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
			.onMalformedInput(CodingErrorAction.REPORT)
			.onUnmappableCharacter(CodingErrorAction.REPORT);
		ByteBuffer in = ByteBuffer.wrap(utf8);
		CharBuffer out = CharBuffer.allocate(utf8.length);
		CoderResult result = decoder.decode(in, out, true);
		int length = out.position();
		SourceText text = new SourceText(source, blankMark(out.array(), length), length);
		if (result.isError()) {
			Problems problems = new Problems(text);
			problems.errorAt(length, "", String.format("malformed UTF-8: byte 0x%02x", in.get()), "UTF-8");
			throw new PolicyException(DocumentReader.located(problems.all(), text));
		}
		return text;
	}

	/** Replaces a byte order mark by a blank, so that columns stay what they are. */
	private static char[] blankMark(char[] chars, int length) {
		if (length > 0 && chars[0] == BYTE_ORDER_MARK) {
			chars[0] = ' ';
		}
		return chars;
	}

	private static PolicyException tooLarge(String source, int maxSize, String unit) {
		SourceText text = new SourceText(source, new char[0], 0);
		Problems problems = new Problems(text);
		problems.errorAt(0, "", "document too large", "at most " + maxSize + " " + unit);
		return new PolicyException(DocumentReader.located(problems.all(), text));
	}

}
