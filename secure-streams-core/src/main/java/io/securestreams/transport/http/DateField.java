package io.securestreams.transport.http;

import java.util.Date;

import io.netty.handler.codec.DateFormatter;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * The value of {@code Date} (RFC 9110 section 6.6.1), made once per second and thread.
 */
public final class DateField {

	private static final FastThreadLocal<DateField> CURRENT = new FastThreadLocal<>() {
		@Override
		protected DateField initialValue() {
			return new DateField();
		}
	};

	private long second = Long.MIN_VALUE;

	private String text = "";

	private DateField() {
	}

	/**
	 * Returns the value.
	 * @param epochMillis current time
	 * @return an IMF-fixdate
	 */
	public static String at(long epochMillis) {
		DateField current = CURRENT.get();
		long second = Math.floorDiv(epochMillis, 1000L);
		if (second != current.second) {
			current.second = second;
			current.text = DateFormatter.format(new Date(second * 1000));
		}
		return current.text;
	}

}
