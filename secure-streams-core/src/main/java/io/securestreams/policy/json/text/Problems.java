package io.securestreams.policy.json.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

import io.securestreams.policy.json.text.JsonOutline.Location;

/**
 * Collects the problems of one document. They are reported with their place, the number
 * of a token; path, line and column are found from that at the end, so a document without
 * problems pays nothing.
 */
public final class Problems {

	/** Most problems of one severity that are kept. */
	static final int MAX_KEPT = 100;

	/** Names that are compared with misspelt ones, in the whole document. */
	private static final int MAX_COMPARISONS = 100_000;

	private static final int NOWHERE = 0;

	private final SourceText source;

	private final List<Found> errors = new ArrayList<>();

	private final List<Found> warnings = new ArrayList<>();

	/** Errors in the text itself, which has no token there. */
	private final List<Finding> textErrors = new ArrayList<>();

	private final List<Finding> textWarnings = new ArrayList<>();

	private int errorCount;

	private int warningCount;

	/** How many more names may be compared with misspelt ones. */
	private int comparisons = MAX_COMPARISONS;

	public Problems(SourceText source) {
		this.source = source;
	}

	/** Whether the text itself is malformed, not only what it says. */
	public boolean isMalformed() {
		return !this.textErrors.isEmpty();
	}

	public int errorCount() {
		return this.errorCount;
	}

	public void error(int place, String message, String expected) {
		repeated(place, NOWHERE, message, expected);
	}

	/**
	 * Reports that something stands in the document again.
	 * @param place where it does
	 * @param first where it stood before; the line of that is added to what was expected
	 */
	public void repeated(int place, int first, String message, String expected) {
		if (++this.errorCount <= MAX_KEPT) {
			this.errors.add(new Found(true, place, first, message, expected));
		}
	}

	/** Reports an error at a character where no value starts. */
	public void errorAt(int offset, String path, String message, String expected) {
		this.errorCount++;
		this.textErrors.add(finding(true, new Location(offset, path), message, expected));
	}

	/** Warns of a character where no value starts. */
	void warningAt(int offset, String message, String expected) {
		if (++this.warningCount <= MAX_KEPT) {
			this.textWarnings.add(finding(false, new Location(offset, ""), message, expected));
		}
	}

	public void warning(int place, String message, String expected) {
		if (++this.warningCount <= MAX_KEPT) {
			this.warnings.add(new Found(false, place, NOWHERE, message, expected));
		}
	}

	/**
	 * Says which known name a misspelt one was meant to be. Where the problem is not kept
	 * nobody would see it; and there may be very many, misspelt ones and known ones, so
	 * at some time it is enough.
	 * @return a piece of text for an error, empty if no name is near
	 */
	public String errorHint(String name, Supplier<Collection<String>> known) {
		return (this.errorCount < MAX_KEPT) ? didYouMean(name, known) : "";
	}

	/**
	 * The same for a warning.
	 */
	public String warningHint(String name, Supplier<Collection<String>> known) {
		return (this.warningCount < MAX_KEPT) ? didYouMean(name, known) : "";
	}

	private String didYouMean(String name, Supplier<Collection<String>> known) {
		Collection<String> candidates = known.get();
		this.comparisons -= candidates.size();
		if (this.comparisons < 0) {
			return "";
		}
		String suggestion = Suggestions.nearest(name, candidates);
		return (suggestion != null) ? "; did you mean " + Quoted.of(suggestion) + "?" : "";
	}

	/**
	 * Reports what the constructor of a policy value refused. Their messages end with
	 * {@code (expected: ...)}.
	 */
	public void refused(int place, IllegalArgumentException refusal) {
		String message = String.valueOf(refusal.getMessage());
		int at = message.lastIndexOf(" (expected: ");
		if (at < 0 || !message.endsWith(")")) {
			error(place, message, "");
			return;
		}
		error(place, message.substring(0, at), message.substring(at + 12, message.length() - 1));
	}

	public List<Finding> warnings() {
		List<Finding> warnings = located(this.warnings);
		warnings.addAll(this.textWarnings);
		return complete(warnings, this.warningCount - warnings.size(), false);
	}

	public List<Finding> all() {
		List<Found> found = new ArrayList<>(this.errors);
		found.addAll(this.warnings);
		List<Finding> all = located(found);
		all.addAll(this.textErrors);
		all.addAll(this.textWarnings);
		return complete(all, this.errorCount - this.errors.size() - this.textErrors.size(), true);
	}

	private List<Finding> located(List<Found> found) {
		List<Finding> problems = new ArrayList<>(found.size() + 1);
		if (found.isEmpty()) {
			return problems;
		}
		SortedMap<Integer, Location> locations = new TreeMap<>();
		found.forEach((each) -> {
			locations.put(each.place(), Location.UNKNOWN);
			locations.put(each.first(), Location.UNKNOWN);
		});
		JsonOutline.locate(this.source, locations);
		for (Found each : found) {
			String expected = each.expected();
			if (each.first() != NOWHERE) {
				expected += this.source.line(locations.getOrDefault(each.first(), Location.UNKNOWN).offset());
			}
			problems.add(finding(each.error(), locations.getOrDefault(each.place(), Location.UNKNOWN), each.message(),
					expected));
		}
		return problems;
	}

	private List<Finding> complete(List<Finding> problems, int omitted, boolean error) {
		problems.sort(Comparator.comparingInt(Finding::line).thenComparingInt(Finding::column));
		if (omitted > 0) {
			problems.add(finding(error, new Location(Math.max(0, this.source.length() - 1), ""),
					omitted + " more " + (error ? "errors" : "warnings"), ""));
		}
		return problems;
	}

	private Finding finding(boolean error, Location at, String message, String expected) {
		return new Finding(error, at.path(), this.source.line(at.offset()), this.source.column(at.offset()), message,
				expected);
	}

	/**
	 * A problem with its place in the text.
	 *
	 * @param error whether the document is refused for it
	 * @param line line in the document, from 1
	 * @param column column in that line, from 1
	 * @param expected what would have been right, or empty
	 */
	public record Finding(boolean error, String path, int line, int column, String message, String expected) {

	}

	/**
	 * A problem as it was reported.
	 *
	 * @param first place whose line belongs to what was expected, or {@link #NOWHERE}
	 */
	private record Found(boolean error, int place, int first, String message, String expected) {

	}

}
