package io.securestreams.policy.json;

import java.util.LinkedHashMap;
import java.util.Map;

import io.securestreams.policy.AuthScheme;
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
import io.securestreams.policy.json.text.Quoted;

/**
 * Reads the section {@code auth}.
 */
public final class AuthSection {

	static final Theme THEME = new Theme("Section `auth`",
			"Ways to authenticate, by name. They are read and checked, but requests are not signed in this version.");

	private static final Key<String> NAME = THEME.key("name", Types.NAME, Scope.ANY)
		.otherwise("has to be there")
		.says("What use_auth refers to.");

	private static final Key<String> TYPE = THEME.text("type", Scope.ANY).says("Kind of authentication: sigv4.");

	private static final Key<String> STREAMTYPE = THEME.text("streamtype", Scope.ANY)
		.says("Streamtype that refreshes the token.");

	private static final Key<Integer> BLOB = THEME.integer("blob", AuthScheme.MAX_BLOB, Scope.ANY)
		.says("Index of the blob that holds the token.");

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
		if (!type.equals(AuthScheme.SIGV4)) {
			document.problems()
				.warning(draft.place(TYPE), "unknown type " + Quoted.of(type) + ": it has no effect", AuthScheme.SIGV4);
		}
		String streamType = draft.get(STREAMTYPE);
		definition.set(new AuthScheme(name, type, streamType, draft.get(BLOB)));
		if (!streamType.isEmpty()) {
			this.streamTypes.putIfAbsent(streamType, draft.place(STREAMTYPE));
		}
	}

	/**
	 * Warns of streamtypes that do not exist, once all are known.
	 */
	void lint(DocumentContext document) {
		this.streamTypes.forEach((name, place) -> {
			if (!document.streamTypes().isDeclared(name)) {
				document.problems()
					.warning(place, "no streamtype " + Quoted.of(name) + ": the token is never refreshed",
							"a streamtype from \"s\"");
			}
		});
	}

}
