package io.securestreams.transport.http.multipart;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.engine.spi.PayloadFlags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class MultipartSplitterTests {

	private final List<String> parts = new ArrayList<>();

	private final StringBuilder open = new StringBuilder();

	private int lastFlags;

	private final MultipartSplitter splitter = new MultipartSplitter("XyZ", this::part);

	@Test
	void splitsPartsWithTheirHeaders() {
		feed("preamble\r\n--XyZ\r\nA: b\r\n\r\none\r\n--XyZ\r\n\r\ntwo\r\n--XyZ--\r\nepilogue");
		assertThat(this.parts).containsExactly("A: b\r\n\r\none", "\r\ntwo");
		assertThat(this.lastFlags).isEqualTo(PayloadFlags.SOM | PayloadFlags.EOM | PayloadFlags.RELATED_END);
		assertThat(this.splitter.isComplete()).isTrue();
	}

	@Test
	void bodyMayStartWithTheDelimiterAndHaveEmptyParts() {
		feed("--XyZ\r\n\r\n--XyZ \t\r\nx\r\n--XyZ--");
		assertThat(this.parts).containsExactly("", "x");
	}

	@Test
	void truncatedBodyIsNotComplete() {
		feed("--XyZ\r\n\r\none\r\n--Xy");
		assertThat(this.parts).isEmpty();
		assertThat(this.open).hasToString("\r\none");
		assertThat(this.splitter.isComplete()).isFalse();
	}

	@Test
	void delimiterLineHasToEnd() {
		assertThatIllegalArgumentException().isThrownBy(() -> feed("--XyZ" + " ".repeat(200)));
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8 })
	void cuttingTheBodyAnywhereChangesNothing(long seed) {
		Random random = new Random(seed);
		for (int round = 0; round < 200; round++) {
			List<String> expected = new ArrayList<>();
			StringBuilder body = new StringBuilder();
			for (int i = random.nextInt(4); i >= 0; i--) {
				StringBuilder part = new StringBuilder();
				for (int j = random.nextInt(12); j > 0; j--) {
					part.append(new String[] { "\r", "\n", "-", "--X", "\r\n--Xy", "\r\n-", "data", "XyZ" }[random
						.nextInt(8)]);
				}
				if (part.indexOf("\r\n--XyZ") >= 0) {
					continue;
				}
				expected.add(part.toString());
				body.append((body.length() == 0) ? "--XyZ\r\n" : "\r\n--XyZ\r\n").append(part);
			}
			body.append(expected.isEmpty() ? "--XyZ--\r\n" : "\r\n--XyZ--\r\n");
			this.parts.clear();
			MultipartSplitter fresh = new MultipartSplitter("XyZ", this::part);
			String rest = body.toString();
			while (!rest.isEmpty()) {
				int length = Math.min(rest.length(), 1 + random.nextInt(6));
				fresh.feed(buffer(rest.substring(0, length)));
				rest = rest.substring(length);
			}
			assertThat(this.parts).isEqualTo(expected);
			assertThat(fresh.isComplete()).isTrue();
		}
	}

	@Test
	void findsTheBoundary() {
		assertThat(MultipartSplitter.boundary("multipart/form-data; charset=x; Boundary=\"a b\"")).isEqualTo("a b");
		assertThat(MultipartSplitter.boundary("Multipart/Related;boundary=q")).isEqualTo("q");
		assertThat(MultipartSplitter.boundary("text/plain; boundary=q")).isNull();
		assertThat(MultipartSplitter.boundary("multipart/related")).isNull();
		assertThat(MultipartSplitter.boundary(null)).isNull();
	}

	private void feed(String text) {
		this.splitter.feed(buffer(text));
	}

	private static ByteBuf buffer(String text) {
		return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	private void part(ByteBuf data, int flags) {
		if ((flags & PayloadFlags.SOM) != 0) {
			this.open.setLength(0);
		}
		this.open.append(data.toString(StandardCharsets.ISO_8859_1));
		if ((flags & PayloadFlags.EOM) != 0) {
			this.parts.add(this.open.toString());
		}
		this.lastFlags = flags;
	}

}
