package io.securestreams.policy.json;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.securestreams.policy.MetricsPolicy;
import io.securestreams.policy.json.JsonValue.ObjectValue;

/**
 * Reads the section {@code metrics}.
 */
final class MetricsSection {

	static final KeyTable KEYS = new KeyTable();

	private static final long MAX_MICROS = 1L << 53;

	private static final Key<String> NAME = KEYS.add("name", Values::text, "", Scope.ANY);

	private static final Key<Duration> SCHEDULE = KEYS.add("us_schedule",
			Values.duration(ChronoUnit.MICROS, MAX_MICROS), Duration.ZERO, Scope.ANY);

	private static final Key<Duration> HALFLIFE = KEYS.add("us_halflife",
			Values.duration(ChronoUnit.MICROS, MAX_MICROS), Duration.ZERO, Scope.ANY);

	private static final Key<Integer> MIN_OUTLIER = KEYS.add("min_outlier", Values.integer(0, Values.U16), 0,
			Scope.ANY);

	private static final Key<String> REPORT = KEYS.add("report", Values::text, "", Scope.ANY);

	private final List<MetricsPolicy> policies = new ArrayList<>();

	private final Set<String> names = new HashSet<>();

	Boolean read(JsonValue section, DocumentReader document) {
		return Entries.forEachObject(section, document, "{\"name\": \"...\", ...}",
				(object) -> readEntry(object, document));
	}

	private void readEntry(ObjectValue object, DocumentReader document) {
		Draft draft = new Draft(KEYS, object.place());
		KEYS.read(object, draft, document);
		String name = draft.get(NAME);
		if (!draft.isGiven(NAME)) {
			document.problems().error(object.place(), "no \"name\"", "the name of the reporting policy");
		}
		else if (!name.isEmpty() && !this.names.add(name)) {
			document.problems().error(draft.place(NAME), "duplicate name " + Quoted.of(name), "one definition");
		}
		this.policies.add(new MetricsPolicy(name, draft.get(SCHEDULE), draft.get(HALFLIFE), draft.get(MIN_OUTLIER),
				draft.get(REPORT)));
	}

	List<MetricsPolicy> policies() {
		return this.policies;
	}

}
