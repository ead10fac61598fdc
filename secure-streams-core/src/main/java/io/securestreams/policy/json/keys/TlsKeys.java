package io.securestreams.policy.json.keys;

import java.util.Map;

import io.securestreams.policy.CertificateEntry;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.TrustStore;
import io.securestreams.policy.json.table.Draft;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.Scope;
import io.securestreams.policy.json.table.Theme;
import io.securestreams.policy.json.table.Types;
import io.securestreams.policy.json.text.Problems;

/**
 * Whether and how the connection is protected.
 */
public final class TlsKeys {

	static final Theme THEME = new Theme("TLS",
			"How the connection is protected. Certificates are always checked, chain and host name alike; "
					+ "no key turns that off.");

	public static final Key<Boolean> TLS = THEME.strictFlag("tls", Scope.CONNECTION)
		.from((stream) -> stream.tls().enabled())
		.more("An endpoint that starts with `https://`, `wss://` or `mqtts://` turns it on as well.")
		.says("Whether the connection travels in TLS.");

	static final Key<TrustStore> TLS_TRUST_STORE = THEME
		.key("tls_trust_store",
				Types.reference("trust_stores", (value, document) -> document.trustStores().reference(value, document)),
				Scope.CONNECTION)
		.needs(TLS)
		.from((stream) -> stream.tls().trustStore())
		.otherwise("the platform's trust")
		.example("\"tls\": true, \"tls_trust_store\": \"mine\"")
		.says("What a client trusts; the platform's trust if not given. On a server: where to find the "
				+ "intermediate certificates to send. A name from \"trust_stores\", defined above.");

	static final Key<Integer> CLIENT_CERT = THEME.key("client_cert", Types.integer(0, 254), Scope.CLIENT_CONNECTION)
		.needs(TLS)
		.from((stream) -> stream.tls().clientCertificate())
		.older("client cert")
		.more("With Spring, `secure-streams.client-certs[n].ssl-bundle` says what the index n means.")
		.says("Index of the client certificate, which is configured outside the policy.");

	public static final Key<CertificateEntry.X509> SERVER_CERT = THEME
		.key("server_cert", Types.reference("certs", StreamValues::certificate), Scope.SERVER_CONNECTION)
		.needs(TLS)
		.from((stream) -> stream.tls().serverCertificate())
		.example("\"server\": true, \"tls\": true, \"server_cert\": \"site\", \"server_key\": \"site-key\"")
		.says("Certificate of a server. A name from \"certs\", defined above.");

	public static final Key<CertificateEntry.Key> SERVER_KEY = THEME
		.key("server_key", Types.reference("certs", StreamValues::privateKey), Scope.SERVER_CONNECTION)
		.needs(TLS)
		.from((stream) -> stream.tls().serverKey())
		.more("It has to be the key of `server_cert`; that is checked.")
		.says("Private key of a server. A name from \"certs\", defined above.");

	/** Schemes without TLS, and what they are called with it. */
	private static final Map<String, String> PLAIN = Map.of("http", "https", "ws", "wss", "mqtt", "mqtts");

	private TlsKeys() {
	}

	/**
	 * Lets the scheme of an endpoint turn TLS on, and never off.
	 */
	public static void checkScheme(Draft draft, Problems problems) {
		String scheme = EndpointKeys.scheme(draft);
		if (scheme.isEmpty()) {
			return;
		}
		if (PLAIN.containsValue(scheme) && !draft.isTrue(TLS)) {
			if (draft.isGiven(TLS)) {
				problems.warning(draft.place(TLS),
						"\"tls\": false with an endpoint of " + scheme + "://: the connection travels in TLS",
						"\"tls\": true");
			}
			draft.set(TLS, true);
		}
		else if (PLAIN.containsKey(scheme) && draft.isTrue(TLS)) {
			Key<?> given = draft.isGiven(EndpointKeys.ENDPOINT) ? EndpointKeys.ENDPOINT : TLS;
			problems.error(draft.place(given), "\"tls\" with an endpoint of " + scheme + "://, which has none",
					PLAIN.get(scheme) + "://, or no \"tls\"");
		}
	}

	static TlsPolicy policy(Draft from) {
		TlsPolicy tls = new TlsPolicy(from.get(TLS), from.find(TLS_TRUST_STORE), from.find(CLIENT_CERT),
				from.find(SERVER_CERT), from.find(SERVER_KEY));
		return tls.equals(TlsPolicy.NONE) ? TlsPolicy.NONE : tls;
	}

}
