package io.securestreams.transport.websocket.client;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.policy.WebSocketPolicy;
import io.securestreams.transport.http.FieldRules;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.IdentityFields;
import io.securestreams.transport.http.InvalidRequestException;
import io.securestreams.transport.http.MetadataHeaders;
import io.securestreams.transport.http.RequestAuthentication;
import io.securestreams.transport.http.RequestPaths;
import io.securestreams.transport.http.RequestRoute;
import io.securestreams.transport.http.exchange.RequestOrigin;
import io.securestreams.transport.http2.client.TunnelRequest;
import io.securestreams.transport.websocket.HandshakeKey;
import io.securestreams.transport.websocket.frame.DeflateExtension;

/**
 * The client's half of an opening handshake, made once per request: an upgrade of
 * HTTP/1.1 (RFC 6455 section 4.1) or an extended CONNECT of HTTP/2 (RFC 8441 section 5).
 */
final class HandshakeRequest {

	/** An opening handshake has no body. */
	private static final byte[] EMPTY_SHA_256 = HexFormat.of()
		.parseHex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

	private final RequestRoute route;

	private final String path;

	private final String key = HandshakeKey.random();

	/** Fields of both forms. */
	private final List<Field> fields = new ArrayList<>();

	private final String authHeader;

	/** Names of fields that prove who sends it. */
	private final Set<String> proofs = new HashSet<>();

	/** What the application wants for {@code Host}, else where it goes. */
	private String authority;

	private boolean hasOrigin;

	/**
	 * Makes the request.
	 * @param link the stream
	 * @param policy its policy
	 * @param route where it goes
	 * @param headers the stream's metadata as header fields
	 * @param services cookies and blobs
	 * @param authentication proves who sends it
	 * @throws InvalidRequestException if it must not be sent
	 */
	HandshakeRequest(StreamLink link, WebSocketPolicy policy, RequestRoute route, MetadataHeaders headers,
			HttpServices services, RequestAuthentication authentication) {
		this.route = route;
		this.path = RequestPaths.path(route.target(), policy.handshake().url(), link.metadata());
		this.authHeader = FieldRules.nameOf(policy.handshake().headers().auth());
		String authority = RequestPaths.authority(route.target());
		this.authority = authority;
		headers.refresh(link.metadata());
		headers.forEach(link.metadata(), this::metadata);
		List<Field> metadata = List.copyOf(this.fields);
		this.fields.clear();
		field("Sec-WebSocket-Version", "13");
		if (!policy.options().subprotocol().isEmpty()) {
			FieldRules.check("Sec-WebSocket-Protocol", policy.options().subprotocol());
			field("Sec-WebSocket-Protocol", policy.options().subprotocol());
		}
		if (policy.options().deflate()) {
			field("Sec-WebSocket-Extensions", DeflateExtension.OFFER);
		}
		if (!this.hasOrigin) {
			field("Origin", scheme() + "://" + authority);
		}
		if (route.credentials()) {
			if (policy.handshake().cookies()) {
				String value = RequestOrigin.cookies(services.cookies(), route.target(), this.path,
						link.executor().epochMillis());
				if (value != null) {
					field("Cookie", value);
				}
			}
			new IdentityFields(policy.handshake().headers(), services.blobs()).forEach(this::field);
		}
		this.fields.addAll(metadata);
		if (authentication.isNeeded()) {
			prove(authentication);
		}
	}

	private void prove(RequestAuthentication authentication) {
		List<Map.Entry<String, String>> entries = new ArrayList<>();
		this.fields.forEach((field) -> entries.add(Map.entry(field.name(), field.value())));
		List<Field> proofs = new ArrayList<>();
		authentication.prove(this.route, this.authority, this.path, entries, EMPTY_SHA_256,
				(name, value) -> proofs.add(new Field(name, value)));
		this.fields
			.removeIf((field) -> proofs.stream().anyMatch((proof) -> proof.name().equalsIgnoreCase(field.name())));
		this.fields.addAll(proofs);
		proofs.forEach((proof) -> this.proofs.add(proof.name()));
	}

	private void metadata(String name, String value) {
		switch (name.toLowerCase(Locale.ROOT)) {
			case "upgrade", "connection", "content-length", "transfer-encoding", "sec-websocket-key",
					"sec-websocket-version", "sec-websocket-extensions" ->
				throw new InvalidRequestException(
						"metadata for " + name + " (expected: no header that belongs to the opening handshake)");
			case "sec-websocket-protocol" ->
				throw new InvalidRequestException("metadata for " + name + " (expected: ws_subprotocol)");
			case "host" -> {
				// Another origin has a name of its own
				this.authority = this.route.credentials() ? value : this.authority;
				return;
			}
			case "origin" -> this.hasOrigin = true;
			default -> {
			}
		}
		if (this.route.credentials() || FieldRules.isHarmless(name) || name.equalsIgnoreCase("origin")) {
			field(name, value);
		}
	}

	private void field(String name, String value) {
		this.fields.add(new Field(name, value));
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

	private String scheme() {
		return this.route.target().tls() ? "https" : "http";
	}

	/** The form for HTTP/1.1. */
	ByteBuf encode(ByteBufAllocator allocator) {
		StringBuilder head = new StringBuilder(512);
		head.append("GET ").append(this.path).append(" HTTP/1.1\r\n");
		line(head, "Host", this.authority);
		line(head, "Upgrade", "websocket");
		line(head, "Connection", "Upgrade");
		line(head, "Sec-WebSocket-Key", this.key);
		for (Field field : this.fields) {
			line(head, field.name(), field.value());
		}
		return ByteBufUtil.writeUtf8(allocator, head.append("\r\n"));
	}

	private static void line(StringBuilder head, String name, String value) {
		head.append(name).append(": ").append(value).append("\r\n");
	}

	/** The form for HTTP/2, which needs neither key nor upgrade. */
	TunnelRequest tunnel() {
		TunnelRequest request = new TunnelRequest("websocket", scheme(), this.authority, this.path);
		for (Field field : this.fields) {
			request.field(field.name(), field.value(), FieldRules.isCredential(field.name())
					|| field.name().equalsIgnoreCase(this.authHeader) || this.proofs.contains(field.name()));
		}
		return request;
	}

	private record Field(String name, String value) {
	}

}
