package io.securestreams.policy.json;

import java.util.LinkedHashMap;
import java.util.Map;

import io.securestreams.policy.AuthScheme;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.json.table.Definitions.Definition;
import io.securestreams.policy.json.table.DocumentContext;
import io.securestreams.policy.json.table.Draft;
import io.securestreams.policy.json.table.Entries;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.KeyTable;
import io.securestreams.policy.json.table.Scope;
import io.securestreams.policy.json.table.Theme;
import io.securestreams.policy.json.table.Types;
import io.securestreams.policy.json.text.JsonValue;
import io.securestreams.policy.json.text.JsonValue.ObjectValue;
import io.securestreams.policy.json.text.Problems;
import io.securestreams.policy.json.text.Quoted;

/**
 * Reads the section {@code auth}.
 */
public final class AuthSection {

	static final Theme THEME = new Theme("Section `auth`",
			"Ways to authenticate, by name. Tokens and keys are in the application's auth blobs, with Spring "
					+ "`secure-streams.blobs.auth` and `.auth-1` to `.auth-3`, never in the policy. A stream with "
					+ "`use_auth` sends nothing without them: it is AUTH_FAILED, and tries again as its `retry` says.");

	private static final Key<String> NAME = THEME.key("name", Types.NAME, Scope.ANY)
		.otherwise("has to be there")
		.says("What use_auth refers to.");

	private static final Key<String> TYPE = THEME.text("type", Scope.ANY)
		.more("`sigv4` signs requests for AWS. `lwa` (Login with Amazon) and `client_credentials` (OAuth 2, RFC 6749 "
				+ "section 4.4) show a token, which `streamtype` fetches when it is needed, shortly before it expires, "
				+ "and once more when a peer answers 401. Streams with `http_auth_header` and without `use_auth` use the "
				+ "first `lwa` of the policy, or the streamtype `api_amazon_com_auth`, if there is one.")
		.says("Kind of authentication: sigv4, lwa or client_credentials.");

	private static final Key<String> STREAMTYPE = THEME.text("streamtype", Scope.ANY)
		.more("It sends the auth blob that follows the token's: for `lwa` the form of the request, "
				+ "`grant_type=refresh_token&refresh_token=...&client_id=...`; for `client_credentials` a form, or "
				+ "`id:secret`, which goes into the form or, if the streamtype has metadata for `authorization:`, into "
				+ "that header, with the option `scope` of the streamtype.")
		.says("Streamtype that fetches the token.");

	private static final Key<Integer> BLOB = THEME.integer("blob", AuthScheme.MAX_BLOB, Scope.ANY)
		.more("For `sigv4` it holds `id:secret` or `id:secret:sessionToken`, or the key id alone, with the secret in "
				+ "the next blob; if it is empty, the key is that of the environment or of the shared credentials file.")
		.says("Index of the auth blob that holds the token.");

	public static final KeyTable KEYS = new KeyTable(THEME);

	/** Streamtypes that are named here, and where. */
	private final Map<String, Integer> streamTypes = new LinkedHashMap<>();

	Boolean read(JsonValue section, DocumentContext document) {
		return Entries.forEachObject(section, document, "{\"name\": \"...\", \"type\": \"...\", ...}",
				(object) -> readEntry(object, document));
	}

	private void readEntry(ObjectValue object, DocumentContext document) {
		int errors = document.problems().errorCount();
		Draft draft = new Draft(KEYS, object.place());
		KEYS.read(object, draft, document);
		String name = draft.find(NAME);
		if (name == null) {
			if (!draft.isGiven(NAME)) {
				document.problems().error(object.place(), "no \"name\"", "the name that \"use_auth\" refers to");
			}
			return;
		}
		Definition<AuthScheme> definition = document.auth().declare(name, draft.place(NAME), document);
		if (definition == null || document.problems().errorCount() != errors) {
			return;
		}
		String type = draft.get(TYPE);
		String streamType = draft.get(STREAMTYPE);
		AuthScheme scheme = new AuthScheme(name, type, streamType, draft.get(BLOB));
		if (!scheme.isKnown()) {
			document.problems()
				.warning(draft.place(TYPE), "unknown type " + Quoted.of(type) + ": no stream can use it",
						"sigv4, lwa or client_credentials");
		}
		if (scheme.isToken() && !streamType.isEmpty() && scheme.blob() == AuthScheme.MAX_BLOB) {
			document.problems()
				.warning(draft.place(BLOB),
						"no blob follows that a token could be asked for with: none is ever fetched",
						"0.." + (AuthScheme.MAX_BLOB - 1));
		}
		definition.set(scheme);
		if (!streamType.isEmpty()) {
			this.streamTypes.putIfAbsent(streamType, draft.place(STREAMTYPE));
		}
	}

	/**
	 * Warns of streamtypes that do not exist, or cannot ask a token server as it expects,
	 * once all are known.
	 */
	void lint(DocumentContext document) {
		this.streamTypes.forEach((name, place) -> {
			Problems problems = document.problems();
			if (!document.streamTypes().isDeclared(name)) {
				problems.warning(place, "no streamtype " + Quoted.of(name) + ": the token is never refreshed",
						"a streamtype from \"s\"");
				return;
			}
			StreamPolicy fetcher = document.streamTypes().find(name);
			// RFC 6749 section 3.2: a POST with a form
			if (fetcher != null && fetcher.protocol() instanceof HttpPolicy http && !http.body().formUrlEncoded()) {
				problems.warning(place, "streamtype " + Quoted.of(name) + " sends no form, as token servers expect",
						"\"http_www_form_urlencoded\": true and \"http_method\": \"POST\" in that streamtype");
			}
		});
	}

}
