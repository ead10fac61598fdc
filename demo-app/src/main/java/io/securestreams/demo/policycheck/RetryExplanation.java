package io.securestreams.demo.policycheck;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

import io.securestreams.policy.RetryPolicy;

/**
 * Says in plain words how a stream tries again.
 */
final class RetryExplanation {

	/** Delays that are spelt out; further ones are all the same. */
	private static final int SPELT_OUT = RetryPolicy.MAX_BACKOFF_ENTRIES;

	private static final int MAX_RANDOM = 65535;

	private RetryExplanation() {
	}

	static String of(RetryPolicy retry) {
		if (retry.conceal() == 0) {
			return "gives up after the first attempt (ALL_RETRIES_FAILED)";
		}
		boolean forever = retry.conceal() == RetryPolicy.CONCEAL_FOREVER;
		int different = Math.max(1, retry.backoff().size());
		int shown = Math.min(Math.min(different, retry.conceal()), SPELT_OUT);
		List<String> delays = new ArrayList<>();
		for (int i = 0; i < shown; i++) {
			delays.add(delay(retry, i));
		}
		StringBuilder text = new StringBuilder();
		if (!retry.name().isEmpty()) {
			text.append("scheme \"").append(retry.name()).append("\": ");
		}
		text.append("tries again after ").append(String.join(", ", delays));
		if (forever) {
			return text.append(", and so on, and never gives up").toString();
		}
		if (retry.conceal() > shown) {
			text.append(", then ").append(retry.conceal() - shown).append(" more times after the last");
		}
		return text.append("; gives up after ")
			.append(retry.conceal() + 1)
			.append(" attempts (ALL_RETRIES_FAILED), ")
			.append(total(retry))
			.append(" of waiting in all")
			.toString();
	}

	private static String delay(RetryPolicy retry, int index) {
		return range(retry.delayMillis(index, 0), retry.delayMillis(index, MAX_RANDOM));
	}

	private static String total(RetryPolicy retry) {
		long least = 0;
		long most = 0;
		int last = Math.max(1, retry.backoff().size()) - 1;
		for (int i = 0; i < Math.min(retry.conceal(), last); i++) {
			least += retry.delayMillis(i, 0);
			most += retry.delayMillis(i, MAX_RANDOM);
		}
		long rest = Math.max(0, retry.conceal() - last);
		return range(least + rest * retry.delayMillis(last, 0), most + rest * retry.delayMillis(last, MAX_RANDOM));
	}

	private static String range(long least, long most) {
		String from = seconds(least);
		String to = seconds(most);
		return (from.equals(to) ? from : from + " to " + to) + " s";
	}

	/**
	 * Rounds to what matters to a person.
	 * @param millis milliseconds
	 * @return seconds
	 */
	static String seconds(long millis) {
		return BigDecimal.valueOf(millis, 3)
			.setScale((millis < 1000) ? 2 : 1, RoundingMode.HALF_UP)
			.stripTrailingZeros()
			.toPlainString();
	}

}
