package io.securestreams.policy.json;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.json.keys.StreamKeys;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.text.Quoted;
import org.jspecify.annotations.Nullable;

/**
 * What differs between two policies, for people: one line for each key, in the order of a
 * policy document, keys named as there. Has no private keys and no passwords. Where an
 * entry in a section has changed, the streamtypes that refer to it are not listed.
 *
 * @param changes what differs; empty if the policies mean the same
 */
public record PolicyDiff(List<Change> changes) {

	/** Nothing differs. */
	public static final PolicyDiff NONE = new PolicyDiff(List.of());

	public PolicyDiff {
		changes = List.copyOf(changes);
	}

	/**
	 * Compares two policies.
	 * @param before the one
	 * @param after the other
	 * @return what differs
	 */
	public static PolicyDiff between(Policy before, Policy after) {
		if (before.equals(after)) {
			return NONE;
		}
		Comparison comparison = new Comparison(before, after);
		comparison.document();
		comparison.section("retry", Policy::retries);
		comparison.section("certs", Policy::certificates);
		comparison.section("trust_stores", Policy::trustStores);
		comparison.section("auth", Policy::auth);
		comparison.streams();
		return new PolicyDiff(comparison.changes);
	}

	/**
	 * Whether nothing differs.
	 * @return {@code true} if there is no change
	 */
	public boolean isEmpty() {
		return this.changes.isEmpty();
	}

	/**
	 * Returns the changes for people.
	 * @return one line for each change
	 */
	public List<String> lines() {
		return this.changes.stream().map(Change::toString).toList();
	}

	@Override
	public String toString() {
		return String.join("\n", lines());
	}

	/**
	 * What differs in one place.
	 *
	 * @param path where, for example {@code s.mintest.port}
	 * @param before the former value, {@code null} if there was none
	 * @param after the new one, {@code null} if there is none any more
	 */
	public record Change(String path, @Nullable String before, @Nullable String after) {

		/**
		 * Returns the change as a line of text.
		 * @return for example {@code s.mintest.port: 80 -> 443}
		 */
		@Override
		public String toString() {
			if (this.before == null) {
				return this.path + ": added, " + this.after;
			}
			return this.path + ((this.after == null) ? ": removed, was " + this.before
					: ": " + this.before + " -> " + this.after);
		}

	}

	/** Two policies being compared. */
	private static final class Comparison {

		private final Policy before;

		private final Policy after;

		private final List<Change> changes = new ArrayList<>();

		private Comparison(Policy before, Policy after) {
			this.before = before;
			this.after = after;
		}

		private void document() {
			value("release", Policy::release);
			value("product", Policy::product);
			value("schema-version", Policy::schemaVersion);
			value("via-socks5", Policy::socks5);
			value("metrics", Policy::metrics);
		}

		private void value(String path, Function<Policy, @Nullable Object> value) {
			compare(path, presence(value.apply(this.before)), presence(value.apply(this.after)));
		}

		/** What is not there and what is empty are the same. */
		private static @Nullable Object presence(@Nullable Object value) {
			return "".equals(value) || (value instanceof Collection<?> list && list.isEmpty()) ? null : value;
		}

		private <T> void section(String name, Function<Policy, Map<String, T>> section) {
			Map<String, T> one = section.apply(this.before);
			Map<String, T> other = section.apply(this.after);
			for (String entry : names(one, other)) {
				compare(path(name, entry), one.get(entry), other.get(entry));
			}
		}

		private void streams() {
			Map<String, StreamPolicy> one = this.before.streamTypes();
			Map<String, StreamPolicy> other = this.after.streamTypes();
			for (String name : names(one, other)) {
				StreamPolicy was = one.get(name);
				StreamPolicy is = other.get(name);
				if (was == null || is == null) {
					compare(path("s", name), was, is);
				}
				else if (!was.equals(is)) {
					StreamKeys.TABLE.keys().forEach((key) -> key(key, was, is));
				}
			}
		}

		private <T> void key(Key<T> key, StreamPolicy was, StreamPolicy is) {
			T one = orFallback(key, key.of(was));
			T other = orFallback(key, key.of(is));
			if (!isSaidAlready(one, other)) {
				compare(path("s", is.name()) + "." + key.name(), one, other);
			}
		}

		private static <T> @Nullable T orFallback(Key<T> key, @Nullable T value) {
			return (value != null) ? value : key.fallback();
		}

		/** Whether these are one entry of a section, which has changed itself. */
		private boolean isSaidAlready(@Nullable Object one, @Nullable Object other) {
			String name = DiffText.nameOf(other);
			return name != null && name.equals(DiffText.nameOf(one))
					&& DiffText.sections(this.before).anyMatch((section) -> Objects.equals(section.get(name), one))
					&& DiffText.sections(this.after).anyMatch((section) -> Objects.equals(section.get(name), other));
		}

		private void compare(String path, @Nullable Object one, @Nullable Object other) {
			if (Objects.equals(one, other)) {
				return;
			}
			boolean inStream = path.startsWith("s.");
			String was = (one != null) ? DiffText.of(one, inStream) : null;
			String is = (other != null) ? DiffText.of(other, inStream) : null;
			if (was != null && was.equals(is)) {
				is += ", another one";
			}
			this.changes.add(new Change(path, was, is));
		}

		private static Set<String> names(Map<String, ?> one, Map<String, ?> other) {
			Set<String> names = new LinkedHashSet<>(one.keySet());
			names.addAll(other.keySet());
			return names;
		}

		private static String path(String section, String name) {
			return section + "." + Quoted.shorten(name);
		}

	}

}
