package io.securestreams.transport.http2.client;

import java.util.Locale;

import io.securestreams.transport.http2.frame.HeaderBlock;

/**
 * What asks for a tunnel: an extended CONNECT (RFC 8441 section 4).
 */
public final class TunnelRequest {

	private final HeaderBlock block = new HeaderBlock();

	/**
	 * Makes a request without fields.
	 * @param protocol what is to be spoken in the tunnel, {@code :protocol}
	 * @param scheme {@code https} or {@code http}
	 * @param authority host and port
	 * @param path path and query
	 */
	public TunnelRequest(String protocol, String scheme, String authority, String path) {
		this.block.add(":method", "CONNECT");
		this.block.add(":protocol", protocol);
		this.block.add(":scheme", scheme);
		this.block.add(":authority", authority);
		this.block.add(":path", path);
	}

	/**
	 * Adds a field. Those that are about an HTTP/1.1 connection are left out (RFC 9113
	 * section 8.2.2).
	 * @param name its name, checked, in any case
	 * @param value its value, checked
	 * @param credential whether nobody on the way may keep it
	 */
	public void field(String name, String value, boolean credential) {
		String lower = name.toLowerCase(Locale.ROOT);
		if (Http2HeadEncoder.NOT_SENT.contains(lower)) {
			return;
		}
		if (credential) {
			this.block.addSensitive(lower, value);
		}
		else {
			this.block.add(lower, value);
		}
	}

	Http2Request encode() {
		return Http2Request.tunnel(this.block.toByteArray());
	}

}
