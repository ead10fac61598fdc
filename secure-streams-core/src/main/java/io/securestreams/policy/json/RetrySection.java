package io.securestreams.policy.json;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.json.Definitions.Definition;
import io.securestreams.policy.json.JsonValue.Member;
import io.securestreams.policy.json.JsonValue.ObjectValue;

/**
 * Reads the section {@code retry}.
 */
final class RetrySection {

	/** Longest delay of a backoff table: a day. */
	static final long MAX_BACKOFF_MILLIS = 86_400_000;

	static final KeyTable KEYS = new KeyTable();

	private static final Key<List<Duration>> BACKOFF = KEYS.add("backoff",
			Values.list(Values.duration(ChronoUnit.MILLIS, MAX_BACKOFF_MILLIS), 0, RetryPolicy.MAX_BACKOFF_ENTRIES,
					"an array of delays in ms"),
			List.of(), Scope.ANY);

	private static final Key<Integer> CONCEAL = KEYS.add("conceal", Values.integer(0, RetryPolicy.CONCEAL_FOREVER), 0,
			Scope.ANY);

	private static final Key<Integer> JITTERPC = KEYS.add("jitterpc", Values.integer(0, 255), 0, Scope.ANY);

	private static final Key<Duration> SVALIDPING = KEYS.add("svalidping",
			Values.duration(ChronoUnit.SECONDS, Values.U16), Duration.ZERO, Scope.ANY);

	private static final Key<Duration> SVALIDHUP = KEYS.add("svalidhup",
			Values.duration(ChronoUnit.SECONDS, Values.U16), Duration.ZERO, Scope.ANY);

	private RetrySection() {
	}

	static Boolean read(JsonValue section, DocumentReader document) {
		return Entries.forEach(section, document, "{\"name\": {...}}", (entry) -> readEntry(entry, document));
	}

	private static void readEntry(Member entry, DocumentReader document) {
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
