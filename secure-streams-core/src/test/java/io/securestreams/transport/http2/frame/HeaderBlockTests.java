package io.securestreams.transport.http2.frame;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Header blocks against the RFC's bytes and Netty's decoder.
 */
class HeaderBlockTests {

	@Test
	void staticFieldsAreOneByte() {
		byte[] block = new HeaderBlock().add(":method", "GET").add(":scheme", "http").add(":path", "/").toByteArray();
		assertThat(block).containsExactly(0x82, 0x86, 0x84);
	}

	@Test
	void literalWithoutIndexing() {
		// RFC 7541 appendix C.2.2
		byte[] block = new HeaderBlock().add(":path", "/sample/path").toByteArray();
		assertThat(block).startsWith(0x04, 0x0C).hasSize(14);
	}

	@Test
	void credentialsAreNeverIndexed() {
		// RFC 7541 appendix C.2.3
		byte[] block = new HeaderBlock().addSensitive("password", "secret").toByteArray();
		assertThat(block).startsWith(0x10, 0x08, 'p').hasSize(17);
		assertThat(new HeaderBlock().addSensitive("authorization", "x").toByteArray()).containsExactly(0x1F, 23 - 15, 1,
				'x');
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 126, 127, 128, 254, 255, 16510, 20000 })
	void anyLengthIsDecodedByOthers(int length) throws Http2Exception {
		String value = "v".repeat(length);
		byte[] block = new HeaderBlock().add(":status", "200")
			.add("x-name", value)
			.add("user-agent", value + "ä")
			.toByteArray();
		List<String> decoded = new ArrayList<>();
		DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(true, 1_000_000);
		for (Map.Entry<CharSequence, CharSequence> field : decoder.decodeHeaders(1, Unpooled.wrappedBuffer(block))) {
			decoded.add(field.getKey() + "=" + field.getValue().length());
		}
		assertThat(decoded).containsExactly(":status=3", "x-name=" + length, "user-agent=" + (length + 2));
	}

}
