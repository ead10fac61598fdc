package io.securestreams.transport.http2;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BiConsumer;

import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

import io.securestreams.transport.http.ReceivedHeaders;

/**
 * The fields of a response for the mapping to metadata. One object serves all responses
 * of a stream.
 */
final class ResponseFields implements ReceivedHeaders {

	private Http2Headers headers = EmptyHttp2Headers.INSTANCE;

	ResponseFields of(Http2Headers headers) {
		this.headers = headers;
		return this;
	}

	void clear() {
		this.headers = EmptyHttp2Headers.INSTANCE;
	}

	@Override
	public @Nullable String first(String name) {
		CharSequence value = this.headers.get(name);
		return (value != null) ? text(value) : null;
	}

	@Override
	public void forEach(BiConsumer<String, String> each) {
		for (Map.Entry<CharSequence, CharSequence> field : this.headers) {
			if (field.getKey().charAt(0) != ':') {
				each.accept(field.getKey().toString(), text(field.getValue()));
			}
		}
	}

	/** Values are UTF-8 where they are not ASCII, as on HTTP/1.1. */
	private static String text(CharSequence value) {
		if (value instanceof AsciiString bytes) {
			return new String(bytes.array(), bytes.arrayOffset(), bytes.length(), StandardCharsets.UTF_8).strip();
		}
		return value.toString().strip();
	}

}
