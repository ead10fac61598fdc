package io.securestreams.demo.client;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReceivedMessageTests {

	private static final String SHA_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

	private static final String SHA_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

	private final ReceivedMessage message = new ReceivedMessage();

	@Test
	void digestsEachPartAndTheWhole() {
		assertThat(next("a", true, false).message()).isNull();
		assertThat(next("bc", false, false).message()).isNull();
		ReceivedPart end = next("", false, true);
		assertThat(end.sha256()).isEqualTo(SHA_OF_NOTHING);
		assertThat(end.message()).isEqualTo(new ReceivedPart.Message(3, SHA_OF_ABC));
	}

	@Test
	void startsAnewWithEachMessage() {
		next("truncated", true, false);
		ReceivedPart only = next("abc", true, true);
		assertThat(only.sha256()).isEqualTo(SHA_OF_ABC);
		assertThat(only.message()).isEqualTo(new ReceivedPart.Message(3, SHA_OF_ABC));
	}

	@Test
	void showsTheFirst200BytesAsText() {
		assertThat(next("x".repeat(300), true, true).text()).hasSize(200);
	}

	@Test
	void leavesOutACharacterThatIsCutOff() {
		assertThat(next("x".repeat(199) + "é", true, true).text()).isEqualTo("x".repeat(199));
	}

	@Test
	void replacesWhatIsNotText() {
		byte[] bytes = { 'a', (byte) 0xff, 'b' };
		assertThat(this.message.next(new FakePayload(bytes, true, true)).text()).isEqualTo("a\uFFFDb");
	}

	private ReceivedPart next(String text, boolean start, boolean end) {
		return this.message.next(new FakePayload(text.getBytes(StandardCharsets.UTF_8), start, end));
	}

}
