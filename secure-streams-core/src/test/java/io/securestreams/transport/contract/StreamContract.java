package io.securestreams.transport.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.factory.StreamFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What an application may rely on, whatever the protocol: one stream, whose peer sends
 * back what it gets. Only the public API is used.
 */
@Timeout(60)
public abstract class StreamContract {

	/** The streamtype that tests create. */
	protected static final String TYPE = "subject";

	private final List<ContractHandler> handlers = new ArrayList<>();

	/** The engine, whose streamtype {@value #TYPE} leads to an echo. */
	protected abstract StreamFactory streams();

	@AfterEach
	void nothingToComplainAbout() {
		for (ContractHandler handler : this.handlers) {
			assertThat(handler.complaints()).isEmpty();
		}
	}

	@ParameterizedTest
	@CsvSource({ "1,1", "70000,1000", "3000,7", "2000000,16384" })
	void bringsPayloadBackCompleteAndInOrder(int length, int piece) {
		ContractHandler handler = handler(length, piece);
		SecureStream stream = echo(handler);
		assertThat(handler.received()).isEqualTo(message(length));
		end(stream, handler);
	}

	@Test
	void announcesTheStatesOfALife() {
		ContractHandler handler = handler(100, 100);
		SecureStream stream = echo(handler);
		end(stream, handler);
		List<String> states = handler.events().stream().filter((event) -> !event.matches("[rt]x")).toList();
		assertThat(states).startsWith("CREATING").endsWith("DISCONNECTED", "DESTROYING");
		assertThat(states).containsSubsequence("CREATING", "CONNECTING", "CONNECTED", "DISCONNECTED", "DESTROYING");
		assertThat(handler.count("CONNECTED")).isEqualTo(handler.count("DISCONNECTED"));
		assertThat(stream.isClosed()).isTrue();
		await().until(() -> !streams().streams().contains(stream));
	}

	@ParameterizedTest
	@ValueSource(strings = { "CREATING", "CONNECTING", "CONNECTED", "tx", "rx" })
	void canBeClosedInsideACallback(String callback) {
		ContractHandler handler = handler(100_000, 1000).on(callback, SecureStream::close);
		SecureStream stream = streams().create(TYPE, handler);
		stream.requestTx();
		handler.await("DESTROYING", 1);
		assertThat(handler.count(callback)).isOne();
		assertThat(handler.events()).endsWith("DESTROYING");
		assertThat(handler.count("CONNECTED")).isEqualTo(handler.count("DISCONNECTED"));
	}

	@Test
	void holdsBackWhileReceivingIsPaused() {
		ContractHandler handler = handler(400_000, 16384).on("rx", SecureStream::pauseReceiving);
		SecureStream stream = streams().create(TYPE, handler);
		stream.requestTx();
		handler.await("rx", 1);
		// Time in which more could come
		ContractHandler other = handler(400_000, 16384);
		end(echo(other), other);
		assertThat(handler.count("rx")).isOne();
		handler.on("rx", (same) -> {
		});
		stream.resumeReceiving();
		handler.awaitEcho();
		assertThat(handler.received()).isEqualTo(message(400_000));
		end(stream, handler);
	}

	@Test
	void offersASlotAgainThatWasNotUsed() {
		ContractHandler handler = handler(1000, 100).unusedSlots(5);
		SecureStream stream = echo(handler);
		assertThat(handler.received()).isEqualTo(message(1000));
		end(stream, handler);
	}

	@Test
	void manyStreamsDoNotDisturbEachOther() {
		List<SecureStream> streams = new ArrayList<>();
		List<ContractHandler> handlers = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			handlers.add(handler(30_000 + i, 1000));
			streams.add(streams().create(TYPE, handlers.get(i)));
			streams.get(i).requestTx();
		}
		for (int i = 0; i < 20; i++) {
			handlers.get(i).awaitEcho();
			assertThat(handlers.get(i).received()).isEqualTo(message(30_000 + i));
			end(streams.get(i), handlers.get(i));
		}
	}

	protected SecureStream echo(ContractHandler handler) {
		SecureStream stream = streams().create(TYPE, handler);
		stream.requestTx();
		handler.awaitEcho();
		return stream;
	}

	protected static void end(SecureStream stream, ContractHandler handler) {
		stream.close();
		handler.await("DESTROYING", 1);
	}

	/** A handler whose behaviour is looked at when the test is over. */
	ContractHandler handler(int length, int piece) {
		ContractHandler handler = new ContractHandler(message(length), piece);
		this.handlers.add(handler);
		return handler;
	}

	static byte[] message(int length) {
		byte[] bytes = new byte[length];
		new Random(length).nextBytes(bytes);
		return bytes;
	}

}
