package io.securestreams.policy.json;

import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.json.table.DocumentContext;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.KeyRow;
import io.securestreams.policy.json.table.KeyTable;
import io.securestreams.policy.json.table.Scope;
import io.securestreams.policy.json.table.Theme;
import io.securestreams.policy.json.table.Types;
import io.securestreams.policy.json.table.ValueReader;
import io.securestreams.policy.json.table.ValueType;

/**
 * The keys of the document itself, most of which are sections.
 */
public final class DocumentKeys {

	/** Newest version of the policy language that is understood. */
	private static final int SCHEMA_VERSION = 1;

	static final Theme THEME = new Theme("The document",
			"A policy is one JSON object with these keys, none of which has to be there. A name has to be defined "
					+ "before it is used: `certs` before `trust_stores`, and both, `retry` and `auth` before `s`.");

	static final Key<String> RELEASE = THEME.text("release", Scope.ANY)
		.more("It means nothing to the engine; `policy-check` shows it.")
		.says("Version of the policy.");

	static final Key<String> PRODUCT = THEME.text("product", Scope.ANY).says("What the policy is for.");

	static final Key<Integer> SCHEMA = THEME.integer("schema-version", SCHEMA_VERSION, Scope.ANY)
		.or(1)
		.more("A policy that needs a newer one is refused.")
		.says("Version of the policy language that is needed.");

	static final Key<Socks5Proxy> VIA_SOCKS5 = THEME.key("via-socks5", Types.SOCKS5, Scope.ANY)
		.otherwise("the application's")
		.more("A streamtype may name another one.")
		.says("SOCKS5 proxy of all clients.");

	static final Key<Boolean> RETRY = section("retry", "array of objects `{\"name\": {…}}`",
			named(Types.definition("retry")), RetrySection::read)
		.says("Backoff schemes.");

	static final Key<Boolean> CERTS = section("certs", "array of objects `{\"name\": \"…\"}`",
			named("{\"description\":\"Base64 of DER, or PEM.\",\"type\":\"string\",\"minLength\":1}"),
			CertificateSection::read)
		.example("\"certs\": [ { \"my-ca\": \"MIIB…\" } ]")
		.more("Each is base64 of DER, or PEM. Keys may be PKCS#8, PKCS#1 or SEC1, without a password.")
		.says("Certificates and private keys.");

	static final Key<Boolean> TRUST_STORES = section("trust_stores", "array of objects",
			"{\"anyOf\":[{\"$ref\":\"#/$defs/trustStore\"},{\"description\":\"Older form: name and stack as key and "
					+ "value.\",\"type\":\"object\",\"additionalProperties\":{\"$ref\":\"#/$defs/stack\"}}]}",
			TrustStoreSection::read)
		.says("What to trust.");

	static final Key<Boolean> AUTH = section("auth", "array of objects", "{\"$ref\":\"#/$defs/auth\"}",
			(value, document) -> reader(document).authSection().read(value, document))
		.says("Authentication schemes.");

	static final Key<Boolean> METRICS = section("metrics", "array of objects", "{\"$ref\":\"#/$defs/metrics\"}",
			(value, document) -> reader(document).metrics().read(value, document))
		.says("Figures of client streams that are reported from time to time.");

	static final Key<Boolean> STREAMTYPES = section("s", "array of objects `{\"streamtype\": {…}}`",
			named(Types.definition("streamType")),
			(value, document) -> reader(document).streams().read(value, document))
		.example("\"s\": [ { \"page\": { \"endpoint\": \"example.com\", \"port\": 443, \"tls\": true } } ]")
		.says("Streamtypes.");

	public static final KeyTable TABLE = new KeyTable(THEME);

	private DocumentKeys() {
	}

	private static KeyRow<Boolean> section(String name, String text, String items, ValueReader<Boolean> reader) {
		return THEME.key(name, new ValueType<>(text, "{\"type\":\"array\",\"items\":" + items + "}", reader), Scope.ANY)
			.otherwise("none");
	}

	/** Sections that look back at the end are one for each document. */
	private static DocumentReader reader(DocumentContext document) {
		return (DocumentReader) document;
	}

	private static String named(String value) {
		return "{\"type\":\"object\",\"propertyNames\":{\"minLength\":1},\"additionalProperties\":" + value + "}";
	}

}
