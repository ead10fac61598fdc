package io.securestreams.policy.json;

import java.security.cert.X509Certificate;
import java.util.List;

import io.securestreams.policy.CertificateEntry;
import io.securestreams.policy.TrustStore;
import io.securestreams.policy.json.table.Definitions.Definition;
import io.securestreams.policy.json.table.DocumentContext;
import io.securestreams.policy.json.table.Draft;
import io.securestreams.policy.json.table.Entries;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.KeyTable;
import io.securestreams.policy.json.table.Scope;
import io.securestreams.policy.json.table.Theme;
import io.securestreams.policy.json.table.Types;
import io.securestreams.policy.json.table.ValueReader;
import io.securestreams.policy.json.table.ValueType;
import io.securestreams.policy.json.table.Values;
import io.securestreams.policy.json.text.JsonValue;
import io.securestreams.policy.json.text.JsonValue.Kind;
import io.securestreams.policy.json.text.JsonValue.Member;
import io.securestreams.policy.json.text.JsonValue.ObjectValue;
import io.securestreams.policy.json.text.JsonValue.Scalar;
import org.jspecify.annotations.Nullable;

/**
 * Reads the section {@code trust_stores}: objects with {@code name} and {@code stack}, or
 * in the older form the name and the stack as key and value.
 */
final class TrustStoreSection {

	private static final String EXPECTED_STACK = "an array of names from \"certs\"";

	private static final ValueReader<List<X509Certificate>> STACK_READER = Values.list(TrustStoreSection::certificate,
			1, TrustStore.MAX_CERTIFICATES, EXPECTED_STACK);

	static final Theme THEME = new Theme("Section `trust_stores`",
			"What to trust: `\"trust_stores\": [ { \"name\": \"mine\", \"stack\": [\"my-ca\"] } ]`. In the older form the "
					+ "name is the key: `[ { \"mine\": [\"my-ca\"] } ]`.");

	private static final Key<String> NAME = THEME.key("name", Types.NAME, Scope.ANY)
		.otherwise("has to be there")
		.says("What tls_trust_store refers to.");

	private static final Key<List<X509Certificate>> STACK = THEME
		.key("stack",
				new ValueType<>("array of 1 to " + TrustStore.MAX_CERTIFICATES + " names from `certs`",
						"{\"$ref\":\"#/$defs/stack\"}", STACK_READER),
				Scope.ANY)
		.otherwise("has to be there")
		.more("A peer's chain has to end in one of them.")
		.says("The certificates that are trusted. Names from \"certs\", defined above.");

	static final KeyTable KEYS = new KeyTable(THEME);

	private TrustStoreSection() {
	}

	static Boolean read(JsonValue section, DocumentContext document) {
		return Entries.forEachObject(section, document, "{\"name\": \"...\", \"stack\": [...]}",
				(object) -> readEntry(object, document));
	}

	private static void readEntry(ObjectValue object, DocumentContext document) {
		if (!isNamed(object)) {
			object.members().forEach((member) -> readMember(member, document));
			return;
		}
		Draft draft = new Draft(KEYS, object.place());
		int errors = document.problems().errorCount();
		KEYS.read(object, draft, document);
		String name = draft.find(NAME);
		if (name == null) {
			if (!draft.isGiven(NAME)) {
				document.problems().error(object.place(), "no \"name\"", "\"name\" and \"stack\"");
			}
			return;
		}
		if (!draft.isGiven(STACK)) {
			document.problems().error(object.place(), "no \"stack\"", EXPECTED_STACK);
		}
		define(name, draft.place(NAME), draft.find(STACK), errors, document);
	}

	private static boolean isNamed(ObjectValue object) {
		Member name = object.find("name");
		return object.members().isEmpty() || object.find("stack") != null
				|| (name != null && name.value() instanceof Scalar scalar && scalar.kind() == Kind.STRING);
	}

	private static void readMember(Member member, DocumentContext document) {
		int errors = document.problems().errorCount();
		define(member.name(), member.place(), STACK_READER.read(member.value(), document), errors, document);
	}

	private static void define(String name, int place, @Nullable List<X509Certificate> stack, int errors,
			DocumentContext document) {
		Definition<TrustStore> definition = document.trustStores().declare(name, place, document);
		// An incomplete stack has been left out without an error if a certificate of it
		// is
		// broken
		if (definition != null && stack != null && !stack.isEmpty() && document.problems().errorCount() == errors) {
			definition.set(new TrustStore(name, stack));
		}
	}

	private static @Nullable X509Certificate certificate(JsonValue value, DocumentContext document) {
		CertificateEntry entry = document.certificates().reference(value, document);
		if (entry instanceof CertificateEntry.X509 x509) {
			return x509.certificate();
		}
		if (entry != null) {
			document.problems().error(value.place(), value.describe() + " is a private key", "a certificate");
		}
		return null;
	}

}
