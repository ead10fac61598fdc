package io.securestreams.transport.websocket;

import java.util.Locale;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.WebSocketPolicy;
import io.securestreams.transport.http.FieldRules;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.IdentityFields;
import io.securestreams.transport.http.InvalidRequestException;
import io.securestreams.transport.http.MetadataHeaders;
import io.securestreams.transport.http.RequestPaths;
import io.securestreams.transport.http.RequestRoute;

/**
 * The client's half of an opening handshake (RFC 6455 section 4.1), made once per
 * request.
 */
final class HandshakeRequest {

	private final RequestRoute route;

	private final String path;

	private final String key = HandshakeKey.random();

	private final StringBuilder head = new StringBuilder(512);

	private boolean hasHost;

	private boolean hasOrigin;

	/**
	 * Makes the request.
	 * @param link the stream
	 * @param policy its policy
	 * @param route where it goes
	 * @param headers the stream's metadata as header fields
	 * @param services cookies and blobs
	 * @throws InvalidRequestException if it must not be sent
	 */
	HandshakeRequest(StreamLink link, WebSocketPolicy policy, RequestRoute route, MetadataHeaders headers,
			HttpServices services) {
		this.route = route;
		this.path = RequestPaths.path(route.target(), policy.handshake().url(), link.metadata());
		headers.refresh(link.metadata());
		headers.forEach(link.metadata(), this::metadata);
		String metadata = this.head.toString();
		this.head.setLength(0);
		this.head.append("GET ").append(this.path).append(" HTTP/1.1\r\n");
		String authority = RequestPaths.authority(route.target());
		if (!this.hasHost) {
			line("Host", authority);
		}
		line("Upgrade", "websocket");
		line("Connection", "Upgrade");
		line("Sec-WebSocket-Key", this.key);
		line("Sec-WebSocket-Version", "13");
		if (!policy.options().subprotocol().isEmpty()) {
			FieldRules.check("Sec-WebSocket-Protocol", policy.options().subprotocol());
			line("Sec-WebSocket-Protocol", policy.options().subprotocol());
		}
		if (policy.options().deflate()) {
			line("Sec-WebSocket-Extensions", DeflateExtension.OFFER);
		}
		if (!this.hasOrigin) {
			line("Origin", (route.target().tls() ? "https://" : "http://") + authority);
		}
		if (route.credentials()) {
			if (policy.handshake().cookies()) {
				cookies(route.target(), services, link.executor().epochMillis());
			}
			new IdentityFields(policy.handshake().headers(), services.blobs()).forEach(this::line);
		}
		this.head.append(metadata).append("\r\n");
	}

	private void cookies(Target target, HttpServices services, long now) {
		if (target.address() instanceof Address.Host host) {
			String value = services.cookies().header(host.host(), target.tls(), this.path, now);
			if (value != null) {
				FieldRules.check("Cookie", value);
				line("Cookie", value);
			}
		}
	}

	private void metadata(String name, String value) {
		switch (name.toLowerCase(Locale.ROOT)) {
			case "upgrade", "connection", "content-length", "transfer-encoding", "sec-websocket-key",
					"sec-websocket-version", "sec-websocket-extensions" ->
				throw new InvalidRequestException(
						"metadata for " + name + " (expected: no header that belongs to the opening handshake)");
			case "sec-websocket-protocol" ->
				throw new InvalidRequestException("metadata for " + name + " (expected: ws_subprotocol)");
			case "host" -> this.hasHost = true;
			case "origin" -> this.hasOrigin = true;
			default -> {
			}
		}
		if (this.route.credentials() || !FieldRules.isCredential(name)) {
			line(name, value);
		}
	}

	private void line(String name, String value) {
		this.head.append(name).append(": ").append(value).append("\r\n");
	}

	RequestRoute route() {
		return this.route;
	}

	String path() {
		return this.path;
	}

	String key() {
		return this.key;
	}

	ByteBuf encode(ByteBufAllocator allocator) {
		return ByteBufUtil.writeUtf8(allocator, this.head);
	}

}
