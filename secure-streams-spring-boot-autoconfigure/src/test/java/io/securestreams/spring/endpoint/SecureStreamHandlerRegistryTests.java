package io.securestreams.spring.endpoint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import io.securestreams.spring.testing.FakeStream;
import io.securestreams.spring.testing.FakeStreamFactory;
import io.securestreams.spring.testing.TestPolicies;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.UnknownStreamTypeException;
import io.securestreams.stream.factory.StreamBindException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link SecureStreamHandlerRegistry}.
 */
class SecureStreamHandlerRegistryTests {

	private final List<String> log = new ArrayList<>();

	private final FakeStreamFactory streams = new FakeStreamFactory(TestPolicies.POLICY);

	@Test
	void nothingExistsBeforeTheStart() {
		SecureStreamHandlerRegistry registry = registry(endpoint("mintest", "a"));
		assertThat(registry.isRunning()).isFalse();
		assertThat(registry.findStream("mintest")).isEmpty();
		assertThat(this.streams.streams()).isEmpty();
	}

	@Test
	void clientStreamtypesGetAStreamAndServersAListener() {
		SecureStreamHandlerRegistry registry = registry(endpoint("mintest", "client"), endpoint("chat", "server"));
		registry.start();
		assertThat(registry.isRunning()).isTrue();
		assertThat(registry.stream("mintest")).isSameAs(this.streams.fake("mintest"));
		assertThat(registry.server("chat")).isSameAs(this.streams.fakeServer("chat"));
		this.streams.fakeServer("chat").accept();
		assertThat(this.log).containsExactly("client CREATING", "server CREATING", "server CONNECTED");
	}

	@Test
	void startingTwiceChangesNothing() {
		SecureStreamHandlerRegistry registry = registry(endpoint("mintest", "client"));
		registry.start();
		registry.start();
		assertThat(this.streams.streams()).hasSize(1);
	}

	@Test
	void lookingForWhatIsNotThereSaysWhatIs() {
		SecureStreamHandlerRegistry registry = registry(endpoint("mintest", "a"), endpoint("chat", "b"));
		registry.start();
		assertThatIllegalStateException().isThrownBy(() -> registry.stream("chat"))
			.withMessage("no client stream of streamtype \"chat\" is running (there are: mintest)");
		assertThatIllegalStateException().isThrownBy(() -> registry.server("mintest"))
			.withMessage("no listener of streamtype \"mintest\" is running (there are: chat)");
	}

	@Test
	void oneHandlerForEachStreamtype() {
		SecureStreamHandlerRegistry registry = registry(endpoint("mintest", "a"), endpoint("mintest", "b"));
		assertThatExceptionOfType(StreamHandlerRegistrationException.class).isThrownBy(registry::start)
			.withMessage("cannot register bean \"b\" for streamtype \"mintest\": it has a handler already, bean \"a\" "
					+ "(expected: one handler for each streamtype)");
		assertThat(this.streams.streams()).isEmpty();
	}

	@Test
	void unknownStreamtypesStopTheStartBeforeAnythingIsMade() {
		SecureStreamHandlerRegistry registry = registry(endpoint("mintest", "a"), endpoint("mintset", "b"));
		assertThatExceptionOfType(StreamHandlerRegistrationException.class).isThrownBy(registry::start)
			.withCauseInstanceOf(UnknownStreamTypeException.class)
			.satisfies((ex) -> assertThat(ex.owner()).isEqualTo("bean \"b\""))
			.satisfies((ex) -> assertThat(ex.streamType()).isEqualTo("mintset"));
		assertThat(this.streams.counts()).containsEntry("streams", 0);
	}

	@Test
	void metadataMustBeDeclared() {
		StreamHandlerEndpoint endpoint = new StreamHandlerEndpoint("mintest", "bean \"a\"", Set.of("pth"),
				() -> handler("a"));
		assertThatExceptionOfType(StreamHandlerRegistrationException.class).isThrownBy(registry(endpoint)::start)
			.withMessage("cannot register bean \"a\" for streamtype \"mintest\": the policy declares no metadata "
					+ "\"pth\" (expected: one of [path, ctype])");
	}

	@Test
	void whatFailsNamesItsOwnerAndLeavesNothingBehind() {
		StreamHandlerEndpoint broken = new StreamHandlerEndpoint("telemetry", "bean \"b\"", Set.of(), () -> {
			this.streams.failWith(new SecureStreamsException("protocol ws is not available"));
			return handler("b");
		});
		SecureStreamHandlerRegistry registry = registry(endpoint("chat", "s"), endpoint("mintest", "a"), broken);
		assertThatExceptionOfType(StreamHandlerRegistrationException.class).isThrownBy(registry::start)
			.withMessage("cannot register bean \"b\" for streamtype \"telemetry\": protocol ws is not available");
		assertThat(registry.isRunning()).isFalse();
		assertThat(this.streams.streams()).isEmpty();
		assertThat(this.streams.fakeServer("chat").calls()).containsExactly("close");
	}

	@Test
	void anAddressInUseNamesItsOwner() {
		SecureStreamHandlerRegistry registry = registry(endpoint("chat", "s"));
		this.streams.failWith(new StreamBindException("chat", "0.0.0.0:7681", null));
		assertThatExceptionOfType(StreamHandlerRegistrationException.class).isThrownBy(registry::start)
			.withCauseInstanceOf(StreamBindException.class)
			.withMessageContaining("bean \"s\"");
	}

	@Test
	void stoppingDrainsListenersBeforeItCloses() {
		SecureStreamHandlerRegistry registry = registry(endpoint("chat", "s"), endpoint("mintest", "c"));
		registry.start();
		FakeStream client = this.streams.fake("mintest");
		this.streams.fakeServer("chat").holdDraining();
		AtomicInteger stopped = new AtomicInteger();
		registry.stop(stopped::incrementAndGet);
		assertThat(registry.isRunning()).isFalse();
		assertThat(this.streams.fakeServer("chat").calls()).containsExactly("drain PT7S");
		assertThat(client.isClosed()).isFalse();
		assertThat(stopped).hasValue(0);
		this.streams.fakeServer("chat").finishDraining();
		assertThat(this.streams.fakeServer("chat").calls()).containsExactly("drain PT7S", "close");
		assertThat(client.isClosed()).isTrue();
		assertThat(stopped).hasValue(1);
	}

	@Test
	void stoppingWhatDoesNotRunCallsBackAtOnce() {
		AtomicInteger stopped = new AtomicInteger();
		registry(endpoint("mintest", "c")).stop(stopped::incrementAndGet);
		assertThat(stopped).hasValue(1);
	}

	@Test
	void startsAgain() {
		SecureStreamHandlerRegistry registry = registry(endpoint("mintest", "c"));
		registry.start();
		SecureStream first = registry.stream("mintest");
		registry.stop();
		registry.start();
		assertThat(registry.stream("mintest")).isNotSameAs(first);
		assertThat(this.log).containsExactly("c CREATING", "c DESTROYING", "c CREATING");
	}

	@Test
	void startsBeforeTheWebServerAndStopsAfterIt() {
		assertThat(registry().getPhase()).isLessThan(Integer.MAX_VALUE - 2048);
		assertThat(registry().isAutoStartup()).isTrue();
	}

	@Test
	void endpointsNeedAName() {
		assertThatIllegalArgumentException().isThrownBy(() -> endpoint(" ", "a"))
			.withMessage("bean \"a\" names no streamtype");
	}

	private SecureStreamHandlerRegistry registry(StreamHandlerEndpoint... endpoints) {
		return new SecureStreamHandlerRegistry(this.streams, () -> List.of(endpoints), Duration.ofSeconds(7));
	}

	private StreamHandlerEndpoint endpoint(String streamType, String name) {
		return new StreamHandlerEndpoint(streamType, "bean \"" + name + "\"", Set.of(), () -> handler(name));
	}

	private StreamHandler handler(String name) {
		return new StreamHandler() {

			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				SecureStreamHandlerRegistryTests.this.log.add(name + " " + state);
			}

		};
	}

}
