package io.securestreams.system.policyfetch.signature;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.SignatureException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.json.text.JsonText;
import io.securestreams.policy.json.text.JsonValue;
import io.securestreams.policy.json.text.JsonValue.Items;
import io.securestreams.policy.json.text.JsonValue.Kind;
import io.securestreams.policy.json.text.JsonValue.Scalar;
import io.securestreams.policy.json.text.Problems;
import io.securestreams.policy.json.text.SourceText;

/**
 * What the header of a JWS says about its signature (RFC 7515 section 4).
 *
 * @param algorithm its {@code alg}, or empty
 * @param encoded whether the document was encoded before it was signed, {@code b64}
 * @param critical names that have to be understood, {@code crit}
 * @param chain certificates, the signer's first, {@code x5c}; empty if there are none
 */
record JwsHeader(String algorithm, boolean encoded, List<String> critical, List<String> chain) {

	JwsHeader {
		critical = List.copyOf(critical);
		chain = List.copyOf(chain);
	}

	/**
	 * Reads a header.
	 * @param json UTF-8
	 * @throws SignatureException if it is not one
	 */
	static JwsHeader read(byte[] json) throws SignatureException {
		CharBuffer text;
		try {
			text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json));
		}
		catch (CharacterCodingException ex) {
			throw malformed();
		}
		char[] chars = new char[text.remaining()];
		text.get(chars);
		SourceText source = new SourceText("JWS", chars, chars.length);
		Problems problems = new Problems(source);
		Map<String, Scalar> scalars = new HashMap<>();
		Map<String, List<JsonValue>> arrays = new HashMap<>();
		JsonText.forEachMember(source, problems, (member) -> {
			if (member.value() instanceof Scalar scalar) {
				scalars.put(member.name(), scalar);
			}
			else if (member.value() instanceof Items items) {
				List<JsonValue> all = arrays.computeIfAbsent(member.name(), (name) -> new ArrayList<>());
				items.forEachItem(all::add);
			}
		});
		// A name that stands twice is an error as well
		if (problems.isMalformed() || problems.errorCount() > 0 || scalars.containsKey("crit")
				|| scalars.containsKey("x5c")) {
			throw malformed();
		}
		return of(scalars, arrays);
	}

	private static JwsHeader of(Map<String, Scalar> scalars, Map<String, List<JsonValue>> arrays)
			throws SignatureException {
		Scalar encoding = scalars.get("b64");
		if (encoding != null && encoding.kind() != Kind.TRUE && encoding.kind() != Kind.FALSE) {
			throw malformed();
		}
		List<String> critical = texts(arrays.get("crit"));
		if (encoding != null && !critical.contains("b64")) {
			// RFC 7797 section 6: who does not know it must not go on
			throw new SignatureException("the JWS has b64, but does not say that it is critical");
		}
		Scalar algorithm = scalars.get("alg");
		return new JwsHeader((algorithm != null && algorithm.kind() == Kind.STRING) ? algorithm.text() : "",
				encoding == null || encoding.kind() == Kind.TRUE, critical, texts(arrays.get("x5c")));
	}

	private static List<String> texts(@Nullable List<JsonValue> items) throws SignatureException {
		List<String> texts = new ArrayList<>();
		if (items != null) {
			for (JsonValue item : items) {
				if (!(item instanceof Scalar scalar) || scalar.kind() != Kind.STRING) {
					throw malformed();
				}
				texts.add(scalar.text());
			}
			if (texts.isEmpty()) {
				throw malformed();
			}
		}
		return texts;
	}

	private static SignatureException malformed() {
		return new SignatureException("the header of the JWS is malformed");
	}

}
