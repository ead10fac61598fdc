package io.securestreams.transport.http1;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fields that are kept, one head after the other.
 */
class KeptFieldsTests {

	private final MessageHead head = new MessageHead();

	private void load(String fields) throws MalformedMessageException {
		byte[] bytes = ("HTTP/1.1 200 OK\r\n" + fields + "\r\n").getBytes(StandardCharsets.US_ASCII);
		this.head.load(Unpooled.wrappedBuffer(bytes), 0, bytes.length, 10);
	}

	@Test
	void theSameFieldsAreKeptOnce() throws Exception {
		load("A: b\r\nC: d\r\n");
		Supplier<Map<String, List<String>>> first = this.head.keep(null);
		load("A: b\r\nC: d\r\n");
		assertThat(this.head.keep(first)).isSameAs(first);
		assertThat(first.get()).isEqualTo(Map.of("a", List.of("b"), "c", List.of("d")));
	}

	@Test
	void othersDoNotTouchWhatHasBeenKept() throws Exception {
		load("A: b\r\nC: d\r\n");
		Supplier<Map<String, List<String>>> first = this.head.keep(null);
		for (String other : List.of("A: b\r\nC: e\r\n", "A: b\r\n", "A: b\r\nC: d\r\nE: f\r\n", "")) {
			load(other);
			Supplier<Map<String, List<String>>> next = this.head.keep(first);
			assertThat(next).isNotSameAs(first);
			assertThat(next.get()).isNotEqualTo(first.get());
		}
		assertThat(first.get()).isEqualTo(Map.of("a", List.of("b"), "c", List.of("d")));
	}

}
