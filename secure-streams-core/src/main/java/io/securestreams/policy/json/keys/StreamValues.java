package io.securestreams.policy.json.keys;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.securestreams.policy.CertificateEntry;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.http.HttpOutcome;
import io.securestreams.policy.http.HttpToken;
import io.securestreams.policy.json.table.DocumentContext;
import io.securestreams.policy.json.table.Entries;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.Values;
import io.securestreams.policy.json.text.JsonValue;
import io.securestreams.policy.json.text.JsonValue.ArrayValue;
import io.securestreams.policy.json.text.JsonValue.Member;
import io.securestreams.policy.json.text.Quoted;
import org.jspecify.annotations.Nullable;

/**
 * Readers of values that only streamtypes have.
 */
final class StreamValues {

	private static final int MAX_METADATA = 255;

	private static final int FIRST_USER_STATE = 1000;

	private StreamValues() {
	}

	/** Was never of use; {@code []} is accepted silently. */
	static @Nullable Boolean plugins(JsonValue value, DocumentContext document) {
		if (!(value instanceof ArrayValue array)) {
			document.problems().error(value.place(), value.describe(), "an array");
			return null;
		}
		if (!array.items().isEmpty()) {
			document.problems().warning(value.place(), "\"plugins\" are not supported, ignored", "");
		}
		return true;
	}

	static CertificateEntry.@Nullable X509 certificate(JsonValue value, DocumentContext document) {
		CertificateEntry entry = document.certificates().reference(value, document);
		if (entry == null || entry instanceof CertificateEntry.X509) {
			return (CertificateEntry.X509) entry;
		}
		document.problems().error(value.place(), value.describe() + " is a private key", "a certificate");
		return null;
	}

	static CertificateEntry.@Nullable Key privateKey(JsonValue value, DocumentContext document) {
		CertificateEntry entry = document.certificates().reference(value, document);
		if (entry == null || entry instanceof CertificateEntry.Key) {
			return (CertificateEntry.Key) entry;
		}
		document.problems().error(value.place(), value.describe() + " is a certificate", "a private key");
		return null;
	}

	static @Nullable List<LocatedMetadata> metadata(JsonValue value, DocumentContext document) {
		List<LocatedMetadata> declarations = new ArrayList<>(4);
		boolean wellFormed = Entries.forEach(value, document, "{\"name\": \"header:\"}", (member) -> {
			if (declarations.size() > MAX_METADATA) {
				return;
			}
			String entity = Values.text(member.value(), document);
			if (isDeclared(member.name(), declarations)) {
				document.problems()
					.error(member.place(), "duplicate name " + Quoted.of(member.name()), "each name once");
			}
			else if (isName(member, document) && entity != null) {
				declarations
					.add(new LocatedMetadata(member.value().place(), new MetadataDeclaration(member.name(), entity)));
			}
		});
		if (declarations.size() > MAX_METADATA) {
			document.problems().error(value.place(), "too many entries", "at most " + MAX_METADATA);
		}
		return wellFormed ? declarations : null;
	}

	private static boolean isDeclared(String name, List<LocatedMetadata> declarations) {
		for (int i = 0; i < declarations.size(); i++) {
			if (declarations.get(i).declaration().name().equals(name)) {
				return true;
			}
		}
		return false;
	}

	private static boolean isName(Member member, DocumentContext document) {
		String name = member.name();
		if (!name.isEmpty() && Values.controlCharacter(name) < 0) {
			return true;
		}
		document.problems()
			.error(member.place(), "name " + Quoted.of(name), "at least one character, no control characters");
		return false;
	}

	static @Nullable Map<String, String> options(JsonValue value, DocumentContext document) {
		Map<String, String> options = new LinkedHashMap<>();
		boolean wellFormed = Entries.forEach(value, document, "{\"name\": \"value\"}", (member) -> {
			String option = Values.text(member.value(), document);
			if (option != null && options.putIfAbsent(member.name(), option) != null) {
				document.problems()
					.error(member.place(), "duplicate name " + Quoted.of(member.name()), "each name once");
			}
		});
		return wellFormed ? options : null;
	}

	/** A status code; 0 stands for 200..299. */
	static @Nullable Integer status(JsonValue value, DocumentContext document) {
		Long status = Values.number(value, 0, 999, document);
		if (status != null && status != 0 && status < 100) {
			document.problems().error(value.place(), value.describe(), "100..999, or 0 for 200..299");
			return null;
		}
		return (status != null) ? status.intValue() : null;
	}

	static @Nullable Map<Integer, Integer> responseMap(JsonValue value, DocumentContext document) {
		Map<Integer, Integer> states = new LinkedHashMap<>();
		boolean wellFormed = Entries.forEach(value, document, "{\"status\": state}",
				(member) -> readState(member, states, document));
		if (states.size() > HttpOutcome.MAX_USER_STATES) {
			document.problems()
				.error(value.place(), states.size() + " entries", "at most " + HttpOutcome.MAX_USER_STATES);
			return null;
		}
		return wellFormed ? states : null;
	}

	private static void readState(Member member, Map<Integer, Integer> states, DocumentContext document) {
		String name = member.name();
		if (name.length() != 3 || name.charAt(0) == '0' || name.chars().anyMatch((c) -> c < '0' || c > '9')) {
			document.problems().error(member.place(), "status " + Quoted.of(name), "100..999");
			return;
		}
		Long state = Values.number(member.value(), 1, Values.U16, document);
		if (state == null) {
			return;
		}
		if (state < FIRST_USER_STATE) {
			document.problems()
				.warning(member.value().place(), "state " + state + " is never told: it is one of the engine's own",
						FIRST_USER_STATE + ".." + Values.U16);
		}
		if (states.putIfAbsent(Integer.valueOf(name), state.intValue()) != null) {
			document.problems().error(member.place(), "duplicate status " + name, "each status once");
		}
	}

	static @Nullable String subprotocol(JsonValue value, DocumentContext document) {
		String text = Values.text(value, document);
		if (text == null || text.isEmpty() || HttpToken.isToken(text)) {
			return text;
		}
		document.problems().error(value.place(), value.describe(), "the name of one subprotocol");
		return null;
	}

}
