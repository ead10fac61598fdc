package io.securestreams.demo.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class OutgoingMessageTests {

	@Test
	void endsAMessageThatFitsOneSlot() {
		OutgoingMessage message = OutgoingMessage.ofText("hello");
		FakeSlot slot = new FakeSlot(100);
		assertThat(message.writeTo(slot)).isFalse();
		assertThat(slot.text()).isEqualTo("hello");
		assertThat(slot.ended).isTrue();
		assertThat(message.isSent()).isTrue();
	}

	@Test
	void fillsSlotAfterSlot(@TempDir Path directory) throws IOException {
		OutgoingMessage message = OutgoingMessage.ofFile(Files.writeString(directory.resolve("f"), "hello"));
		assertThat(message.length()).isEqualTo(5);
		FakeSlot first = new FakeSlot(3);
		assertThat(message.writeTo(first)).isTrue();
		assertThat(first.text()).isEqualTo("hel");
		assertThat(first.ended).isFalse();
		FakeSlot second = new FakeSlot(3);
		assertThat(message.writeTo(second)).isFalse();
		assertThat(second.text()).isEqualTo("lo");
		assertThat(second.ended).isTrue();
	}

	@Test
	void startsAgainForAnotherAttempt() {
		OutgoingMessage message = OutgoingMessage.ofText("hello");
		message.writeTo(new FakeSlot(3));
		message.rewind();
		FakeSlot slot = new FakeSlot(9);
		message.writeTo(slot);
		assertThat(slot.text()).isEqualTo("hello");
	}

	@Test
	void sendsAnEmptyMessageToo() {
		OutgoingMessage message = OutgoingMessage.ofText("");
		FakeSlot slot = new FakeSlot(9);
		assertThat(message.writeTo(slot)).isFalse();
		assertThat(slot.ended).isTrue();
	}

	@Test
	void wantsAFile(@TempDir Path directory) {
		assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> OutgoingMessage.ofFile(directory));
	}

}
