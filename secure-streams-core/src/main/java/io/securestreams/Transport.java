package io.securestreams;

import java.util.Arrays;
import java.util.Locale;

/**
 * How an engine drives its sockets.
 */
public enum Transport {

	/** The best that is available. */
	AUTO,
	/** Linux io_uring. */
	IO_URING,
	/** Linux epoll. */
	EPOLL,
	/** kqueue of macOS and BSD. */
	KQUEUE,
	/** Java NIO. */
	NIO;

	/**
	 * Finds a transport by its name.
	 * @param name the name, in any case, with {@code _} or {@code -}
	 * @return the transport
	 * @throws IllegalArgumentException if there is none of that name
	 */
	public static Transport of(String name) {
		String plain = name.replace('-', '_').toUpperCase(Locale.ROOT);
		return Arrays.stream(values())
			.filter((transport) -> transport.name().equals(plain))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("transport \"" + name + "\" is unknown (expected: "
					+ "\"auto\", \"io-uring\", \"epoll\", \"kqueue\" or \"nio\")"));
	}

	/** As the event loops call it. */
	String key() {
		return name().toLowerCase(Locale.ROOT);
	}

}
