package io.securestreams.transport.http2;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

import io.securestreams.transport.http.ReceivedHeaders;

/**
 * The fields of a message for the mapping to metadata. One object serves many messages,
 * one after the other.
 */
public final class MessageFields implements ReceivedHeaders {

	private Http2Headers headers = EmptyHttp2Headers.INSTANCE;

	/** Takes the fields of a message. */
	public MessageFields of(Http2Headers headers) {
		this.headers = headers;
		return this;
	}

	/** Forgets the message. */
	public void clear() {
		this.headers = EmptyHttp2Headers.INSTANCE;
	}

	@Override
	public @Nullable String first(String name) {
		CharSequence value = this.headers.get(name);
		if (value == null) {
			// What HTTP/1.1 calls host
			value = name.equals("host") ? this.headers.authority() : null;
			return (value != null) ? text(value) : null;
		}
		return name.equals("cookie") ? cookies(text(value)) : text(value);
	}

	@Override
	public @Nullable String octets(String name) {
		CharSequence value = this.headers.get(name);
		return (value instanceof AsciiString bytes)
				? new String(bytes.array(), bytes.arrayOffset(), bytes.length(), StandardCharsets.ISO_8859_1).strip()
				: ReceivedHeaders.super.octets(name);
	}

	/** They may come one by one, RFC 9113 section 8.2.3. */
	private String cookies(String first) {
		List<CharSequence> all = this.headers.getAll("cookie");
		if (all.size() == 1) {
			return first;
		}
		StringJoiner joined = new StringJoiner("; ");
		all.forEach((cookie) -> joined.add(text(cookie)));
		return joined.toString();
	}

	@Override
	public void forEach(BiConsumer<String, String> each) {
		for (Map.Entry<CharSequence, CharSequence> field : this.headers) {
			if (field.getKey().charAt(0) != ':') {
				each.accept(field.getKey().toString(), text(field.getValue()));
			}
		}
	}

	/** They are nobody else's, and do not change any more. */
	@Override
	public Supplier<Map<String, List<String>>> keep() {
		Http2Headers kept = this.headers;
		return () -> new MessageFields().of(kept).all();
	}

	private Map<String, List<String>> all() {
		return ReceivedHeaders.super.keep().get();
	}

	/** Values are UTF-8 where they are not ASCII, as on HTTP/1.1. */
	public static String text(CharSequence value) {
		if (value instanceof AsciiString bytes) {
			return new String(bytes.array(), bytes.arrayOffset(), bytes.length(), StandardCharsets.UTF_8).strip();
		}
		return value.toString().strip();
	}

}
