package io.securestreams.policy.json;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.securestreams.policy.json.JsonValue.ArrayValue;
import io.securestreams.policy.json.JsonValue.Member;
import io.securestreams.policy.json.JsonValue.ObjectValue;
import io.securestreams.policy.json.PolicyProblem.Severity;
import org.jspecify.annotations.Nullable;

/**
 * Collects the problems of one document. What is reported has a character offset; line,
 * column and path are found from that, so a document without problems pays nothing.
 */
final class Problems {

	/** Most problems of one severity that are kept. */
	static final int MAX_KEPT = 100;

	private final SourceText source;

	private final List<PolicyProblem> errors = new ArrayList<>();

	private final List<PolicyProblem> warnings = new ArrayList<>();

	private @Nullable JsonValue root;

	private int errorCount;

	private int warningCount;

	Problems(SourceText source) {
		this.source = source;
	}

	/**
	 * Sets the document that paths lead through.
	 */
	void root(JsonValue root) {
		this.root = root;
	}

	int errorCount() {
		return this.errorCount;
	}

	int line(int offset) {
		return this.source.line(offset);
	}

	void error(int offset, String message, String expected) {
		if (++this.errorCount <= MAX_KEPT) {
			this.errors.add(problem(Severity.ERROR, path(offset), offset, message, expected));
		}
	}

	void errorAt(int offset, String path, String message, String expected) {
		if (++this.errorCount <= MAX_KEPT) {
			this.errors.add(problem(Severity.ERROR, path, offset, message, expected));
		}
	}

	void warning(int offset, String message, String expected) {
		if (++this.warningCount <= MAX_KEPT) {
			this.warnings.add(problem(Severity.WARNING, path(offset), offset, message, expected));
		}
	}

	/**
	 * Reports what the constructor of a policy value refused. Their messages end with
	 * {@code (expected: ...)}.
	 */
	void refused(int offset, IllegalArgumentException refusal) {
		String message = String.valueOf(refusal.getMessage());
		int at = message.lastIndexOf(" (expected: ");
		if (at < 0 || !message.endsWith(")")) {
			error(offset, message, "");
			return;
		}
		error(offset, message.substring(0, at), message.substring(at + 12, message.length() - 1));
	}

	List<PolicyProblem> warnings() {
		List<PolicyProblem> sorted = new ArrayList<>(this.warnings);
		return complete(sorted, this.warningCount - this.warnings.size(), Severity.WARNING);
	}

	List<PolicyProblem> all() {
		List<PolicyProblem> all = new ArrayList<>(this.errors);
		all.addAll(this.warnings);
		return complete(all, this.errorCount - this.errors.size(), Severity.ERROR);
	}

	private List<PolicyProblem> complete(List<PolicyProblem> problems, int omitted, Severity severity) {
		problems.sort(Comparator.comparingInt(PolicyProblem::line).thenComparingInt(PolicyProblem::column));
		if (omitted > 0) {
			problems.add(problem(severity, "", Math.max(0, this.source.length() - 1),
					omitted + " more " + ((severity == Severity.ERROR) ? "errors" : "warnings"), ""));
		}
		return problems;
	}

	private PolicyProblem problem(Severity severity, String path, int offset, String message, String expected) {
		return new PolicyProblem(severity, this.source.name(), path, this.source.line(offset),
				this.source.column(offset), message, expected);
	}

	/**
	 * Finds the path to the value, or the name of the member, that starts at an offset.
	 */
	private String path(int offset) {
		JsonPath path = new JsonPath();
		JsonValue at = this.root;
		while (at != null) {
			if (at instanceof ObjectValue object) {
				Member member = lastBefore(object, offset);
				if (member != null) {
					path.name(member.name());
				}
				at = (member != null && offset >= member.value().offset()) ? member.value() : null;
			}
			else if (at instanceof ArrayValue array) {
				int index = lastBefore(array, offset);
				if (index >= 0) {
					path.index(index);
				}
				at = (index >= 0) ? array.items().get(index) : null;
			}
			else {
				at = null;
			}
		}
		return path.toString();
	}

	private static @Nullable Member lastBefore(ObjectValue object, int offset) {
		Member last = null;
		for (Member member : object.members()) {
			if (member.offset() > offset) {
				break;
			}
			last = member;
		}
		return last;
	}

	private static int lastBefore(ArrayValue array, int offset) {
		int last = -1;
		for (JsonValue item : array.items()) {
			if (item.offset() > offset) {
				break;
			}
			last++;
		}
		return last;
	}

}
