package io.securestreams.policy.json;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.json.table.Definitions.Definition;
import io.securestreams.policy.json.table.DocumentContext;
import io.securestreams.policy.json.table.Draft;
import io.securestreams.policy.json.table.Entries;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.KeyRow;
import io.securestreams.policy.json.table.KeyTable;
import io.securestreams.policy.json.table.Scope;
import io.securestreams.policy.json.table.Theme;
import io.securestreams.policy.json.table.Types;
import io.securestreams.policy.json.table.ValueType;
import io.securestreams.policy.json.table.Values;
import io.securestreams.policy.json.text.JsonValue;
import io.securestreams.policy.json.text.JsonValue.Member;
import io.securestreams.policy.json.text.JsonValue.ObjectValue;
import io.securestreams.policy.json.text.Problems;

/**
 * Reads the section {@code retry}.
 */
public final class RetrySection {

	/** Longest delay of a backoff table: a day. */
	static final long MAX_BACKOFF_MILLIS = 86_400_000;

	private static final ValueType<Duration> DELAY = Types.figure(ChronoUnit.MILLIS, "ms", MAX_BACKOFF_MILLIS);

	static final Theme THEME = new Theme("Section `retry`",
			"Backoff schemes, by name: `\"retry\": [ { \"default\": { … } } ]`. A streamtype chooses one with its key "
					+ "`retry`.");

	private static final Key<List<Duration>> BACKOFF = THEME
		.key("backoff", Types.list(DELAY, RetryPolicy.MAX_BACKOFF_ENTRIES, "an array of delays in ms"), Scope.ANY)
		.or(List.of())
		.otherwise("3000 ms each time")
		.example("\"backoff\": [1000, 2000, 3000, 5000, 10000], \"conceal\": 5, \"jitterpc\": 20")
		.says("Delay before each retry in turn, ms; the last one serves for all further ones.");

	private static final Key<Integer> CONCEAL = figure("conceal", RetryPolicy.CONCEAL_FOREVER).more("""
			A stream makes so many retries, `UNREACHABLE` each time, before it gives up with \
			`ALL_RETRIES_FAILED`.""")
		.says("Retries before the application is told that all have failed; 65535: never.");

	private static final Key<Integer> JITTERPC = figure("jitterpc", 255)
		.more("0 is what libwebsockets takes for \"not given\"; 1 is as good as none.")
		.says("Most percent of a delay that is added at random; 0 means 30.");

	private static final Key<Duration> SVALIDPING = seconds("svalidping")
		.more("HTTP/2 and WebSocket ask with a ping; HTTP/1.1 and raw connections have nothing to ask with.")
		.says("Seconds without a sign of life after which the peer is asked for one; 0: never.");

	private static final Key<Duration> SVALIDHUP = seconds("svalidhup")
		.says("Seconds without a sign of life after which the connection is dropped; 0: never.");

	public static final KeyTable KEYS = new KeyTable(THEME);

	private RetrySection() {
	}

	private static KeyRow<Integer> figure(String name, int max) {
		return THEME.key(name, Types.figure(max), Scope.ANY).or(0);
	}

	private static KeyRow<Duration> seconds(String name) {
		return THEME.key(name, Types.figure(ChronoUnit.SECONDS, "s", Values.U16), Scope.ANY).or(Duration.ZERO);
	}

	static Boolean read(JsonValue section, DocumentContext document) {
		return Entries.forEach(section, document, "{\"name\": {...}}", (entry) -> readEntry(entry, document));
	}

	private static void readEntry(Member entry, DocumentContext document) {
		Definition<RetryPolicy> definition = document.retries().declare(entry.name(), entry.place(), document);
		if (definition == null) {
			return;
		}
		ObjectValue object = Values.object(entry.value(), document, "an object with a backoff scheme");
		if (object == null) {
			return;
		}
		int errors = document.problems().errorCount();
		Draft draft = new Draft(KEYS, entry.place());
		KEYS.read(object, draft, document);
		if (document.problems().errorCount() == errors) {
			definition.set(new RetryPolicy(entry.name(), draft.get(BACKOFF), draft.get(CONCEAL), draft.get(JITTERPC),
					draft.get(SVALIDPING), draft.get(SVALIDHUP)));
			lint(draft, document.problems());
		}
	}

	private static void lint(Draft draft, Problems problems) {
		List<Duration> backoff = draft.get(BACKOFF);
		int conceal = draft.get(CONCEAL);
		if (conceal > backoff.size() && conceal != RetryPolicy.CONCEAL_FOREVER) {
			problems.warning(draft.place(CONCEAL), "conceals " + conceal + " retries, but \"backoff\" has "
					+ backoff.size() + " delays: the last one serves for the others", "as many delays as retries");
		}
		if (conceal > 0 && !backoff.isEmpty() && backoff.get(backoff.size() - 1).isZero()) {
			problems.warning(draft.place(BACKOFF), "the last delay is 0: retries follow each other without a pause",
					"a delay that grows");
		}
		if (draft.isGiven(JITTERPC) && draft.get(JITTERPC) == 0) {
			problems.warning(draft.place(JITTERPC),
					"0 means " + RetryPolicy.DEFAULT_JITTER_PERCENT + ", as in libwebsockets", "1..255");
		}
		Duration ping = draft.get(SVALIDPING);
		Duration hangup = draft.get(SVALIDHUP);
		if (!ping.isZero() && hangup.isZero()) {
			problems.warning(draft.place(SVALIDPING), "no validity checks without \"svalidhup\"",
					"\"svalidhup\" greater than \"svalidping\"");
		}
		else if (!hangup.isZero() && !ping.isZero() && ping.compareTo(hangup) >= 0) {
			problems.warning(draft.place(SVALIDPING),
					"the connection is dropped at \"svalidhup\" before the peer is ever asked",
					"\"svalidhup\" greater than \"svalidping\"");
		}
	}

}
