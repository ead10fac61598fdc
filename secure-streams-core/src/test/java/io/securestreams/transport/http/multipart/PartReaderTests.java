package io.securestreams.transport.http.multipart;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.limits.HttpMessageLimits;
import io.securestreams.stream.MessagePart;
import io.securestreams.testing.ManualExecutor;
import io.securestreams.transport.http.HttpLink;
import io.securestreams.transport.http.TestHttpPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class PartReaderTests {

	private static final String FILE = "Content-Disposition: form-data; name=\"f\"; filename=\"a;b.txt\"\r\n"
			+ "Content-Type: text/plain; charset=utf-8\r\n\r\n";

	private final List<String> events = new ArrayList<>();

	private final HttpLink link = new HttpLink(new ManualExecutor(), TestHttpPolicy.server().build());

	PartReaderTests() {
		this.link.onReceive = (piece, flags) -> this.events
			.add(flags + " " + piece.toString(StandardCharsets.UTF_8).replace("\r\n", "~"));
		this.link.onPart = (part) -> this.events.add(part.name() + "|" + part.fileName() + "|" + part.contentType());
	}

	private MultipartSplitter splitter(int parts, int head) {
		HttpMessageLimits limits = HttpMessageLimits.builder().maxParts(parts).maxPartHead(head).build();
		return new MultipartSplitter("B", new PartReader(this.link, limits));
	}

	private void feed(MultipartSplitter splitter, String body, int size) {
		((ManualExecutor) this.link.executor()).inside(() -> {
			ByteBuf all = Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
			while (all.isReadable()) {
				splitter.feed(all.readSlice(Math.min(size, all.readableBytes())));
			}
		});
	}

	private static String body(String... parts) {
		return "--B\r\n" + String.join("\r\n--B\r\n", parts) + "\r\n--B--";
	}

	@Test
	void headsGoAheadOfContent() {
		feed(splitter(9, 900), body(FILE + "content", "\r\nanonymous"), 1000);
		assertThat(this.events).containsExactly("f|a;b.txt|text/plain; charset=utf-8", "1 " + FILE.replace("\r\n", "~"),
				"2 content", "null|null|null", "1 ~", PayloadFlags.EOM + PayloadFlags.RELATED_END + " anonymous");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 5, 7, 11, 50, 100 })
	void cutAnywhere(int size) {
		feed(splitter(9, 900), body(FILE + "content", FILE, "no end of head"), size);
		assertThat(this.events.stream().filter((event) -> event.contains("|"))).containsExactly(
				"f|a;b.txt|text/plain; charset=utf-8", "f|a;b.txt|text/plain; charset=utf-8", "null|null|null");
		assertThat(
				this.events.stream().filter((event) -> event.matches("(1|3|19) .*")).map((event) -> event.substring(2)))
			.allMatch((head) -> head.equals(FILE.replace("\r\n", "~")) || head.endsWith("no end of head"));
		assertThat(this.events.stream()
			.filter((event) -> event.matches("\\d+ .*"))
			.map((event) -> event.replaceFirst("\\d+ ", "")))
			.satisfies((pieces) -> assertThat(String.join("", pieces))
				.isEqualTo((FILE + "content" + FILE + "no end of head").replace("\r\n", "~")));
	}

	@Test
	void emptyPartIsItsHead() {
		feed(splitter(9, 900), body("A: b\r\n\r\n"), 100);
		assertThat(this.events).containsExactly("null|null|null", "19 A: b~~");
	}

	@Test
	void tooManyParts() {
		feed(splitter(2, 100), body("\r\n1", "\r\n2"), 100);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> feed(splitter(2, 100), body("\r\n1", "\r\n2", "\r\n3"), 100))
			.withMessage("more than 2 parts");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 30, 1000 })
	void tooLongAHead(int size) {
		feed(splitter(2, 100), body("A: " + "b".repeat(93) + "\r\n\r\n" + "c".repeat(1000)), size);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> feed(splitter(2, 100), body("A: " + "b".repeat(94) + "\r\n\r\n"), size))
			.withMessage("head of a part of more than 100 bytes");
	}

	@Test
	void contentIsNotCopied() {
		ByteBuf whole = Unpooled.copiedBuffer(body(FILE + "content"), StandardCharsets.UTF_8);
		List<ByteBuf> roots = new ArrayList<>();
		this.link.onReceive = (piece, flags) -> roots.add(piece.unwrap());
		((ManualExecutor) this.link.executor()).inside(() -> splitter(9, 900).feed(whole));
		assertThat(roots).hasSize(2).allSatisfy((root) -> assertThat(root).isSameAs(whole));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '!', quoteCharacter = '`', nullValues = "-",
			value = { "form-data; name=\"a\\\"b\"; filename=\"C:\\x\\\\y.txt\" ! a\"b ! C:\\x\\y.txt",
					"form-data ! - ! -", "form-data; filename=x; NAME = \"n\" ! n ! x", "form-data; name=\"\" ! `` ! -",
					"form-data; name=\"a; filename=b ! \"a; filename=b ! -", "form-data; xname=a ! - ! -",
					"form-data; name=one; name=two ! one ! -", "form-data; name=\"ü%22\" ! ü%22 ! -" })
	void parameters(String disposition, String name, String fileName) {
		assertThat(PartHead.parse("X: y\r\ncontent-disposition: " + disposition + "\r\n\r\n"))
			.isEqualTo(new MessagePart(name, fileName, null));
	}

	@Test
	void foldedAndRepeatedFields() {
		assertThat(PartHead.parse("Content-Disposition: form-data;\r\n name=a\r\nContent-Disposition: x; name=b\r\n"
				+ "no field\r\nContent-Type:text/html\r\n\r\n"))
			.isEqualTo(new MessagePart("a", null, "text/html"));
	}

}
