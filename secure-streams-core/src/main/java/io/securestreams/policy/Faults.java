package io.securestreams.policy;

import java.util.StringJoiner;

/**
 * What goes wrong with a client streamtype on purpose, so that a team can rehearse an
 * outage; policy key {@code faults}. Only where the application allows it.
 *
 * @param refuse whether every attempt to connect is refused ({@code refuse})
 * @param delayMillis how long each attempt waits before it starts, ms ({@code delay_ms})
 * @param cutAfter received bytes after which a connection is lost, 0 for never
 * ({@code cut_after})
 * @param dropOneIn one attempt in so many is lost, 0 for none ({@code drop_one_in})
 * @param status status that HTTP requests are answered with, without asking the peer, 0
 * for none ({@code status})
 */
public record Faults(boolean refuse, long delayMillis, long cutAfter, int dropOneIn, int status) {

	/** Nothing goes wrong. */
	public static final Faults NONE = new Faults(false, 0, 0, 0, 0);

	/** What is on, as it stands in the policy. */
	@Override
	public String toString() {
		StringJoiner text = new StringJoiner(", ");
		if (this.refuse) {
			text.add("refuse");
		}
		add(text, "delay_ms", this.delayMillis);
		add(text, "cut_after", this.cutAfter);
		add(text, "drop_one_in", this.dropOneIn);
		add(text, "status", this.status);
		return (text.length() == 0) ? "none" : text.toString();
	}

	private static void add(StringJoiner text, String name, long value) {
		if (value != 0) {
			text.add(name + " " + value);
		}
	}

}
