package io.securestreams.policy.json.keys;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.securestreams.policy.Faults;
import io.securestreams.policy.json.table.DocumentContext;
import io.securestreams.policy.json.table.Entries;
import io.securestreams.policy.json.table.Values;
import io.securestreams.policy.json.text.JsonValue;
import io.securestreams.policy.json.text.Quoted;
import org.jspecify.annotations.Nullable;

/**
 * Reads what goes wrong on purpose.
 */
final class FaultValues {

	private static final List<String> NAMES = List.of("refuse", "delay_ms", "cut_after", "drop_one_in", "status");

	private FaultValues() {
	}

	static @Nullable Faults faults(JsonValue value, DocumentContext document) {
		Map<String, Long> figures = new HashMap<>();
		boolean wellFormed = Entries.forEach(value, document, "{\"fault\": number}", (member) -> {
			if (!NAMES.contains(member.name())) {
				document.problems()
					.error(member.place(), "unknown fault " + Quoted.of(member.name()), String.join(", ", NAMES));
				return;
			}
			Long figure = Values.number(member.value(), 0, most(member.name()), document);
			if (figure != null) {
				figures.put(member.name(), figure);
			}
		});
		if (!wellFormed) {
			return null;
		}
		Faults faults = new Faults(figures.getOrDefault("refuse", 0L) != 0, figures.getOrDefault("delay_ms", 0L),
				figures.getOrDefault("cut_after", 0L), figures.getOrDefault("drop_one_in", 0L).intValue(),
				figures.getOrDefault("status", 0L).intValue());
		return faults.equals(Faults.NONE) ? Faults.NONE : faults;
	}

	private static long most(String name) {
		return switch (name) {
			case "refuse" -> 1;
			case "status" -> 999;
			default -> Integer.MAX_VALUE;
		};
	}

}
