package io.securestreams.policy.json;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.securestreams.policy.Protocol;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.StreamPolicy.Role;
import io.securestreams.policy.Template;
import io.securestreams.policy.json.keys.StreamKeys;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.KeyTable;
import io.securestreams.policy.json.table.Scope;
import io.securestreams.policy.json.table.Theme;
import org.jspecify.annotations.Nullable;

/**
 * Writes the reference of all keys from their table.
 */
final class PolicyReference {

	private static final String HEAD = """
			# Policy reference

			Every key that a policy may have: what it does, what its value looks like, what holds without it, and where
			it has an effect. A key that stands where it has none is warned about when the policy is loaded, as is a
			key that is not known; a value of the wrong type refuses the policy. `policy-check` (see the
			[README](../README.md)) does the same from the command line.

			The keys are those of libwebsockets' Secure Streams. Numbers may be written as strings. Where an older
			spelling is named, it means the same. Where `true` or `false` is wanted, `1`, `"true"`, `"yes"` and `"on"`
			are taken for true, `0`, `"false"`, `"no"`, `"off"`, `""` and `null` for false, with a warning;
			libwebsockets takes anything but `true` for false. Keys that decide about security accept nothing else.
			In the section `retry`, figures above their range are taken for the highest, and fractions are left out.
			Editors can use the
			[JSON Schema](../secure-streams-core/src/main/resources/io/securestreams/policy/json/secure-streams-policy.schema.json).

			This page is made from the table of keys in `io.securestreams.policy.json`;
			[CONTRIBUTING](../CONTRIBUTING.md) says how.

			""";

	private static final String STREAMTYPES = """
			## Streamtypes

			An entry of the section `s` is a streamtype, `{ "name": { … } }`. All that follows are its keys.

			""";

	private final StringBuilder text = new StringBuilder(HEAD);

	/** How often a heading has been there, for its anchor. */
	private final Map<String, Integer> headings = new HashMap<>();

	private PolicyReference() {
	}

	static String write() {
		PolicyReference reference = new PolicyReference();
		List<KeyTable> sections = List.of(DocumentKeys.TABLE, RetrySection.KEYS, TrustStoreSection.KEYS,
				AuthSection.KEYS, MetricsSection.KEYS);
		List<Theme> themes = new ArrayList<>();
		sections.forEach((table) -> themes.addAll(table.themes()));
		themes.addAll(StreamKeys.TABLE.themes());
		reference.contents(themes);
		for (KeyTable section : sections) {
			section.themes().forEach((theme) -> reference.theme("##", theme, false));
		}
		reference.text.append(STREAMTYPES);
		StreamKeys.TABLE.themes().forEach((theme) -> reference.theme("##", theme, true));
		return reference.text.toString().stripTrailing() + "\n";
	}

	private void contents(List<Theme> themes) {
		for (Theme theme : themes) {
			this.text.append("- ")
				.append(link(theme.title()))
				.append(": ")
				.append(theme.keys().stream().map((key) -> link(code(key.name()))).collect(Collectors.joining(", ")))
				.append('\n');
		}
		this.text.append('\n');
	}

	private String link(String heading) {
		String anchor = heading.replaceAll("[^\\w -]", "").toLowerCase(java.util.Locale.ROOT).replace(' ', '-');
		int before = this.headings.merge(anchor, 1, Integer::sum) - 1;
		return "[" + heading + "](#" + anchor + ((before > 0) ? "-" + before : "") + ")";
	}

	private void theme(String level, Theme theme, boolean scoped) {
		this.text.append(level).append(' ').append(theme.title()).append("\n\n");
		this.text.append(theme.introduction()).append("\n\n");
		theme.keys().forEach((key) -> key(level + "#", key, scoped));
	}

	private void key(String level, Key<?> key, boolean scoped) {
		this.text.append(level).append(' ').append(code(key.name())).append("\n\n");
		this.text.append(key.summary());
		if (!key.more().isEmpty()) {
			this.text.append(' ').append(key.more());
		}
		this.text.append("\n\n");
		item("Type", key.type().text());
		item("Default", fallback(key));
		if (scoped) {
			item("Applies to", scope(key.scope()));
		}
		if (key.needs() != null) {
			item("Needs", code(key.needs().name()));
		}
		if (key.missing() != null) {
			item("Without effect in this version", key.missing());
		}
		if (!key.older().isEmpty()) {
			item("Older spelling", key.older().stream().map(PolicyReference::code).collect(Collectors.joining(", ")));
		}
		if (!key.example().isEmpty()) {
			this.text.append("\n```json\n").append(key.example()).append("\n```\n");
		}
		this.text.append('\n');
	}

	private void item(String label, String value) {
		this.text.append("- ").append(label).append(": ").append(value).append('\n');
	}

	private static String fallback(Key<?> key) {
		return (key.otherwise() != null) ? key.otherwise() : fallback(key.fallback());
	}

	private static String fallback(@Nullable Object value) {
		if (value instanceof Duration duration && duration.isZero()) {
			return code("0");
		}
		if (value instanceof Protocol protocol) {
			return code(protocol.policyName());
		}
		boolean nothing = value == null || value.equals("") || value instanceof Template
				|| value instanceof Collection<?> || value instanceof Map<?, ?> || value instanceof RetryPolicy;
		return nothing ? "none" : code(String.valueOf(value));
	}

	static String scope(Scope scope) {
		List<String> parts = new ArrayList<>();
		Set<Protocol> clients = scope.protocols(Role.CLIENT);
		Set<Protocol> servers = scope.protocols(Role.SERVER);
		if (!clients.isEmpty() && clients.equals(servers)) {
			parts.add("clients and servers" + protocols(clients));
		}
		else {
			if (!clients.isEmpty()) {
				parts.add("clients" + protocols(clients));
			}
			if (!servers.isEmpty()) {
				parts.add("servers" + protocols(servers));
			}
		}
		if (scope.covers(Role.LOCAL_SINK, Protocol.H1)) {
			parts.add("local sinks");
		}
		return parts.isEmpty() ? "nothing" : String.join("; ", parts);
	}

	private static String protocols(Set<Protocol> protocols) {
		if (protocols.size() == Protocol.values().length) {
			return "";
		}
		return " of "
				+ protocols.stream().map((protocol) -> code(protocol.policyName())).collect(Collectors.joining(", "));
	}

	private static String code(String text) {
		return "`" + text + "`";
	}

}
