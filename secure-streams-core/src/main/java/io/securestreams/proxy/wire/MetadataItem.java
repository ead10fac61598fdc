package io.securestreams.proxy.wire;

import java.util.Arrays;

/**
 * METADATA: a value that one side has set.
 *
 * @param name 1 to {@value #MAX_NAME_LENGTH} bytes of UTF-8 without NUL
 * @param value not copied. Clients of libwebsockets can send an empty one, but its
 * clients and proxies end a link on which they are sent one
 */
public record MetadataItem(String name, byte[] value) implements ClientFrame, ProxyFrame {

	/**
	 * Between our own ends, before CREATE_RESULT: the protocol that the proxy speaks, as
	 * policies name it, and of HTTP the method after a space.
	 */
	public static final String SPOKEN = "ss-protocol";

	/**
	 * Between our own ends, before the proxy ends the link: why the stream is refused, in
	 * words.
	 */
	public static final String REFUSED = "ss-refused";

	/** Most bytes of a name. */
	public static final int MAX_NAME_LENGTH = 30;

	/** Refuses what cannot be sent. */
	public MetadataItem {
		Names.require("metadata", name, MAX_NAME_LENGTH);
		if (value.length > maxValueLength(name)) {
			throw new IllegalArgumentException(
					"Metadata '" + name + "' cannot travel with a value of " + value.length + " bytes");
		}
	}

	/**
	 * Tells how long a value can be.
	 * @param name the name it is for
	 * @return bytes
	 */
	public static int maxValueLength(String name) {
		return FrameType.MAX_BODY - 1 - Names.length(name);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof MetadataItem item && item.name.equals(this.name)
				&& Arrays.equals(item.value, this.value);
	}

	@Override
	public int hashCode() {
		return 31 * this.name.hashCode() + Arrays.hashCode(this.value);
	}

	/** Without the value, which may be secret. */
	@Override
	public String toString() {
		return "MetadataItem[name=" + this.name + ", value of " + this.value.length + " bytes]";
	}

}
