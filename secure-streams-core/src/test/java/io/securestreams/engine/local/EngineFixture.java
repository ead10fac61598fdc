package io.securestreams.engine.local;

import java.util.ArrayList;
import java.util.List;

import io.securestreams.policy.Policy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.observe.StreamObserver;
import io.securestreams.testing.FakeTransport;
import io.securestreams.testing.FakeTransportFactory;
import io.securestreams.testing.ManualExecutor;
import io.securestreams.testing.RecordingHandler;
import io.securestreams.testing.StreamPolicies;
import org.jspecify.annotations.Nullable;

/**
 * An engine on a clock and a network that are moved by hand.
 */
final class EngineFixture {

	static final String TYPE = "test";

	final ManualExecutor loop = new ManualExecutor();

	final FakeTransportFactory network = new FakeTransportFactory();

	final RecordingHandler handler = new RecordingHandler();

	final List<StreamObserver> observers = new ArrayList<>();

	/** What the generator gives as 16 random bits. */
	int random16;

	private Policy policy = Policy.EMPTY;

	private @Nullable StreamEngine engine;

	static EngineFixture with(StreamPolicies... streamTypes) {
		EngineFixture fixture = new EngineFixture();
		fixture.policy = StreamPolicies.policy(streamTypes);
		return fixture;
	}

	StreamEngine engine() {
		StreamEngine current = this.engine;
		if (current == null) {
			current = new StreamEngine(new EngineSettings(this.loop, this.network.both(), this.observers, null,
					() -> ((long) this.random16) << 32, true), this.policy);
			this.engine = current;
		}
		return current;
	}

	/** Creates the stream of {@link #TYPE} and lets it settle. */
	SecureStream create() {
		SecureStream stream = engine().create(TYPE, this.handler);
		this.loop.run();
		return stream;
	}

	FakeTransport transport() {
		return this.network.last();
	}

	/** Lets something happen as the event loop. */
	List<String> when(Runnable event) {
		this.loop.inside(event);
		return this.handler.take();
	}

	/** Lets time pass. */
	List<String> after(long millis) {
		this.loop.advance(millis);
		return this.handler.take();
	}

	/** Connects a stream that is connecting. */
	List<String> connected() {
		return when(() -> transport().connected());
	}

	/** The peer acknowledges, and the transaction is complete. */
	List<String> succeeds() {
		return when(() -> {
			transport().accepted(0);
			transport().complete();
		});
	}

	List<String> fails() {
		return when(() -> transport().lose());
	}

}
