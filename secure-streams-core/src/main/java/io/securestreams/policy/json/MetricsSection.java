package io.securestreams.policy.json;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.securestreams.policy.MetricsPolicy;
import io.securestreams.policy.json.table.DocumentContext;
import io.securestreams.policy.json.table.Draft;
import io.securestreams.policy.json.table.Entries;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.KeyRow;
import io.securestreams.policy.json.table.KeyTable;
import io.securestreams.policy.json.table.Scope;
import io.securestreams.policy.json.table.Theme;
import io.securestreams.policy.json.table.Types;
import io.securestreams.policy.json.table.Values;
import io.securestreams.policy.json.text.JsonValue;
import io.securestreams.policy.json.text.JsonValue.ObjectValue;
import io.securestreams.policy.json.text.Quoted;

/**
 * Reads the section {@code metrics}.
 */
public final class MetricsSection {

	static final Theme THEME = new Theme("Section `metrics`",
			"Which figures of client streams are reported, and how often: with Spring in the log and in Actuator's "
					+ "`securestreamsperf`, otherwise by `PolicyMetrics`. There are, by streamtype: `n.cn.dns`, "
					+ "`n.cn.tcp`, `n.cn.tls`, `n.http.txn`, how long these took, in µs, where the streamtype has `perf`; "
					+ "and how often `n.ss.conn.ok`, `n.ss.conn.unreachable`, `n.ss.txn.ack`, `n.ss.txn.nack` came "
					+ "about. Micrometer's meters do not depend on it.");

	private static final long MAX_MICROS = 1L << 53;

	private static final Key<String> NAME = THEME.text("name", Scope.ANY)
		.otherwise("has to be there")
		.says("Name of the reporting policy.");

	private static final Key<Duration> SCHEDULE = micros("us_schedule")
		.says("Time between reports in the log, µs, at least a second; 0 for none.");

	private static final Key<Duration> HALFLIFE = micros("us_halflife")
		.says("After this time what has been counts half, µs; 0: it always counts.");

	private static final Key<Integer> MIN_OUTLIER = THEME.integer("min_outlier", Values.U16, Scope.ANY)
		.says("Percent from the mean that make an outlier, which is counted, but not in the mean; 0 for none.");

	private static final Key<String> REPORT = THEME.text("report", Scope.ANY)
		.says("Names of the metrics this applies to, with commas between them; `*` stands for anything.");

	public static final KeyTable KEYS = new KeyTable(THEME);

	private final List<MetricsPolicy> policies = new ArrayList<>();

	private final Set<String> names = new HashSet<>();

	private static KeyRow<Duration> micros(String name) {
		return THEME.key(name, Types.duration(ChronoUnit.MICROS, "µs", MAX_MICROS), Scope.ANY).or(Duration.ZERO);
	}

	Boolean read(JsonValue section, DocumentContext document) {
		return Entries.forEachObject(section, document, "{\"name\": \"...\", ...}",
				(object) -> readEntry(object, document));
	}

	private void readEntry(ObjectValue object, DocumentContext document) {
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
