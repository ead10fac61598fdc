package io.securestreams.engine.local;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.adapter.MessageSource;
import io.securestreams.stream.adapter.OutgoingMessage;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Whole messages through the slots of an engine.
 */
class OutgoingMessageTests {

	private EngineFixture fixture = EngineFixture.with();

	private final List<Throwable> thrown = new ArrayList<>();

	private int opened;

	private int closed;

	@AfterEach
	void nothingIsLeftBehind() {
		this.fixture.engine().shutdown(Duration.ZERO);
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
	}

	private static StreamPolicies policy() {
		return StreamPolicies.named(EngineFixture.TYPE);
	}

	/** A connected stream that sends the message. */
	private OutgoingMessage sending(StreamPolicies policy, MessageSource source) {
		this.fixture = EngineFixture.with(policy.retry(StreamPolicies.retry(5, 100)));
		OutgoingMessage message = new OutgoingMessage(source);
		this.fixture.handler.on(StreamState.CONNECTING, (self) -> message.rewind());
		this.fixture.handler.onWritable((self, slot) -> {
			try {
				message.write(self, slot);
			}
			catch (UncheckedIOException ex) {
				this.thrown.add(ex.getCause());
				throw ex;
			}
		});
		SecureStream stream = this.fixture.create();
		this.fixture.when(() -> message.request(stream));
		this.fixture.connected();
		return message;
	}

	private void slot(int capacity) {
		this.fixture.when(() -> this.fixture.transport().writable(capacity));
	}

	private List<String> written() {
		return this.fixture.transport().written;
	}

	private long announced() {
		return this.fixture.transport().link().txLength();
	}

	private InputStream open(String text) {
		this.opened++;
		return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
			@Override
			public void close() {
				OutgoingMessageTests.this.closed++;
			}
		};
	}

	@Test
	void aTextThatFitsIsOneSlot() {
		OutgoingMessage message = sending(policy().ws(), MessageSource.of("hello"));
		assertThat(announced()).isEqualTo(5);
		slot(10);
		assertThat(written()).containsExactly("SE:hello@0");
		assertThat(message.isSent()).isTrue();
		assertThat(message.position()).isEqualTo(5);
	}

	@Test
	void aFileFillsSlotAfterSlot(@TempDir Path directory) throws IOException {
		Path file = Files.writeString(directory.resolve("file"), "hello world");
		for (StreamPolicies policy : List.of(policy().ws(), policy().http("POST"))) {
			sending(policy, MessageSource.of(file));
			assertThat(announced()).isEqualTo(11);
			slot(4);
			slot(4);
			slot(4);
			assertThat(written()).containsExactly("S:hell@0", "-:o wo@1", "E:rld@2");
		}
	}

	@Test
	void aStreamOfUnknownLengthEndsWithItsContent() {
		sending(policy().ws(), () -> open("hello"));
		assertThat(announced()).isEqualTo(-1);
		slot(5);
		slot(5);
		assertThat(written()).containsExactly("S:hello@0", "E:@1");
		assertThat(this.opened).isOne();
		assertThat(this.closed).isOne();
	}

	@Test
	void nothingIsReadBeyondTheAnnouncedLength() {
		sending(policy().http("POST"), MessageSource.of(() -> open("hello world"), 5));
		slot(100);
		assertThat(written()).containsExactly("SE:hello@0");
	}

	@Test
	void anEmptyMessageIsSentToo() {
		sending(policy().http("POST"), MessageSource.of(""));
		assertThat(announced()).isZero();
		slot(10);
		assertThat(written()).containsExactly("SE:@0");
	}

	@Test
	void anotherAttemptStartsAgain() {
		sending(policy().http("POST"), MessageSource.of(() -> open("hello"), 5));
		slot(3);
		this.fixture.fails();
		this.fixture.after(100);
		this.fixture.connected();
		slot(10);
		assertThat(written()).last().isEqualTo("SE:hello@1");
		assertThat(this.opened).isEqualTo(2);
		assertThat(this.closed).isEqualTo(2);
	}

	@Test
	void whatIsShorterThanAnnouncedIsNotTakenForComplete() {
		sending(policy().http("POST"), MessageSource.of(() -> open("hell"), 5));
		slot(10);
		assertThat(this.thrown).singleElement().isInstanceOf(EOFException.class);
		assertThat(written()).isEmpty();
		assertThat(this.closed).isOne();
	}

	@Test
	void aBodyThatIsAnsweredEarlyDoesNotAskForAnotherTransaction() {
		sending(policy().http("POST"), MessageSource.of("hello"));
		slot(3);
		this.fixture.handler.take();
		assertThat(this.fixture.succeeds()).containsExactly("QOS_ACK_REMOTE 0", "DISCONNECTED");
		assertThat(this.fixture.after(1000)).isEmpty();
	}

	@Test
	void aDirectoryIsNoMessage(@TempDir Path directory) {
		assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> MessageSource.of(directory));
	}

}
